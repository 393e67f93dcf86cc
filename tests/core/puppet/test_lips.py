"""The seam between the lips, closed and open, upright and tilted."""

import math

import pytest
import torch
from torch import Tensor

from core.puppet.field import nodes
from core.puppet.lips import UPPER_SHARE, find_lips, seal
from core.puppet.topology import CHIN, CORNERS, LOWER_INNER, LOWER_LIP, UPPER_INNER, UPPER_LIP
from tests.core.puppet.faces import face

PIXEL = 0.004


def _tilted(agape: bool, angle: float) -> tuple[Tensor, Tensor]:
    """Landmarks of a face 1 high that leans by `angle`, and its axes."""
    cos, sin = math.cos(angle), math.sin(angle)
    axes = torch.tensor([[cos, sin, 0], [-sin, cos, 0], [0, 0, 1]])
    return torch.from_numpy(face(agape=agape)) @ axes, axes


def _gap(points: Tensor, axes: Tensor) -> Tensor:
    return (points[list(LOWER_INNER)] - points[list(UPPER_INNER)]) @ axes[1]


@pytest.mark.parametrize("angle", [0.0, 0.6])
def test_closed_lips_leave_no_place_uncovered(angle: float) -> None:
    lips = find_lips(*_tilted(False, angle))
    at = lips.middle + 0.3 * nodes(301, 301)
    assert lips.masks(at, PIXEL).amax(0).min() == 1


@pytest.mark.parametrize("angle", [0.0, 0.6])
def test_each_side_of_the_seam_is_one_lips_and_the_corners_are_both(angle: float) -> None:
    points, axes = _tilted(False, angle)
    lips = find_lips(points, axes)
    inner = (points[list(UPPER_INNER), :2] + points[list(LOWER_INNER), :2]) / 2
    above, below = (lips.masks(inner + side * 0.02 * lips.down, PIXEL) for side in (-1, 1))
    assert above[0].min() == 1
    assert above[1].max() == 0
    assert below[0].max() == 0
    assert below[1].min() == 1
    beyond = lips.middle + 1.2 * torch.tensor([[-1.0], [1.0]]) * lips.across
    assert lips.masks(beyond + 0.03 * lips.down, PIXEL).min() == 1


@pytest.mark.parametrize("angle", [0.0, 0.6])
def test_between_open_lips_nothing_is_covered(angle: float) -> None:
    points, axes = _tilted(True, angle)
    lips = find_lips(points, axes)
    between = (points[list(UPPER_INNER), :2] + points[list(LOWER_INNER), :2]) / 2
    assert lips.masks(between[2:-2], PIXEL).max() == 0


def test_the_two_sides_part_at_the_mouth_only() -> None:
    points, axes = _tilted(False, 0.0)
    lips, one = find_lips(points, axes), torch.ones(())
    parting = lips.parting(points[:, :2], one)
    assert parting[list(UPPER_INNER + LOWER_INNER)].min() > 0.99
    far = (points[:, :2] - lips.middle).norm(dim=1) > 0.5
    assert parting[far].max() == 0


@pytest.mark.parametrize("angle", [0.0, 0.6])
def test_sealed_lips_leave_no_gap(angle: float) -> None:
    points, axes = _tilted(True, angle)
    assert _gap(points, axes).max() > 0.03
    assert _gap(points + seal(points, axes), axes).abs().max() < 1e-6


def test_sealing_moves_the_lower_lip_most_and_keeps_the_corners() -> None:
    points, axes = _tilted(True, 0.0)
    move = seal(points, axes)
    gap = _gap(points, axes)
    torch.testing.assert_close(move[list(UPPER_INNER), 1], UPPER_SHARE * gap)
    torch.testing.assert_close(move[list(LOWER_INNER), 1], (UPPER_SHARE - 1) * gap)
    assert move[list(CORNERS)].abs().max() == 0
    assert move[CHIN, 1] < 0
    still = [i for i in range(468) if i not in {*UPPER_LIP, *LOWER_LIP} and points[i, 1] < 0]
    assert move[still].abs().max() == 0


def test_lips_that_touch_have_nothing_to_seal() -> None:
    assert seal(*_tilted(False, 0.3)).abs().max() < 1e-6
