"""Does the picture hold? Seams between blocks, and colours and sharpness that drift."""

from typing import NamedTuple

import torch
from torch import Tensor
from torch.nn import functional

LEVELS = 127.5
"""Of eight bits, in a unit of [-1, 1]."""


class Steps(NamedTuple):
    """How much frames differ from those before, summed; levels of eight bits."""

    border: float
    borders: int
    inside: float
    insides: int

    def ratio(self) -> float:
        """Return change at borders over change elsewhere; NaN without either."""
        if not self.borders or not self.insides or self.inside <= 0:
            return float("nan")
        return (self.border / self.borders) / (self.inside / self.insides)


def steps(frames: Tensor, block: int) -> Steps:
    """Measure frames (t, 3, h, w), a new block beginning at every `block`-th of them."""
    change = (frames[1:] - frames[:-1]).float().abs().mean((1, 2, 3)) * LEVELS
    at = torch.arange(1, len(frames), device=change.device) % block == 0
    return Steps(float(change[at].sum()), int(at.sum()), float(change[~at].sum()), int((~at).sum()))


def together(parts: list[Steps]) -> Steps:
    """Add up the steps of some clips."""
    border, borders, inside, insides = (sum(column) for column in zip(*parts, strict=True))
    return Steps(border, int(borders), inside, int(insides))


def colour(frames: Tensor) -> Tensor:
    """Return the mean colour of each frame (t, 3, h, w) in levels of eight bits, (t, 3)."""
    return frames.float().clamp(-1, 1).mean((2, 3)) * LEVELS


def sharpness(frames: Tensor) -> Tensor:
    """Return the mean of the second differences' size in levels of eight bits, (t,)."""
    grey = frames.float().clamp(-1, 1).mean(1, keepdim=True) * LEVELS
    kernel = grey.new_tensor([[0, 1, 0], [1, -4, 1], [0, 1, 0]])[None, None]
    return functional.conv2d(grey, kernel).abs().mean((1, 2, 3))
