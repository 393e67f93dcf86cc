"""Pixels at other sizes, and under blurs."""

import numpy as np
import pytest

from core.pixels import blurred, boxed, softened


def test_a_wide_blur_at_a_fraction_of_the_size_looks_like_the_whole_one() -> None:
    noise = np.random.default_rng(3).uniform(0, 255, (60, 80, 3)).astype(np.float32)
    picture = np.repeat(np.repeat(noise, 4, 0), 4, 1)
    inner = (slice(60, -60), slice(60, -60))
    close = np.abs(softened(picture, 12.0, 4) - blurred(picture, 12.0))[inner]
    assert close.max() < 3
    assert np.abs(picture - blurred(picture, 12.0))[inner].mean() > 30


def test_what_has_one_channel_keeps_it() -> None:
    assert softened(np.ones((9, 7, 1), np.uint8), 2.0, 4).shape == (9, 7, 1)


@pytest.mark.parametrize("left", [-30, -7, -3, 0, 2, 6, 9, 40])
@pytest.mark.parametrize("size", [1, 4, 25])
def test_beyond_the_pixels_a_box_shows_their_edges(left: int, size: int) -> None:
    pixels = np.random.default_rng(0).integers(0, 255, (8, 7, 3), np.uint8)
    found = boxed(pixels, left, left + 1, size, size + 2)
    columns = np.clip(np.arange(left, left + size), 0, 6)
    rows = np.clip(np.arange(left + 1, left + size + 3), 0, 7)
    np.testing.assert_array_equal(found, pixels[np.ix_(rows, columns)])
