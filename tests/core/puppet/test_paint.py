"""What is painted inside the mouth, and where parts of the face begin and end."""

import numpy as np
import pytest
import torch

from core.perception.face.topology import LOWER_LIP, UPPER_LIP
from core.puppet.batch_painting import TorchRaster, as_tensors
from core.puppet.displacement import Points, grid_nodes
from core.puppet.eyelid_warp import to_eye_frame
from core.puppet.motion import Motion, backward_warp
from core.puppet.paint import (
    MouthView,
    composite_lips,
    eye_masks,
    mouth_mask,
    paint_mouth_interior,
)
from core.puppet.portrait_layers import LayeredPortrait
from core.puppet.renderer import Renderer
from tests.core.puppet.faces import STILL, strengths

WIDE = STILL._replace(expression=strengths(jawOpen=0.6))


@pytest.fixture
def portrait(renderer: Renderer) -> LayeredPortrait:
    return renderer.portrait


def _inside(
    portrait: LayeredPortrait, motion: Motion, below: float, aside: float = 0.012
) -> Points:
    """Return the colours (3,) inside the mouth, so far below and beside the seam's middle."""
    lips, height = portrait.rig.lips, portrait.rig.height[0]
    seam = lips.edges[0, :, lips.edges.shape[-1] // 2].mean() / height
    across = lips.across[0] / np.linalg.norm(lips.across[0])
    at = lips.middle[0] + height * (aside * across + (seam + below) * lips.down[0])
    posed = at.reshape(1, 1, 1, 2)
    given = map(as_tensors, (portrait, backward_warp(portrait.rig, motion), motion, posed))
    found: Points = paint_mouth_interior(TorchRaster(1.0), *given).whole.numpy()
    return found[0, :3, 0, 0]


def _drop(portrait: LayeredPortrait, motion: Motion) -> float:
    """How far the jaw has dropped, in face heights."""
    return float((backward_warp(portrait.rig, motion).jaw / portrait.rig.height)[0, 1])


def test_upper_teeth_keep_their_place_and_lower_teeth_go_with_the_jaw(
    portrait: LayeredPortrait,
) -> None:
    drop = _drop(portrait, WIDE)
    assert drop > 0.05
    for motion in (STILL, WIDE):
        assert _inside(portrait, motion, 0.0).mean() > 0.4
    tooth = _inside(portrait, STILL, 0.035)
    assert tooth.mean() > 0.4
    np.testing.assert_allclose(_inside(portrait, WIDE, 0.035 + drop), tooth, rtol=0, atol=0.02)
    assert _inside(portrait, WIDE, 0.045).mean() < 0.3


def test_teeth_stand_before_the_tongue_and_the_tongue_before_the_throat(
    portrait: LayeredPortrait,
) -> None:
    drop = _drop(portrait, WIDE)
    red, green, blue = _inside(portrait, WIDE, 0.8 * drop - 0.005, aside=0.03).tolist()
    assert red > 0.2
    assert red > 1.4 * max(green, blue)
    assert _inside(portrait, WIDE, 0.03).mean() < 0.5 * red


def test_the_tongue_rises_to_the_teeth(portrait: LayeredPortrait) -> None:
    spot = 0.8 * _drop(portrait, WIDE) - 0.03
    low, high = (
        _inside(portrait, WIDE._replace(tongue=np.array([tip], np.float32)), spot, aside=0.03)
        for tip in (0.0, 1.0)
    )
    assert high[0] > 1.5 * low[0]


def _between(portrait: LayeredPortrait, gap: int) -> Points:
    """Return a column (3, rows) of black lips, so many rows of white inside a grey cavity apart."""
    lips = torch.zeros(1, 4, 61, 61)
    upper, lower = lips.clone(), lips.clone()
    upper[:, 3, : 30 - gap // 2] = 1
    lower[:, 3, 30 - gap // 2 + gap :] = 1
    view = MouthView(torch.full_like(lips, 0.1), torch.ones_like(lips))
    rig = as_tensors(portrait.rig)
    unit = 300 / float(portrait.rig.height[0])
    found: Points = composite_lips(TorchRaster(unit), rig, upper, lower, view).numpy()
    return found[0, :3, :, 30]


def test_between_lips_that_nearly_touch_there_is_their_shadow_only(
    portrait: LayeredPortrait,
) -> None:
    assert _between(portrait, 2).max() < 0.2
    assert _between(portrait, 12).max() > 0.6
    brightest = [float(_between(portrait, gap).max()) for gap in range(13)]
    assert brightest == sorted(brightest)


def test_teeth_move_aside_less_than_the_lips_before_them(portrait: LayeredPortrait) -> None:
    turned = STILL._replace(turn=np.array([[0.2, 0, 0]], np.float32))
    aside = [_inside(portrait, motion, 0.01, aside=-0.13) for motion in (STILL, turned)]
    other = [_inside(portrait, motion, 0.01, aside=0.13) for motion in (STILL, turned)]
    assert aside[1].mean() > aside[0].mean()
    assert other[1].mean() < other[0].mean()


def test_the_mouths_region_holds_the_lips_and_ends_softly(portrait: LayeredPortrait) -> None:
    rig = portrait.rig
    lips = rig.landmarks[:, None, [*UPPER_LIP, *LOWER_LIP], :2]
    assert mouth_mask(rig, lips).min() > 0.99
    share = mouth_mask(rig, grid_nodes(301, 301)[None])[0]
    assert share.max() == 1
    assert ((share > 0.2) & (share < 0.8)).sum() > 100
    assert (share > 0).mean() < 0.1


def test_an_eyes_region_holds_that_eye_only(portrait: LayeredPortrait) -> None:
    rig = portrait.rig
    middles = np.repeat(rig.eyes.middle[:, None, :, None], 2, axis=1)
    shares = eye_masks(rig, *to_eye_frame(rig.eyes, middles))[0, :, :, 0]
    np.testing.assert_allclose(shares, np.eye(2), rtol=0, atol=1e-6)
