"""Where a motion leads each place of the photo."""

import math

import numpy as np
import pytest

from core.perception.face.topology import (
    CHIN,
    CORNERS,
    LOWER_INNER,
    LOWER_LIP,
    NOSE_TIP,
    OVAL,
    UPPER_INNER,
    UPPER_LIP,
)
from core.puppet.displacement import Points, grid_nodes
from core.puppet.motion import (
    Motion,
    apply_head_pose,
    backward_warp,
    moved_landmarks,
    neutral_motion,
    rotation_matrix,
    undo_expression,
    undo_pose,
)
from core.puppet.rig import BLEND_SHAPES, BOX_HALF, LIP_SEAL, SPLINE_LANDMARKS, Rig
from tests.core.puppet.faces import STILL, Drawn, draw, joined, rig, strengths

SPEAKING = STILL._replace(
    expression=strengths(jawOpen=0.4, mouthFunnel=0.3, browInnerUp=0.5, seal=1)
)
FACE = [i for i in SPLINE_LANDMARKS if i not in {*UPPER_LIP, *LOWER_LIP, *CORNERS}]


def _turned(*turn: float) -> Motion:
    return STILL._replace(turn=np.array([turn], np.float32))


def _moved(rig: Rig, motion: Motion, *marks: int) -> Points:
    """How far landmarks move, in face heights; (marks, 3)."""
    away = moved_landmarks(rig, motion) - rig.landmarks
    return np.asarray(away[0, list(marks)] / rig.height)


def _gap(rig: Rig, motion: Motion) -> float:
    """How far the inner lips are apart at their widest, in face heights."""
    points = moved_landmarks(rig, motion)[0]
    gap = (points[list(LOWER_INNER)] - points[list(UPPER_INNER)]) @ rig.axes[0, 1]
    return float(gap.max() / rig.height.item())


def test_no_motion_moves_nothing(ann_rig: Rig) -> None:
    led = backward_warp(ann_rig, STILL)
    assert max(abs(field).max() for field in led) < 1e-6
    there = moved_landmarks(ann_rig, STILL)
    np.testing.assert_allclose(there, ann_rig.landmarks, rtol=0, atol=1e-6)


def test_an_opening_jaw_takes_the_lower_lip_down_and_leaves_the_upper_one(ann_rig: Rig) -> None:
    motion = STILL._replace(expression=strengths(jawOpen=0.5))
    lower, upper, chin, nose, brow = _moved(ann_rig, motion, 14, 13, CHIN, NOSE_TIP, 105)[:, 1]
    assert lower > 0.04
    assert chin > 0.04
    assert abs(upper) < 0.15 * lower
    assert abs(nose) < 0.15 * lower
    assert abs(brow) < 0.01 * lower


def test_the_jaw_opens_along_the_face_of_those_who_lean() -> None:
    upright = draw()
    angle = 0.5
    turn = rotation_matrix(np.array([[0.0, 0.0, angle]], np.float32))[0]
    leaning = rig(Drawn(upright.photo, upright.matte, upright.landmarks @ turn.T))
    x, y, _ = _moved(leaning, STILL._replace(expression=strengths(jawOpen=0.5)), 14)[0].tolist()
    assert math.atan2(-x, y) == pytest.approx(angle, abs=0.1)


def test_the_seal_closes_lips_that_the_photo_shows_apart(ann_rig: Rig, bob_rig: Rig) -> None:
    sealed = STILL._replace(expression=strengths(seal=1))
    assert _gap(bob_rig, STILL) > 0.03
    assert abs(_gap(bob_rig, sealed)) < 1e-3
    assert abs(_gap(ann_rig, sealed)) < 1e-3


def test_left_and_right_are_the_subjects_own(ann_rig: Rig) -> None:
    """Whoever looks out of the picture has their left on its right."""
    smile = _moved(ann_rig, STILL._replace(expression=strengths(mouthSmile_L=1)), 61, 291)
    assert np.linalg.norm(smile[1]) > 5 * np.linalg.norm(smile[0])
    assert ann_rig.landmarks[0, 291, 0] > ann_rig.landmarks[0, 61, 0]


@pytest.mark.parametrize(
    ("turn", "axis"), [((0.2, 0.0, 0.0), 0), ((0.0, 0.2, 0.0), 1)], ids=["yaw", "pitch"]
)
def test_a_turning_head_takes_the_nose_along(
    ann_rig: Rig, turn: tuple[float, ...], axis: int
) -> None:
    there, back = (_moved(ann_rig, _turned(*(s * t for t in turn)), NOSE_TIP)[0] for s in (1, -1))
    middle = _moved(ann_rig, _turned(*turn), *OVAL).mean(0)
    assert there[axis] > 0.05
    assert there[axis] > middle[axis] + 0.02
    assert back[axis] < -0.05
    assert abs(there[1 - axis]) < 0.02


def test_a_roll_is_clockwise(ann_rig: Rig) -> None:
    left, right = _moved(ann_rig, _turned(0.0, 0.0, 0.2), 234, 454)
    assert right[1] > 0.02
    assert left[1] < -0.02


def test_who_comes_nearer_gets_larger(ann_rig: Rig) -> None:
    nearer = STILL._replace(shift=np.array([[0.0, 0.0, -0.5]], np.float32))
    before, now = ann_rig.landmarks, moved_landmarks(ann_rig, nearer)
    narrow, wide = (np.linalg.norm((at[0, 454] - at[0, 234])[:2]) for at in (before, now))
    assert 1.05 < wide / narrow < 1.1


def test_a_shift_is_measured_in_face_heights(ann_rig: Rig) -> None:
    shift = np.array([[0.1, -0.05, 0.0]], np.float32)
    moved = _moved(ann_rig, STILL._replace(shift=shift), *OVAL)
    np.testing.assert_allclose(moved[:, :2].mean(0), shift[0, :2], rtol=0, atol=1e-3)


def test_a_rotation_keeps_lengths_and_hands() -> None:
    matrix = rotation_matrix(np.random.default_rng(0).standard_normal((20, 3), np.float32))
    same = np.eye(3, dtype=np.float32)
    np.testing.assert_allclose(matrix @ matrix.mT - same, 0, rtol=0, atol=1e-5)
    np.testing.assert_allclose(np.linalg.det(matrix), 1, rtol=0, atol=1e-5)
    np.testing.assert_array_equal(rotation_matrix(np.zeros((1, 3), np.float32)), same[None])


@pytest.mark.parametrize(
    ("motion", "mean", "most"),
    [(SPEAKING, 8e-4, 0.008), (_turned(0.08, 0.05, -0.06), 3e-3, 0.02)],
    ids=["speaking", "turned"],
)
def test_the_way_back_meets_the_landmarks(
    ann_rig: Rig, motion: Motion, mean: float, most: float
) -> None:
    """Where a landmark has gone, the picture shows the place it has in the photo."""
    led, there = backward_warp(ann_rig, motion), moved_landmarks(ann_rig, motion)[:, None, :, :2]
    posed = undo_pose(led, there)
    sides = ((led.upper, [*FACE, *UPPER_LIP]), (led.lower, [*FACE, *LOWER_LIP]))
    for field, marks in sides:
        missed = (undo_expression(ann_rig, field, posed)[0, 0] - ann_rig.landmarks[0, :, :2])[marks]
        moved = (there[0, 0] - ann_rig.landmarks[0, :, :2])[marks]
        far, off = (np.linalg.norm(way, axis=-1) / ann_rig.height for way in (moved, missed))
        assert far.max() > 2 * most
        assert off.mean() < mean
        assert off.max() < most


def test_the_two_sides_differ_at_the_mouth_only(ann_rig: Rig) -> None:
    upper, lower = backward_warp(ann_rig, SPEAKING)[1:3]
    apart = abs(upper - lower).max((0, 1))
    at = ann_rig.box[0, :2] + ann_rig.box[0, 2] * grid_nodes(*apart.shape)
    away = np.linalg.norm(at - ann_rig.lips.middle[0], axis=-1) / ann_rig.height[0]
    assert apart[away < 0.05].max() > 0.01
    assert apart[away > 0.6].max() == 0


def test_nothing_moves_at_the_edge_of_the_window(ann_rig: Rig) -> None:
    motion = SPEAKING._replace(
        turn=np.array([[0.3, 0.2, 0.2]], np.float32),
        shift=np.full((1, 3), 0.2, np.float32),
        breath=np.ones(1, np.float32),
    )
    for field in backward_warp(ann_rig, motion)[:3]:
        edge = abs(grid_nodes(*field.shape[-2:])).max(-1) == 1
        assert abs(field).max() > 0.01
        assert abs(field[..., edge]).max() == 0


def test_shoulders_go_and_tilt_without_the_head(ann_rig: Rig) -> None:
    chest = np.array([[0.03, 0.01, 0.0]], np.float32)
    back = backward_warp(ann_rig, STILL._replace(chest=chest))
    height, chin = ann_rig.height.item(), ann_rig.landmarks[0, CHIN, :2]
    away = np.array([[0, -0.5], [0, 0.7], [-0.5, 0.7], [0.5, 0.7]], np.float32) * height
    at = (chin + away)[None, None]
    face, neck, *_ = (undo_pose(back, at) - at)[0, 0] / height
    np.testing.assert_allclose(neck, -chest[0, :2], rtol=0.2, atol=0)
    assert abs(face).max() < 1e-3
    tilted = backward_warp(ann_rig, STILL._replace(chest=np.array([[0, 0, 0.05]], np.float32)))
    *_, left, right = (undo_pose(tilted, at) - at)[0, 0, :, 1] / height
    assert left > 0.01
    assert right < -0.01


def test_a_breath_lifts_the_chest_more_than_the_head(ann_rig: Rig) -> None:
    led = backward_warp(ann_rig, STILL._replace(breath=np.array([0.02], np.float32)))
    at = np.array([[[[0.0, 0.75], [0.0, -0.2]]]], np.float32)
    chest, head = ((undo_pose(led, at) - at)[0, 0] / ann_rig.height)[:, 1]
    assert chest == pytest.approx(0.02, rel=0.2)
    assert head == pytest.approx(0.01, rel=0.2)


def test_people_in_a_batch_move_as_they_do_alone(ann_rig: Rig, bob_rig: Rig) -> None:
    both = joined(ann_rig, bob_rig)
    one, other = (
        SPEAKING,
        _turned(0.2, -0.1, 0.1)._replace(expression=strengths(seal=1, cheekPuff=1)),
    )
    together = backward_warp(both, joined(one, other))
    alone = backward_warp(ann_rig, one), backward_warp(bob_rig, other)
    for number, single in enumerate(alone):
        for field, expected in zip(together, single, strict=True):
            np.testing.assert_allclose(field[number], expected[0], rtol=0, atol=1e-5)


def test_stillness_fits_any_number_of_people() -> None:
    motion = neutral_motion(3, LIP_SEAL + 1)
    assert [field.shape[0] for field in motion] == [3] * len(motion)
    assert motion.expression.shape == (3, len(BLEND_SHAPES) + 1)


def test_heads_turn_about_the_neck(ann_rig: Rig) -> None:
    pivot = ann_rig.pivot[:, None]
    middle = ann_rig.landmarks[:, list(OVAL)].mean(1, keepdims=True)
    stays = apply_head_pose(ann_rig, _turned(0.3, 0.2, 0.1), pivot)
    goes = apply_head_pose(ann_rig, _turned(0.3, 0.2, 0.1), middle)
    np.testing.assert_allclose(stays, pivot, rtol=0, atol=1e-5)
    assert np.linalg.norm(goes - middle) > 0.02
    assert pivot[0, 0, 1] > ann_rig.landmarks[0, CHIN, 1]
    assert pivot[0, 0, 2] > ann_rig.landmarks[0, CHIN, 2]
    assert ann_rig.box[0, 2] == pytest.approx(BOX_HALF * ann_rig.height.item(), rel=1e-5)
