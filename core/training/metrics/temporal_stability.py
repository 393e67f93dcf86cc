"""Does the picture hold? Seams between blocks, and colours and sharpness that drift."""

from typing import NamedTuple

import torch
from torch import Tensor
from torch.nn import functional

LEVELS_PER_UNIT = 127.5
"""Of eight bits, in a unit of [-1, 1]."""


class FrameDifferences(NamedTuple):
    """How much frames differ from those before, summed; levels of eight bits."""

    boundary_sum: float
    boundary_count: int
    interior_sum: float
    interior_count: int

    def seam_ratio(self) -> float:
        """Return change at borders over change elsewhere; NaN without either."""
        if not self.boundary_count or not self.interior_count or self.interior_sum <= 0:
            return float("nan")
        return (self.boundary_sum / self.boundary_count) / (self.interior_sum / self.interior_count)


def frame_differences(frames: Tensor, block: int) -> FrameDifferences:
    """Measure frames (t, 3, h, w), a new block beginning at every `block`-th of them."""
    change = (frames[1:] - frames[:-1]).float().abs().mean((1, 2, 3)) * LEVELS_PER_UNIT
    at_boundary = torch.arange(1, len(frames), device=change.device) % block == 0
    return FrameDifferences(
        float(change[at_boundary].sum()),
        int(at_boundary.sum()),
        float(change[~at_boundary].sum()),
        int((~at_boundary).sum()),
    )


def pooled_differences(parts: list[FrameDifferences]) -> FrameDifferences:
    """Add up the steps of some clips."""
    border, borders, inside, insides = (sum(column) for column in zip(*parts, strict=True))
    return FrameDifferences(border, int(borders), inside, int(insides))


def mean_colour(frames: Tensor) -> Tensor:
    """Return the mean colour of each frame (t, 3, h, w) in levels of eight bits, (t, 3)."""
    return frames.float().clamp(-1, 1).mean((2, 3)) * LEVELS_PER_UNIT


def sharpness(frames: Tensor) -> Tensor:
    """Return the mean of the second differences' size in levels of eight bits, (t,)."""
    grey = frames.float().clamp(-1, 1).mean(1, keepdim=True) * LEVELS_PER_UNIT
    kernel = grey.new_tensor([[0, 1, 0], [1, -4, 1], [0, 1, 0]])[None, None]
    return functional.conv2d(grey, kernel).abs().mean((1, 2, 3))
