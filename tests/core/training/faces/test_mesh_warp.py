"""A warp moves the pixels under the landmarks exactly as it moves the landmarks."""

from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray

from core.perception.face.topology import LEFT_EYE, LIPS_INNER, RIGHT_EYE
from core.pixels import blurred
from core.training.faces.corpus import LabelledPortrait, align_upright
from core.training.faces.mesh_warp import ExpressionChange, MeshWarper, draw_change, inner_lip_gap
from tests.core.training.faces.people import mean_face, person


@pytest.fixture(scope="module")
def warper() -> MeshWarper:
    return MeshWarper(mean_face())


def wavy(portrait: LabelledPortrait) -> LabelledPortrait:
    """The same place with a soft pattern of which every spot is known."""
    noise = np.random.default_rng(0).integers(0, 256, portrait.picture.shape, dtype=np.uint8)
    return replace(portrait, picture=blurred(noise, 4.0))


def light(portrait: LabelledPortrait, points: list[int]) -> NDArray[np.int64]:
    x, y = np.round(portrait.landmarks[points, :2]).astype(int).T
    return np.asarray(portrait.picture[y, x], dtype=np.int64)


def test_no_change_changes_nothing(warper: MeshWarper) -> None:
    still = wavy(person(1))
    same = warper(still, ExpressionChange(), np.random.default_rng(0))
    assert np.abs(same.landmarks - still.landmarks).max() < 0.02
    assert np.abs(same.picture.astype(int) - still.picture).mean() < 1


@pytest.mark.parametrize(
    "change",
    [
        ExpressionChange(yaw=0.3),
        ExpressionChange(lip_gap=0.1),
        ExpressionChange(mouth_width=0.2, pitch=-0.1),
        ExpressionChange(brow_lift=0.03),
    ],
)
def test_what_was_under_a_landmark_stays_under_it(
    warper: MeshWarper, change: ExpressionChange
) -> None:
    still = wavy(person(2, side=320))
    after = warper(still, change, np.random.default_rng(0))
    inner = [*LIPS_INNER, *RIGHT_EYE, *LEFT_EYE]
    skin = [i for i in range(468) if i not in inner]
    apart = np.abs(light(after, skin) - light(still, skin)).mean(axis=1)
    # Some points of the far cheek are behind the near one.
    assert np.median(apart) < 6
    assert np.linalg.norm(after.landmarks - still.landmarks, axis=1).max() > 2


def test_eyes_shut_and_the_mouth_opens(warper: MeshWarper) -> None:
    still = person(3)
    after = warper(
        still, ExpressionChange(lip_gap=0.12, blink=(1.0, 0.0)), np.random.default_rng(0)
    )
    face = align_upright(after.landmarks)
    assert inner_lip_gap(face) == pytest.approx(0.12, abs=0.01)
    assert face[145, 1] - face[159, 1] < 0.01
    assert face[374, 1] - face[386, 1] > 0.02


def test_a_mouth_that_shuts_keeps_its_corners(warper: MeshWarper) -> None:
    still = person(4)
    after = warper(still, ExpressionChange(lip_gap=0.0), np.random.default_rng(0))
    assert abs(inner_lip_gap(align_upright(after.landmarks))) < 0.003
    assert np.abs(after.landmarks[[61, 291]] - still.landmarks[[61, 291]]).max() < 0.5


def test_a_head_already_turned_is_not_turned_away() -> None:
    rng = np.random.default_rng(0)
    assert max(draw_change(rng, nose_offset=0.25).yaw for _ in range(200)) <= 0.0
