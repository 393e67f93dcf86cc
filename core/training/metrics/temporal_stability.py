"""Temporal stability: seams between blocks, and the colour and sharpness that may drift."""

from typing import NamedTuple

import torch
from torch import Tensor
from torch.nn import functional

LEVELS_PER_UNIT = 127.5
"""Of eight bits, in a unit of [-1, 1]."""


class FrameDifferences(NamedTuple):
    """Sums of mean absolute differences of successive frames, in eight-bit levels."""

    boundary_sum: float
    boundary_count: int
    interior_sum: float
    interior_count: int

    def seam_ratio(self) -> float:
        """Return the mean difference at block boundaries over that within; NaN without either."""
        if not self.boundary_count or not self.interior_count or self.interior_sum <= 0:
            return float("nan")
        return (self.boundary_sum / self.boundary_count) / (self.interior_sum / self.interior_count)


def frame_differences(frames: Tensor, block: int) -> FrameDifferences:
    """Measure frames (t, 3, h, w) whose blocks are `block` frames long."""
    change = (frames[1:] - frames[:-1]).float().abs().mean((1, 2, 3)) * LEVELS_PER_UNIT
    at_boundary = torch.arange(1, len(frames), device=change.device) % block == 0
    return FrameDifferences(
        float(change[at_boundary].sum()),
        int(at_boundary.sum()),
        float(change[~at_boundary].sum()),
        int((~at_boundary).sum()),
    )


def pooled_differences(parts: list[FrameDifferences]) -> FrameDifferences:
    """Pool the differences of some clips."""
    border, borders, inside, insides = (sum(column) for column in zip(*parts, strict=True))
    return FrameDifferences(border, int(borders), inside, int(insides))


def mean_colour(frames: Tensor) -> Tensor:
    """Return the mean colour of each frame (t, 3, h, w) in eight-bit levels, (t, 3)."""
    return frames.float().clamp(-1, 1).mean((2, 3)) * LEVELS_PER_UNIT


def sharpness(frames: Tensor) -> Tensor:
    """Return the mean absolute Laplacian of each frame in eight-bit levels, (t,)."""
    grey = frames.float().clamp(-1, 1).mean(1, keepdim=True) * LEVELS_PER_UNIT
    kernel = grey.new_tensor([[0, 1, 0], [1, -4, 1], [0, 1, 0]])[None, None]
    return functional.conv2d(grey, kernel).abs().mean((1, 2, 3))
