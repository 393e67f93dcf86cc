"""Clips that need no studio: smooth colours that move, and the truth about where they went."""

from typing import NamedTuple

import torch
from torch import Tensor

from core.model.field import carried

FEATURES = 5
POINTS = 478


class Moving(NamedTuple):
    """See `core.training.avatar.stage.Clip`."""

    frames: Tensor
    references: Tensor
    fields: Tensor
    mouth: Tensor
    eyes: Tensor
    landmarks: Tensor
    features: Tensor


class Colours:
    """Draws clips of `size` pixels with two references; the sound tells how far colours moved."""

    def __init__(self, size: int = 32, seed: int = 0) -> None:
        self.size = size
        self.random = torch.Generator().manual_seed(seed)
        self.lengths: list[int] = []

    def draw(self, batch: int, frames: int) -> Moving:
        self.lengths.append(frames)
        photo = self._photo(batch)
        paths = self._uniform(batch, frames, 2) * 0.3
        other = self._uniform(batch, 1, 2) * 0.2
        shown = carried(photo[:, None], self._flow(paths[:, :, None]))[:, :, 0]
        second = carried(photo[:, None], self._flow(other[:, :, None]))[:, 0]
        flows = torch.stack([paths, paths - other], 2)
        region = torch.zeros(batch, frames, 1, self.size, self.size)
        region[..., self.size // 2 :, :] = 1
        return Moving(
            frames=shown,
            references=torch.cat([photo[:, None], second], 1),
            fields=self._flow(flows),
            mouth=region,
            eyes=1 - region,
            landmarks=-paths[:, :, None].expand(-1, -1, POINTS, -1),
            features=torch.cat([paths, torch.zeros(batch, frames, FEATURES - 2)], 2),
        )

    def _photo(self, batch: int) -> Tensor:
        coarse = self._uniform(batch, 3, 4, 4)
        size = (self.size, self.size)
        return torch.nn.functional.interpolate(coarse, size, mode="bilinear")

    def _uniform(self, *shape: int) -> Tensor:
        return 2 * torch.rand(shape, generator=self.random) - 1

    def _flow(self, shift: Tensor) -> Tensor:
        """Spread shifts (..., 2) over all places."""
        return shift[..., None, None].expand(*shift.shape, self.size, self.size)


class Ticks:
    """A clock on which everything takes as long: `tick` seconds between two looks."""

    def __init__(self, tick: float = 1.0) -> None:
        self.now, self.tick = 0.0, tick

    def __call__(self) -> float:
        self.now += self.tick
        return self.now
