"""The two brushes paint the same picture."""

from collections.abc import Iterator

import numpy as np
import pytest
import torch

from core.puppet.batch_painting import TorchRaster, as_tensors
from core.puppet.displacement import grid_nodes
from core.puppet.motion import Motion
from core.puppet.opencv_raster import OpenCvRaster, lattice
from core.puppet.renderer import Renderer
from core.video import VideoFormat
from tests.core.puppet.batches import render_batch
from tests.core.puppet.faces import STILL, Drawn, joined, opened, psnr, strengths

MEAN, NEARLY_ALL = 0.25, 4.5
"""How far the brushes may differ, in steps of 255: on average, and at 99.5 % of the pixels."""

BLINK = np.ones((1, 2), np.float32)
MOTIONS = {
    "rest": STILL,
    "open mouth": STILL._replace(
        expression=strengths(jawOpen=0.4, seal=1), tongue=np.ones(1, np.float32)
    ),
    "blink": STILL._replace(blink=BLINK),
    "half a blink aside": STILL._replace(blink=BLINK / 2, gaze=np.array([[0.2, 0.1]], np.float32)),
    "head turn": STILL._replace(
        turn=np.array([[0.15, 0.06, 0.05]], np.float32), breath=np.array([0.01], np.float32)
    ),
}


@pytest.fixture(scope="module")
def renderer(bob: Drawn) -> Iterator[Renderer]:
    with opened(bob, VideoFormat(320, 240)) as renderer:
        yield renderer


@pytest.mark.parametrize("motion", MOTIONS.values(), ids=MOTIONS.keys())
def test_both_brushes_paint_the_same(renderer: Renderer, motion: Motion) -> None:
    side, (x, y) = renderer._side, renderer._square[:2]
    live = renderer.render(motion).astype(np.float64)
    batch = render_batch(as_tensors(renderer.portrait), as_tensors(motion), side)
    window = batch[0].permute(1, 2, 0).double().numpy()
    part = renderer._region.slices
    spot = renderer._region.shift(x, y).slices
    cover, colours = window[part][..., 3:], window[part][..., :3] * 255
    behind = renderer._backdrop[spot]
    away = np.abs(live[spot] - (colours * cover + behind * (1 - cover)))
    assert away.mean() < MEAN
    assert np.percentile(away, 99.5) < NEARLY_ALL


def test_the_motions_they_are_compared_by_are_seen(renderer: Renderer) -> None:
    rest = renderer.render(STILL)
    for motion in list(MOTIONS.values())[1:]:
        assert psnr(renderer.render(motion), rest) < 42


def test_every_node_of_a_lattice_is_a_pixels_middle() -> None:
    at = lattice(3, 5, 8, 4, 1, 20)[0]
    x, y = np.meshgrid(np.arange(3, 11) + 0.5, np.arange(5, 9) + 0.5)
    np.testing.assert_allclose(at, np.stack([x, y], -1) / 20 * 2 - 1, atol=1e-6)


@pytest.mark.parametrize("step", [1, 4, 8])
def test_what_lies_between_the_nodes_is_filled_in_straight(renderer: Renderer, step: int) -> None:
    region = (7, 9, 37, 22)
    brush = OpenCvRaster(renderer.portrait, 100).for_region(region[2:], step)
    fine, coarse = (lattice(*region, every, 100) for every in (1, step))
    ramp = brush.as_weight(0.3 * coarse[..., 0] - 0.8 * coarse[..., 1])
    np.testing.assert_allclose(ramp, (0.3 * fine[..., 0] - 0.8 * fine[..., 1])[0], atol=1e-5)


def test_a_brush_that_is_turned_to_a_region_leaves_the_first_one_alone(renderer: Renderer) -> None:
    brush = OpenCvRaster(renderer.portrait, 100)
    small, large = brush.for_region((5, 6), 1), brush.for_region((50, 60), 1)
    for raster, (width, height) in ((small, (5, 6)), (large, (50, 60))):
        weight = np.random.default_rng(1).random((1, height, width), np.float32)
        np.testing.assert_array_equal(raster.as_weight(weight), weight[0])


def test_both_brushes_mix_dim_and_soften_alike(renderer: Renderer) -> None:
    random = np.random.default_rng(0)
    pictures = torch.from_numpy(random.random((2, 1, 4, 30, 40), np.float32))
    weight = random.random((1, 30, 40), np.float32)
    below, above = pictures
    swift, torch_brush = (
        OpenCvRaster(renderer.portrait, 40).for_region((40, 30), 1),
        TorchRaster(20.0),
    )
    one, other = ((i[0].permute(1, 2, 0) * 255).round().byte().numpy() for i in pictures)
    share, plane = torch_brush.as_weight(torch.from_numpy(weight)), swift.as_weight(weight)
    pairs = (
        (torch_brush.mix(below, above, share) * 255, swift.mix(one, other, plane)),
        (torch_brush.darken(below, share) * 255, swift.darken(one, plane)),
    )
    for tensor, pixels in pairs:
        np.testing.assert_allclose(tensor[0].permute(1, 2, 0), pixels, atol=1.6)
    softened = torch_brush.blur(share, 0.3)[0, 0]
    np.testing.assert_allclose(softened, swift.blur(plane, 0.3), atol=1e-5)
    assert softened.std() < 0.3 * weight.std()
    np.testing.assert_allclose(torch_brush.alpha(above)[0, 0], swift.alpha(other), atol=0.003)


def test_people_painted_together_look_as_they_do_alone(renderer: Renderer) -> None:
    both = list(MOTIONS.values())[1:3]
    portrait = renderer.portrait
    alone = torch.cat(
        [render_batch(as_tensors(portrait), as_tensors(motion), 64) for motion in both]
    )
    together = render_batch(as_tensors(joined(portrait, portrait)), as_tensors(joined(*both)), 64)
    torch.testing.assert_close(together, alone, rtol=0, atol=1e-4)


def test_a_torch_brush_reads_a_texture_where_it_lies(renderer: Renderer) -> None:
    person = as_tensors(renderer.portrait.person)
    small = person._replace(middle=torch.tensor([[0.5, 0.0]]), half=torch.tensor([[0.5, 1.0]]))
    brush = TorchRaster(20.0)
    at = torch.from_numpy(grid_nodes(9, 9))[None] * 0.9
    squeezed = at * torch.tensor([0.5, 1.0]) + torch.tensor([0.5, 0.0])
    found, expected = brush.sample(small, squeezed), brush.sample(person, at)
    torch.testing.assert_close(found, expected, rtol=0, atol=1e-4)


def test_a_raster_that_has_the_pixels_samples_a_portrait_without_them(renderer: Renderer) -> None:
    whole = renderer.portrait
    raster = OpenCvRaster(whole, 100).for_region((20, 10), 1)
    grid = lattice(40, 45, 20, 10, 1, 100)
    before = raster.sample(whole.upper, grid), raster.person_alpha(grid)
    hollow = raster.without_pixels(whole)
    images = (hollow.person, hollow.upper, hollow.lower, hollow.closed_lids)
    assert all(texture.image.strides == (0, 0, 0, 0) for texture in images)  # one number
    np.testing.assert_array_equal(raster.sample(hollow.upper, grid), before[0])
    np.testing.assert_array_equal(raster.person_alpha(grid), before[1])
    again = raster.with_pixels(hollow)
    np.testing.assert_allclose(again.person.image, whole.person.image, atol=0.5 / 255 + 1e-6)
