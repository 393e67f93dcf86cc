"""Anchor-free face detection: heatmap peaks of one downscaled picture, decoded to boxes."""

from collections.abc import Iterator
from dataclasses import replace
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from core.perception.face.alignment import OrientedBox
from core.perception.face.config import DetectorConfig
from core.perception.face.inference import DetectorNetwork
from core.perception.face.layers_numpy import sigmoid
from core.pixels import dilated, padded, resized, shrunk
from core.video import Picture

STRIDE = 8
"""Pixels per cell of the heatmap."""
SIZE_MULTIPLE = 32
"""Input height and width are padded to multiples of this, in pixels."""
MAX_ASPECT = 2
"""Longest input, in shorter sides; a longer picture is scaled down further."""
PANORAMA = 3
"""Shorter sides from which a picture is looked at piece by piece."""

NMS_DISTANCE = 0.3
"""Non-maximum suppression: detections nearer than this share of their size are one."""


class Detection(NamedTuple):
    """A box that may hold a face; score in 0..1."""

    box: OrientedBox
    score: float


def detect(
    detector: DetectorNetwork,
    config: DetectorConfig,
    picture: Picture,
    min_score: float,
    max_count: int,
) -> list[Detection]:
    """Return up to `max_count` detections of at least `min_score`, the highest score first.

    A panorama is looked at piece by piece: whole, it would be shrunk until no face is left.
    """
    found: list[Detection] = []
    for corner, piece in _pieces(picture):
        for box, score in _detect_in(detector, config, piece, min_score):
            moved = replace(box, x=box.x + corner[0], y=box.y + corner[1])
            found.append(Detection(moved, score))
    kept: list[Detection] = []
    for one in sorted(found, key=lambda detection: -detection.score):
        # A large face has several peaks.
        if all(one.box.distance(other.box) > NMS_DISTANCE for other in kept):
            kept.append(one)
    return kept[:max_count]


def _pieces(picture: Picture) -> Iterator[tuple[tuple[int, int], Picture]]:
    """Yield the corner and the pixels of each piece to look at; half of it is in the next."""
    height, width = picture.shape[:2]
    short, long = sorted((height, width))
    if long <= PANORAMA * short:
        yield (0, 0), picture
        return
    length = MAX_ASPECT * short
    for at in sorted({*range(0, long - length, length // 2), long - length}):
        if width > height:
            yield (at, 0), picture[:, at : at + length]
        else:
            yield (0, at), picture[at : at + length]


def _detect_in(
    detector: DetectorNetwork, config: DetectorConfig, picture: Picture, min_score: float
) -> Iterator[Detection]:
    """Yield the peaks of a picture, the highest first."""
    small, scale = _letterbox(picture, config.side)
    maps = detector(small[None])
    scores = sigmoid(maps.heatmap_logits[0])
    peak_scores = np.where(scores == dilated(scores, 1), scores, 0)
    rows, columns = np.nonzero(peak_scores >= min_score)
    order = np.argsort(-peak_scores[rows, columns])
    for row, column in zip(rows[order].tolist(), columns[order].tolist(), strict=True):
        box = _decode_box(maps.box_codes[0, row, column], row, column, scale)
        yield Detection(box, float(peak_scores[row, column]))


def _letterbox(picture: Picture, side: int) -> tuple[Picture, NDArray[np.float64]]:
    """Return the picture resized and padded, and how many of its pixels one of these spans."""
    height, width = picture.shape[:2]
    scale = min(side / min(height, width), MAX_ASPECT * side / max(height, width))
    size = (max(1, round(width * scale)), max(1, round(height * scale)))
    factor = max(1, min(int(1 / scale), height, width))
    whole = shrunk(picture, factor)
    small = padded(resized(whole, *size), -size[1] % SIZE_MULTIPLE, -size[0] % SIZE_MULTIPLE)
    return small, factor * np.array(whole.shape[1::-1]) / size


def _decode_box(
    code: NDArray[np.float32], row: int, column: int, scale: NDArray[np.float64]
) -> OrientedBox:
    centre = (np.array([column + code[0], row + code[1]]) + 0.5) * STRIDE
    x, y = centre * scale - 0.5
    size = 32 * float(np.exp(np.clip(code[2], -3, 4))) * float(scale.mean())
    return OrientedBox(float(x), float(y), size, float(np.arctan2(code[4], code[3])))
