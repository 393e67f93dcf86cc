"""What is drawn inside a mouth."""

import numpy as np
import pytest

from core.puppet.mouth_interior import HEIGHT, INTERIOR_EXTENT, WIDTH, MouthInterior, draw_interior


@pytest.fixture(scope="module")
def inside() -> MouthInterior:
    return draw_interior((0.9, 0.9, 0.9))


def _row(below: float) -> int:
    """The textures' row so far below the seam, in face heights."""
    return round((below - INTERIOR_EXTENT[1]) / (INTERIOR_EXTENT[2] - INTERIOR_EXTENT[1]) * HEIGHT)


def test_the_inside_of_a_mouth_is_drawn_symmetric_and_in_range(inside: MouthInterior) -> None:
    for layer in inside:
        assert layer.shape == (4, HEIGHT, WIDTH)
        assert layer.min() >= 0
        assert layer.max() <= 1
        np.testing.assert_allclose(layer[..., ::-1], layer, rtol=0, atol=1e-3)


def test_only_the_cavity_covers_everything(inside: MouthInterior) -> None:
    assert (inside.cavity[3] == 1).all()
    for layer in (inside.tongue, inside.lower, inside.upper):
        assert layer[3].max() == 1
        assert 0.02 < layer[3].mean() < 0.5


def test_teeth_are_bright_and_the_throat_is_dark(inside: MouthInterior) -> None:
    middle = WIDTH // 2 + 6
    assert inside.upper[:3, _row(0.0), middle].mean() > 0.6
    assert inside.lower[:3, _row(0.03), middle].mean() > 0.6
    assert inside.cavity[:3, _row(0.05), middle].mean() < 0.1
    assert inside.upper[3, _row(0.06), middle] == 0
    assert inside.lower[3, _row(-0.03), middle] == 0


def test_teeth_are_lit_as_the_whites_of_the_eyes_are(inside: MouthInterior) -> None:
    for one, other in zip(inside, draw_interior((0.45, 0.9, 0.9)), strict=True):
        np.testing.assert_allclose(other[0], one[0] / 2, rtol=0, atol=1e-5)
        assert np.array_equal(other[1:], one[1:])
