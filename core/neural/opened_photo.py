"""What the opened photo shows instead of paint, and the lids of those who blink."""

from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor
from torch.nn.functional import adaptive_avg_pool2d

from core.model.grid import grid_coordinates
from core.model.vae.flow_field import Composition, resize_bilinear, size_of, warp
from core.perception.face.topology import EYE_LIDS
from core.puppet.blinks import Blinks
from core.puppet.displacement import smoothstep
from core.stream import SEED
from core.video import FPS

REACH = (1.5, 1.1)
"""Half axes of what belongs to an eye, lids and lashes: in half widths of the eye."""
SWEEP = 0.6
"""Height of a falling lid's soft edge, in openings of the eye: layers are no finer."""


LEAST_WEIGHT = 1e-3
"""Of all photos but the last that what the last one loses is shared by."""


class EyeRegions(NamedTuple):
    """Both eyes of a photo, as the model sees it."""

    inside: Tensor
    """(2, size, size) 0..1"""
    height: Tensor
    """(2, size, size) 0 at the upper lid's edge and above, 1 at the lower one's and below"""


def eye_regions(landmarks: Tensor, size: int) -> EyeRegions:
    """Find the eyes in a photo whose landmarks (478, 2) are -1 to 1 across its square."""
    places = grid_coordinates(size, size, landmarks.device).to(landmarks)
    inside, height = [], []
    for corners, upper, lower in EYE_LIDS:
        one, other = landmarks[list(corners)]
        across = (other - one) / 2
        half = across.norm().clamp(min=1e-3)
        down = torch.stack([-across[1], across[0]]) / half
        edges = torch.stack([landmarks[list(lid)].mean(0) for lid in (upper, lower)])
        down = down * torch.where(((edges[1] - edges[0]) @ down) < 0, -1.0, 1.0)
        away = places - (one + other) / 2
        u, v = away @ across / half**2, away @ down
        from_edge = v - (edges[0] - (one + other) / 2) @ down
        opening = ((edges[1] - edges[0]) @ down).clamp(min=0.1 * half)
        distance = (u / REACH[0]) ** 2 + (v / (REACH[1] * half)) ** 2
        inside.append(smoothstep(distance, 1.0, 0.6))
        height.append((from_edge / opening).clamp(0, 1))
    return EyeRegions(torch.stack(inside), torch.stack(height))


def show_instead_of_paint(layers: Composition, opened: int = -1) -> Composition:
    """Take from one photo, its mouth opened, what would be painted since the others hide it.

    Paint is as coarse as the model, grey where a mouth opens; what is no mouth's the opened photo
    shows as the first one does.
    """
    residual, mask, flow, weight = layers
    coarse = adaptive_avg_pool2d(mask.flatten(0, 1), size_of(weight))
    shown = coarse.view(*mask.shape[:3], *size_of(weight)).to(weight)
    chosen = torch.zeros_like(weight)
    chosen[:, :, opened] = 1
    weight = torch.lerp(chosen, weight, shown)
    return Composition(torch.zeros_like(residual), torch.ones_like(mask), flow, weight)


class Eyelids:
    """Lets the person of some layers blink, by a clock: no latent tells of it."""

    def __init__(self, eyes: EyeRegions) -> None:
        """eyes: of the first photo; the last one is the same with its eyes shut."""
        self._planes = torch.cat(eyes)[None, None]
        self._blinks = Blinks(np.array([SEED]))

    def blink(self, layers: Composition, first: int) -> Composition:
        """Return the layers of a stream's frames from its `first` on, with lids where they are."""
        frames = first + np.arange(layers.residual.shape[1])
        return self.shut(layers, torch.from_numpy(self._blinks(frames / FPS)[0]))

    def shut(self, layers: Composition, shut: Tensor) -> Composition:
        """Shut the eyes of frames, each as far as `shut` (frames,) says, 0 to 1.

        A lid falls from above. Nothing is painted where it is, and nothing of the last photo is
        seen of an eye where it is not.
        """
        residual, mask, flow, weight = layers
        inside, height = warp(self._planes.to(flow), flow[:, :, :1])[:, :, 0].chunk(2, 2)
        fallen = shut.to(flow).view(1, -1, 1, 1, 1) * (1 + SWEEP)
        share = (inside * ((fallen - height) / SWEEP).clamp(0, 1)).amax(2, keepdim=True)
        last = weight[:, :, -1:] * (1 - inside.amax(2, keepdim=True)) + share
        others = weight[:, :, :-1]
        others = others * ((1 - last) / others.sum(2, keepdim=True).clamp(min=LEAST_WEIGHT))
        weight = torch.cat([others, last], 2)
        fine = resize_bilinear(share.to(mask), size_of(mask))
        return Composition(residual * (1 - fine), mask + fine * (1 - mask), flow, weight)
