"""Where faces are: the whole picture made small, one look, the peaks of it."""

from typing import NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn import functional

from core.perception.face_mesh import Placement
from core.perception.face_network import Detector, DetectorConfig
from core.pixels import padded, resized, shrunk
from core.video import Picture

STRIDE = 8
ALIGN = 32
"""Sides of what the detector sees are multiples of this, in pixels."""
LONGEST = 2
"""A picture longer than this many of its shorter sides is shown at a smaller scale."""

CLOSE = 0.3
"""Places nearer to each other than this share of their size are one."""


class Candidate(NamedTuple):
    """A place that may hold a face; chance in 0..1."""

    place: Placement
    chance: float


def as_input(pictures: list[Picture]) -> Tensor:
    """Return pictures of one size as (batch, 3, h, w) in [-1, 1], channels last."""
    stack = torch.from_numpy(np.stack(pictures)).permute(0, 3, 1, 2)
    return (stack.float() / 127.5 - 1).contiguous(memory_format=torch.channels_last)


def candidates(
    detector: Detector, config: DetectorConfig, picture: Picture, least: float, most: int
) -> list[Candidate]:
    """Return up to `most` places with a chance of at least `least`, the likeliest first."""
    small, step = _small(picture, config.side)
    with torch.inference_mode():
        sightings = detector(as_input([small]))
        chance = torch.sigmoid(sightings.logit)
        highest = functional.max_pool2d(chance[:, None], 3, 1, 1)[:, 0]
        peaks = torch.where(chance == highest, chance, 0.0)[0]
    heights = peaks.numpy()
    rows, columns = np.nonzero(heights >= least)
    order = np.argsort(-heights[rows, columns])
    place = sightings.place[0].numpy()
    found: list[Candidate] = []
    for row, column in zip(rows[order].tolist(), columns[order].tolist(), strict=True):
        here = _placement(place[:, row, column], row, column, step)
        # A large face is seen from several cells.
        if all(here.apart(other.place) > CLOSE for other in found):
            found.append(Candidate(here, float(heights[row, column])))
    return found[:most]


def _small(picture: Picture, side: int) -> tuple[Picture, NDArray[np.float64]]:
    """Return the picture made small and padded, and the pixels of it that one of these spans."""
    height, width = picture.shape[:2]
    scale = min(side / min(height, width), LONGEST * side / max(height, width))
    size = (max(1, round(width * scale)), max(1, round(height * scale)))
    factor = max(1, min(int(1 / scale), height, width))
    whole = shrunk(picture, factor)
    small = padded(resized(whole, *size), -size[1] % ALIGN, -size[0] % ALIGN)
    return small, factor * np.array(whole.shape[1::-1]) / size


def _placement(
    code: NDArray[np.float32], row: int, column: int, step: NDArray[np.float64]
) -> Placement:
    middle = (np.array([column + code[0], row + code[1]]) + 0.5) * STRIDE
    x, y = middle * step - 0.5
    size = 32 * float(np.exp(np.clip(code[2], -3, 4))) * float(step.mean())
    return Placement(float(x), float(y), size, float(np.arctan2(code[4], code[3])))
