"""What is drawn inside a mouth."""

import numpy as np
import pytest

from core.puppet.mouth_interior import (
    HEIGHT,
    INTERIOR_EXTENT,
    WIDTH,
    MouthInterior,
    MouthLook,
    Plane,
    draw_interior,
)

LOOK = MouthLook(light=(0.9, 0.9, 0.9), seed=3)


@pytest.fixture(scope="module")
def inside() -> MouthInterior:
    return draw_interior(LOOK)


def _row(below: float) -> int:
    """The textures' row so far below the seam, in face heights."""
    return round((below - INTERIOR_EXTENT[1]) / (INTERIOR_EXTENT[2] - INTERIOR_EXTENT[1]) * HEIGHT)


def _brightness(look: MouthLook, below: float = 0.0) -> Plane:
    """Return how bright the upper teeth are from left to right, so far below the seam."""
    upper = draw_interior(look).upper
    rows = slice(_row(below) - 4, _row(below) + 4)
    return np.asarray((upper[:3] * upper[3]).mean(0)[rows].mean(0), np.float32)


def test_the_inside_of_a_mouth_is_in_range(inside: MouthInterior) -> None:
    for layer in inside:
        assert layer.shape == (4, HEIGHT, WIDTH)
        assert layer.dtype == np.float32
        assert layer.min() >= 0
        assert layer.max() <= 1


def test_only_the_cavity_covers_everything(inside: MouthInterior) -> None:
    assert inside.cavity[3].min() > 0.999
    for layer in (inside.tongue, inside.lower, inside.upper):
        assert layer[3].max() > 0.99
        assert 0.02 < layer[3].mean() < 0.5


def test_teeth_are_bright_and_the_throat_is_dark(inside: MouthInterior) -> None:
    middle = WIDTH // 2 + 6
    assert inside.upper[:3, _row(0.0), middle].mean() > 0.6
    assert inside.lower[:3, _row(0.03), middle].mean() > 0.5
    assert inside.cavity[:3, _row(0.05), middle].mean() < 0.1
    assert inside.upper[3, _row(0.06), middle] < 0.01
    assert inside.lower[3, _row(-0.03), middle] < 0.01


def test_teeth_have_the_tone_of_the_light_but_paler() -> None:
    warm = MouthLook(light=(0.9, 0.6, 0.45), seed=3)
    red, _, blue = draw_interior(warm).upper[:3, _row(0.0), WIDTH // 2 + 6].tolist()
    assert 1.1 < red / blue < 0.9 / 0.45


def test_teeth_that_are_seen_give_the_tone() -> None:
    seen = draw_interior(LOOK._replace(enamel=(0.8, 0.7, 0.3))).upper
    red, _, blue = seen[:3, _row(0.0), WIDTH // 2 + 6].tolist()
    assert red > 2 * blue


def test_from_the_canines_on_teeth_darken_towards_the_corners() -> None:
    bright = _brightness(LOOK)
    at = [WIDTH // 2 + round(x / INTERIOR_EXTENT[0] * WIDTH / 2) for x in (0.02, 0.10, 0.14)]
    middle, canine, corner = (float(bright[i - 4 : i + 5].mean()) for i in at)
    assert middle > 1.3 * canine > 1.3 * 1.3 * corner


def test_light_from_one_side_is_brighter_there() -> None:
    lit = _brightness(LOOK._replace(slope=0.4)) / np.maximum(_brightness(LOOK), 1e-3)
    assert lit[WIDTH // 2 + 40] > 1.1 > 0.9 > lit[WIDTH // 2 - 40]


def test_a_turned_head_shows_less_of_the_far_side() -> None:
    x = (np.arange(WIDTH) + 0.5) / WIDTH * 2 - 1
    shown = [_brightness(LOOK._replace(yaw=yaw)) for yaw in (-0.35, 0.0, 0.35)]
    left, front, right = ((x * row).sum() / row.sum() for row in shown)
    assert left > front + 0.02
    assert right < front - 0.02


def test_the_arch_is_as_wide_as_the_lips() -> None:
    narrow, wide = (
        int((draw_interior(LOOK._replace(half_width=half)).upper[3, _row(0.0)] > 0.5).sum())
        for half in (0.13, 0.18)
    )
    assert wide > 1.1 * narrow


def test_no_two_people_have_the_same_teeth_and_one_has_them_always() -> None:
    one, same, other = (draw_interior(LOOK._replace(seed=seed)).upper for seed in (1, 1, 2))
    assert np.array_equal(one, same)
    assert abs(one - other).mean() > 0.002
