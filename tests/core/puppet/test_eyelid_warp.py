"""Lids that close over the eyes, and eyes that look aside."""

from collections.abc import Iterator

import numpy as np
import pytest
from numpy.typing import NDArray

from core.puppet.arrays import tree_map
from core.puppet.batch_painting import as_tensors
from core.puppet.displacement import Points, grid_nodes
from core.puppet.eyelid_warp import EyeWarp, eye_coordinates, warp_eyes
from core.puppet.motion import Motion
from core.puppet.portrait_layers import closed_lids
from core.puppet.renderer import Renderer
from core.puppet.rig import Rig
from core.video import Picture, VideoFormat
from tests.core.puppet.batches import render_batch
from tests.core.puppet.faces import STILL, Drawn, opened

PIXEL = 0.002


@pytest.fixture(scope="module")
def renderer(ann: Drawn) -> Iterator[Renderer]:
    with opened(ann, VideoFormat(640, 480)) as renderer:
        yield renderer


def _half(rig: Rig) -> Points:
    """Half widths (1, 2) of the eyes."""
    return np.asarray(np.linalg.norm(rig.eyes.across, axis=-1), np.float32)


def _places(rig: Rig) -> Points:
    """(1, 2, 81, 81, 2) in a square around each eye."""
    square = 1.3 * grid_nodes(81, 81) * _half(rig)[..., None, None, None]
    return np.asarray(rig.eyes.middle[:, :, None, None] + square)


def _look(rig: Rig, blink: float = 0.0, gaze: tuple[float, float] = (0, 0)) -> EyeWarp:
    lids, aim = np.full((1, 2), blink, np.float32), np.array([gaze], np.float32)
    return warp_eyes(rig.eyes, eye_coordinates(rig.eyes, _places(rig)), lids, aim, PIXEL)


def _depth(rig: Rig, at: Points) -> Points:
    """How far below the middle of its eye each place is, as a share of the eye's half width."""
    away = at - rig.eyes.middle[:, :, None, None]
    below = (away * rig.eyes.down[:, :, None, None]).sum(-1)
    return np.asarray(below / _half(rig)[..., None, None])


def _eyes(renderer: Renderer, motion: Motion) -> list[Picture]:
    """Pictures of the subject's right and left eye."""
    return _cut(renderer, renderer.render(motion), renderer._side, renderer._square[:2])


def _cut(
    renderer: Renderer, picture: Picture, side: int, corner: tuple[int, int] = (0, 0)
) -> list[Picture]:
    eyes, pictures = renderer.portrait.rig.eyes, []
    for x, y in ((eyes.middle[0] + 1) / 2 * side + np.array(corner)).tolist():
        half = float(_half(renderer.portrait.rig).mean()) * side / 2
        rows, columns = (slice(round(v - half), round(v + half)) for v in (y, x))
        pictures.append(picture[rows, columns])
    return pictures


def _iris(picture: Picture) -> NDArray[np.bool_]:
    """Which pixels show something of the iris."""
    return picture[..., 2] > picture[..., 0]


def _blinking(right: float, left: float) -> Motion:
    return STILL._replace(blink=np.array([[right, left]], np.float32))


def test_at_rest_every_place_shows_itself(ann_rig: Rig) -> None:
    seen, at = _look(ann_rig), _places(ann_rig)
    np.testing.assert_allclose(seen.ball_source, at, rtol=0, atol=1e-6)
    np.testing.assert_allclose(seen.lid_source, at, rtol=0, atol=1e-6)
    assert seen.unseen_skin.max() < 0.1


def test_a_full_blink_covers_the_whole_ball(ann_rig: Rig) -> None:
    opening = _look(ann_rig).lid_alpha < 0.5
    assert opening.any()
    assert _look(ann_rig, blink=1.0).lid_alpha[opening].min() > 0.9


def test_the_lid_never_shows_the_ball(ann_rig: Rig) -> None:
    opening, rest = _look(ann_rig).lid_alpha < 0.5, np.zeros((1, 2), np.float32)
    for blink in (0.3, 0.7, 1.0):
        seen = _look(ann_rig, blink)
        covered = opening & (seen.lid_alpha > 0.99)
        assert covered.sum() > 100
        shown = warp_eyes(
            ann_rig.eyes, eye_coordinates(ann_rig.eyes, seen.lid_source), rest, rest, PIXEL
        ).lid_alpha
        assert shown[covered].min() > 0.45


def test_a_lid_comes_down_from_above(ann_rig: Rig) -> None:
    depth, opening = _depth(ann_rig, _places(ann_rig)), _look(ann_rig).lid_alpha < 0.1
    half = _look(ann_rig, blink=0.5).lid_alpha
    covered, still_open = depth[opening & (half > 0.9)], depth[opening & (half < 0.1)]
    assert len(covered) > 50
    assert len(still_open) > 50
    assert covered.mean() < still_open.mean() - 0.1


def test_skin_above_the_lid_stays_where_it_is(ann_rig: Rig) -> None:
    seen, at = _look(ann_rig, blink=1.0), _places(ann_rig)
    brow = _depth(ann_rig, at) < -1.2
    np.testing.assert_allclose(seen.lid_source[brow], at[brow], rtol=0, atol=1e-6)


def test_a_lid_slides_without_folding(ann_rig: Rig) -> None:
    depth = _depth(ann_rig, _look(ann_rig, blink=1.0).lid_source)[0]
    shut_from = _look(ann_rig).lid_alpha[0] < 0.1
    rows = np.diff(depth, axis=1)[:, :, 30:51]
    inside = shut_from[:, 1:, 30:51]
    assert rows[inside].min() > 0


def test_the_lash_line_is_thinner_when_shut_and_gone_at_the_corners(ann_rig: Rig) -> None:
    """How much of the open eye's lash line, in rows, is shown along each column."""
    shown = []
    for blink in (0.0, 1.0):
        seen = _look(ann_rig, blink)
        at = eye_coordinates(ann_rig.eyes, seen.lid_source)
        above = (at.edges[:, :, 0] - at.v) / ann_rig.eyes.margin[..., None, None]
        lashes = (above > 0.05) & (above < 0.95) & (seen.lid_alpha > 0.5)
        u = abs(at.u)
        shown.append([(lashes & part).sum() for part in (u < 0.5, (u > 1.0) & (u < 1.2))])
    middle, corners = np.array(shown[1]) / np.array(shown[0])
    assert 0.4 < middle < 0.8
    assert corners < 0.3


def test_the_skin_of_a_shut_lid_is_that_around_the_eye(ann_rig: Rig) -> None:
    side = 400
    grey = np.full((side, side, 3), 150, np.uint8)
    open_eyes = np.clip(_look(ann_rig).lid_alpha, 0, 1)
    assert open_eyes.min() < 0.1
    one = tree_map(ann_rig.eyes, lambda array: array[0])
    lids = closed_lids(grey, one, float(ann_rig.height[0])).image
    assert lids.shape[0] == 4
    assert (lids[3] == 1).all()
    np.testing.assert_allclose(lids[:3], 150 / 255, atol=0.13)
    width = lids.shape[2] // 2
    middle = lids[0, :, width // 2]
    assert middle.min() < 150 / 255 < middle.max() + 1e-6


def test_the_ball_turns_where_it_looks_and_the_skin_does_not(ann_rig: Rig) -> None:
    at, seen = _places(ann_rig), _look(ann_rig, gaze=(0.3, -0.1))
    moved = (seen.ball_source - at) / _half(ann_rig)[..., None, None, None]
    np.testing.assert_allclose(moved[0, 0, 40, 40], [-0.3, 0.1], rtol=0, atol=2e-3)
    assert abs(moved[_look(ann_rig).lid_alpha > 0.999]).max() < 0.1
    np.testing.assert_allclose(seen.lid_source, at, rtol=0, atol=1e-6)


def test_shut_eyes_show_nothing_of_the_iris(renderer: Renderer) -> None:
    for eye in _eyes(renderer, _blinking(0, 0)):
        assert _iris(eye).sum() > 80
    for eye in _eyes(renderer, _blinking(1, 1)):
        assert _iris(eye).sum() == 0


def test_shut_eyes_show_nothing_of_the_iris_to_those_who_train(renderer: Renderer) -> None:
    side = renderer._side // 2
    for motion, shut in ((_blinking(0, 0), False), (_blinking(1, 1), True)):
        one, moment = as_tensors(renderer.portrait), as_tensors(motion)
        window = render_batch(one, moment, side)[0, :3].permute(1, 2, 0)
        for eye in _cut(renderer, (window * 255).round().byte().numpy(), side):
            assert _iris(eye).any() != shut


def test_an_eye_can_wink_alone(renderer: Renderer) -> None:
    right, left = _eyes(renderer, _blinking(1, 0))
    assert not _iris(right).any()
    assert _iris(left).sum() > 80


def test_the_iris_goes_where_the_eye_looks(renderer: Renderer) -> None:
    def middle(aim: float) -> NDArray[np.float64]:
        motion = STILL._replace(gaze=np.array([[aim, 0.0]], np.float32))
        places = [np.argwhere(_iris(eye)).mean(0) for eye in _eyes(renderer, motion)]
        return np.array(places)

    half = len(_eyes(renderer, STILL)[0]) / 2
    for aim in (-0.25, 0.25):
        down, right = ((middle(aim) - middle(0.0)) / half).T
        assert (right / aim > 0.5).all()
        assert (right / aim < 1.1).all()
        assert abs(down).max() < 0.05
