"""The watermark is where a picture is busy, is not seen, and stays out of flat areas."""

import cv2
import numpy as np
import pytest

from core.benchmark.picture_metrics import psnr
from core.video import Picture, VideoFormat
from core.watermark.embedding import STRIPS, Watermark, pattern
from core.watermark.key import Version
from tests.core.watermark.pictures import FORMAT, VERSION, busy, marked

INVISIBLE = 48.5
"""dB; 46 were asked for."""


def gradient() -> Picture:
    steps = np.linspace(20, 230, FORMAT.width).astype(np.uint8)
    return np.ascontiguousarray(np.broadcast_to(steps[None, :, None], (FORMAT.height, 640, 3)))


@pytest.mark.parametrize("format", [FORMAT, VideoFormat(1280, 720), VideoFormat(480, 640)])
def test_it_changes_a_picture_by_less_than_anybody_sees(format: VideoFormat) -> None:
    picture = busy(format)
    found = marked(picture)
    assert 99 > psnr(found, picture) > INVISIBLE
    assert int(np.abs(found.astype(int) - picture).max()) <= 12


@pytest.mark.parametrize("level", [0, 1, 90, 254, 255])
def test_flat_areas_are_left_as_they_are(level: int) -> None:
    flat = np.full((FORMAT.height, FORMAT.width, 3), level, np.uint8)
    np.testing.assert_array_equal(marked(flat), flat)


def test_a_smooth_gradient_is_left_as_it_is() -> None:
    np.testing.assert_array_equal(marked(gradient()), gradient())


def test_beside_something_busy_a_flat_area_stays_flat() -> None:
    picture = busy()
    picture[:, 320:] = 90
    found = marked(picture)
    assert (found[:, :300] != picture[:, :300]).mean() > 0.2
    np.testing.assert_array_equal(found[:, 350:], picture[:, 350:])


def test_an_outline_before_something_flat_is_left_as_it_is() -> None:
    picture = np.full((FORMAT.height, FORMAT.width, 3), 90, np.uint8)
    picture[120:, 200:440] = 200  # shoulders
    cv2.line(picture, (0, 20), (639, 90), (0, 0, 0), 3)
    assert (marked(picture) != picture).mean() < 0.005  # where the line ends, at the border


def test_texture_bears_more_the_stronger_it_is() -> None:
    rng = np.random.default_rng(0)
    grain = rng.standard_normal((FORMAT.height, FORMAT.width, 1)) * np.repeat([2, 8], 320)[:, None]
    picture = np.asarray((120 + grain + np.zeros(3)).clip(0, 255), np.uint8)
    weak, strong = np.split(np.square(marked(picture).astype(float) - picture), 2, axis=1)
    assert strong.mean() > 2 * weak.mean() > 0


def test_rows_bear_the_same_wherever_a_strip_begins() -> None:
    """What lies in the next strip has a say in what a row bears."""
    picture, once = busy(), Watermark(FORMAT, VERSION)
    first = picture.copy()
    once.apply(first)
    for _ in range(STRIPS):
        again = picture.copy()
        once.apply(again)
    np.testing.assert_array_equal(again, first)


def test_busy_places_anywhere_bear_it_and_nothing_beside_them() -> None:
    picture = np.full((FORMAT.height, FORMAT.width, 3), 90, np.uint8)
    for top, left in ((0, 0), (20, 560), (200, 300), (330, 10)):
        picture[top : top + 30, left : left + 80] = busy()[:30, :80]
    changed = (marked(picture) != picture).any(-1)
    for top, left in ((0, 0), (20, 560), (200, 300), (330, 10)):
        assert changed[top : top + 30, left : left + 80].mean() > 0.2
        changed[max(0, top - 12) : top + 42, max(0, left - 12) : left + 92] = False
    assert not changed.any()


def test_it_is_grey_and_nothing_wraps_around() -> None:
    picture = busy().clip(20, 235)
    change = marked(picture).astype(int) - picture
    assert (change == change[..., :1]).all()
    for edge in (np.minimum(busy(), 8), np.maximum(busy(), 247)):
        assert int(np.abs(marked(edge).astype(int) - edge).max()) <= 12


def test_it_follows_what_the_pictures_show_within_a_second() -> None:
    watermark = Watermark(FORMAT, VERSION)
    watermark.apply(busy())
    for _ in range(STRIPS):
        flat = np.full((FORMAT.height, FORMAT.width, 3), 90, np.uint8)
        watermark.apply(flat)
    np.testing.assert_array_equal(flat, 90)
    for _ in range(STRIPS):
        picture = busy()
        watermark.apply(picture)
    changed = (picture != busy()).any(-1)
    assert (changed.reshape(-1, 24, FORMAT.width).mean((1, 2)) > 0.2).all()


@pytest.mark.parametrize("size", [(2, 2), (4, 100), (100, 4), (144, 144), (1920, 1080)])
def test_pictures_of_any_size_bear_it(size: tuple[int, int]) -> None:
    format = VideoFormat(*size)
    picture = busy(format)
    assert marked(picture).shape == picture.shape
    assert pattern(format, VERSION).shape == picture.shape[:2]


def test_versions_differ_and_the_programs_own_is_the_usual_one() -> None:
    ours, theirs = (pattern(FORMAT, Version(0, minor)) for minor in (1, 2))
    assert not np.allclose(ours, theirs)
    usual, picture = busy(), busy()
    Watermark(FORMAT).apply(usual)
    assert (usual != picture).any()
