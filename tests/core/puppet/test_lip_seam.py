"""The seam between the lips, closed and open, upright and tilted."""

import math

import numpy as np
import pytest

from core.perception.face.topology import (
    CHIN,
    CORNERS,
    LOWER_INNER,
    LOWER_LIP,
    UPPER_INNER,
    UPPER_LIP,
)
from core.puppet.displacement import Points, grid_nodes
from core.puppet.lip_seam import UPPER_SHARE, closing_deltas, find_lip_seam
from tests.core.puppet.faces import face

PIXEL = 0.004


def _tilted(agape: bool, angle: float) -> tuple[Points, Points]:
    """Landmarks of a face 1 high that leans by `angle`, and its axes."""
    cos, sin = math.cos(angle), math.sin(angle)
    axes = np.array([[cos, sin, 0], [-sin, cos, 0], [0, 0, 1]], np.float32)
    return face(agape=agape) @ axes, axes


def _gap(points: Points, axes: Points) -> Points:
    return np.asarray((points[list(LOWER_INNER)] - points[list(UPPER_INNER)]) @ axes[1])


@pytest.mark.parametrize("angle", [0.0, 0.6])
def test_closed_lips_leave_no_place_uncovered(angle: float) -> None:
    lips = find_lip_seam(*_tilted(False, angle))
    at = lips.middle + 0.3 * grid_nodes(301, 301)
    assert lips.side_masks(at, PIXEL).max(0).min() == 1


@pytest.mark.parametrize("angle", [0.0, 0.6])
def test_each_side_of_the_seam_is_one_lips_and_the_corners_are_both(angle: float) -> None:
    points, axes = _tilted(False, angle)
    lips = find_lip_seam(points, axes)
    inner = (points[list(UPPER_INNER), :2] + points[list(LOWER_INNER), :2]) / 2
    above, below = (lips.side_masks(inner + side * 0.02 * lips.down, PIXEL) for side in (-1, 1))
    assert above[0].min() == 1
    assert above[1].max() == 0
    assert below[0].max() == 0
    assert below[1].min() == 1
    beyond = lips.middle + 1.2 * np.array([[-1.0], [1.0]], np.float32) * lips.across
    assert lips.side_masks(beyond + 0.03 * lips.down, PIXEL).min() == 1


@pytest.mark.parametrize("angle", [0.0, 0.6])
def test_between_open_lips_nothing_is_covered(angle: float) -> None:
    points, axes = _tilted(True, angle)
    lips = find_lip_seam(points, axes)
    between = (points[list(UPPER_INNER), :2] + points[list(LOWER_INNER), :2]) / 2
    assert lips.side_masks(np.asarray(between[2:-2], np.float32), PIXEL).max() == 0


def test_the_two_sides_part_at_the_mouth_only() -> None:
    points, axes = _tilted(False, 0.0)
    lips = find_lip_seam(points, axes)
    parting = lips.parting_weight(points[:, :2], 1.0)
    assert parting[list(UPPER_INNER + LOWER_INNER)].min() > 0.99
    far = np.linalg.norm(points[:, :2] - lips.middle, axis=1) > 0.5
    assert parting[far].max() == 0


@pytest.mark.parametrize("angle", [0.0, 0.6])
def test_sealed_lips_leave_no_gap(angle: float) -> None:
    points, axes = _tilted(True, angle)
    assert _gap(points, axes).max() > 0.03
    assert abs(_gap(points + closing_deltas(points, axes), axes)).max() < 1e-6


def test_sealing_moves_the_lower_lip_most_and_keeps_the_corners() -> None:
    points, axes = _tilted(True, 0.0)
    move = closing_deltas(points, axes)
    gap = _gap(points, axes)
    for row, share in ((UPPER_INNER, UPPER_SHARE), (LOWER_INNER, UPPER_SHARE - 1)):
        np.testing.assert_allclose(move[list(row), 1], share * gap, rtol=0, atol=1e-6)
    assert abs(move[list(CORNERS)]).max() == 0
    assert move[CHIN, 1] < 0
    still = [i for i in range(468) if i not in {*UPPER_LIP, *LOWER_LIP} and points[i, 1] < 0]
    assert abs(move[still]).max() == 0


def test_lips_that_touch_have_nothing_to_seal() -> None:
    assert abs(closing_deltas(*_tilted(False, 0.3))).max() < 1e-6
