"""Clips that need no studio: smooth colours that move, and the truth about where they went."""

from typing import NamedTuple

import torch
from torch import Tensor

from core.model.grid import grid_coordinates
from core.model.vae.flow_field import Matting, warp

FEATURES = 5
POINTS = 478


class Sound(NamedTuple):
    """See `core.training.trainer.stage.Sound`."""

    features: Tensor
    visemes: Tensor
    opening: Tensor


class Moving(NamedTuple):
    """See `core.training.trainer.stage.Clip`."""

    frames: Tensor
    references: Tensor
    matting: Matting
    flow: Tensor
    flow_valid: Tensor
    mouth_mask: Tensor
    eye_mask: Tensor
    landmarks: Tensor
    speech: Sound
    identity: Tensor


def nothing_but_person(photo: Tensor, references: int) -> Matting:
    """Return the matting of photos (batch, 3, h, w) that show no background."""
    alphas = torch.ones_like(photo[:, None, :1]).expand(-1, references, -1, -1, -1)
    return Matting(alphas, torch.zeros_like(photo))


class Colours:
    """Draws clips of `size` pixels with two references; the sound tells how far colours moved.

    Notes what was asked for.
    """

    def __init__(self, size: int = 32, seed: int = 0) -> None:
        self.size = size
        self.random = torch.Generator().manual_seed(seed)
        self.lengths: list[int] = []
        self.sizes: list[int | None] = []

    people = 3

    def validation_batch(self, batch_size: int, frames: int) -> Moving:
        return Colours(self.size, seed=99).next_batch(batch_size, frames)

    def next_batch(self, batch_size: int, frames: int, size: int | None = None) -> Moving:
        self.lengths.append(frames)
        self.sizes.append(size)
        side = size or self.size
        photo = self._photo(batch_size, side)
        begin, end = self._uniform(2, batch_size, 1, 2) * 0.3
        paths = torch.lerp(begin, end, torch.linspace(0, 1, frames)[:, None])
        other = self._uniform(batch_size, 1, 2) * 0.2
        shown = warp(photo[:, None], self._flow(paths[:, :, None], side))[:, :, 0]
        second = warp(photo[:, None], self._flow(other[:, :, None], side))[:, 0]
        flows = torch.stack([paths, paths - other], 2)
        field = self.size // 2  # coarser than the finest level of D2, as the studio's may be
        truth = self._flow(flows, field)
        plane = grid_coordinates(field, field, truth.device).movedim(-1, 0)
        region = torch.zeros(batch_size, frames, 1, field, field)
        region[..., field // 2 :, :] = 1
        return Moving(
            frames=shown,
            references=torch.cat([photo[:, None], second], 1),
            matting=nothing_but_person(photo, 2),
            flow=truth,
            flow_valid=((truth + plane).abs() < 1).all(3).float(),
            mouth_mask=region,
            eye_mask=1 - region,
            landmarks=-paths[:, :, None].expand(-1, -1, POINTS, -1),
            speech=self._sound(paths),
            identity=torch.randint(self.people, (batch_size,), generator=self.random),
        )

    def _sound(self, paths: Tensor) -> Sound:
        """Tell where colours are, and a mouth shape by how far to the right that is."""
        batch, frames = paths.shape[:2]
        shape = ((paths[..., 0] + 0.3) / 0.6 * 14).round().clamp(0, 14).long()
        features = torch.cat([paths, torch.zeros(batch, frames, FEATURES - 2)], 2).half()
        return Sound(features, torch.eye(15)[shape], shape / 14)

    def _photo(self, batch: int, side: int) -> Tensor:
        coarse = self._uniform(batch, 3, 4, 4)
        return torch.nn.functional.interpolate(coarse, (side, side), mode="bilinear")

    def _uniform(self, *shape: int) -> Tensor:
        return 2 * torch.rand(shape, generator=self.random) - 1

    def _flow(self, shift: Tensor, side: int) -> Tensor:
        """Spread shifts (..., 2) over all places."""
        return shift[..., None, None].expand(*shift.shape, side, side)


class Ticks:
    """A clock on which everything takes as long: `tick` seconds between two looks."""

    def __init__(self, tick: float = 1.0) -> None:
        self.now, self.tick = 0.0, tick

    def __call__(self) -> float:
        self.now += self.tick
        return self.now
