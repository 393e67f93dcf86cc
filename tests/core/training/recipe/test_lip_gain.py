"""Lips are parted by as much as decoding loses, and nothing else of a latent is changed."""

from math import prod
from typing import Any, NamedTuple

import pytest
import torch
from torch import Tensor

from core.model.avatar import MAX_LIP_GAIN, Avatar
from core.training.recipe.landmark_vae import LandmarkVae
from core.training.recipe.lip_gain import BATCHES, find_gain, measure_lip_gain
from core.training.studio.clip_renderer import ClipTensors
from tests.core.training.recipe.conftest import CONFIG
from tests.draws import filled


@pytest.mark.parametrize(
    ("lost", "gain"), [(0.8, 1.25), (1.0, 1.0), (1.1, 1.0), (0.3, MAX_LIP_GAIN)]
)
def test_the_gain_makes_up_for_what_is_lost(lost: float, gain: float) -> None:
    assert find_gain(lambda g: 0.05 * lost * g, 0.05) == pytest.approx(gain, abs=0.001)


def test_it_is_found_where_openings_are_no_straight_line() -> None:
    assert find_gain(lambda g: 0.04 * g**1.5, 0.05) == pytest.approx(1.25 ** (2 / 3), abs=0.01)


def test_lips_part_along_their_directions_alone() -> None:
    avatar, shape = Avatar(CONFIG), (2, 3, CONFIG.vae.latent_channels, *2 * [CONFIG.generator.grid])
    basis = torch.linalg.qr(torch.randn(prod(shape[2:]), 4))[0].T
    avatar.generator.lip_basis = basis
    z, sealed = torch.randn(shape), torch.randn(2, 1, *shape[2:])
    parted = avatar.part_lips(z, sealed, 1.5)
    along, before = (((x - sealed).flatten(2) @ basis.T) for x in (parted, z))
    assert torch.allclose(along, 1.5 * before, atol=1e-4)
    moved = (parted - z).flatten(2)
    assert torch.allclose(moved, moved @ basis.T @ basis, atol=1e-4)
    assert avatar.part_lips(z, sealed, 1.0) is z


class Faces(NamedTuple):
    """Faces whose lips are open as they are said to be."""

    openings: Tensor

    def mouth_opening(self) -> Tensor:
        """See `DetectedFaces`."""
        return self.openings


class Told:
    """A detector that is told how far lips are open, picture after picture."""

    def __init__(self, openings: list[float]) -> None:
        self._openings = iter(openings)

    def detect(self, pictures: Tensor, near: Tensor) -> Any:
        """See `LandmarkDetector`."""
        return Faces(torch.tensor([next(self._openings) for _ in pictures]))


class Repeated:
    """A `ClipSource` of one batch."""

    people = 2

    def __init__(self, clip: ClipTensors) -> None:
        self._clip = clip

    def next_batch(self, batch_size: int, frames: int, size: int | None = None) -> ClipTensors:
        """See `BatchSource`."""
        return self._clip

    def validation_batch(self, batch_size: int, frames: int) -> None:
        """See `BatchSource`."""


@pytest.mark.parametrize(("seen", "gain"), [((0.04, 0.06, 0.05), 1.5), ((0.05, 0.06), 1.0)])
def test_decoded_lips_are_compared_with_the_true_ones(
    clip: ClipTensors, seen: tuple[float, ...], gain: float
) -> None:
    avatar, network = filled(Avatar(CONFIG)), LandmarkVae(CONFIG)
    network.landmarks.fit_statistics(clip.landmarks.flatten(0, 1))
    count = BATCHES * clip.frames.shape[0] * clip.frames.shape[1]
    told = Told([opening for opening in (0.05, *seen, *3 * seen[-1:]) for _ in range(count)])
    assert measure_lip_gain(avatar, network, Repeated(clip), told) == pytest.approx(gain)
