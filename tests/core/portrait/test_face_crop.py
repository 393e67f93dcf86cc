"""The part of a photo that moves."""

import numpy as np
import pytest

from core.perception.face.topology import CHIN, FOREHEAD, OVAL
from core.portrait.face_crop import FaceCrop, face_height
from tests.core.puppet.faces import face


def test_a_window_reaches_as_far_on_all_sides_of_the_face() -> None:
    units = FaceCrop.around(face(100, 200, 150)).to_units(face(100, 200, 150))
    middle = units[list(OVAL)].mean(0)
    assert abs(middle[0]) < 1e-6
    assert middle[1] < 0
    assert np.abs(units[:, :2]).max() < 0.5
    assert abs(units[FOREHEAD, 1] - units[CHIN, 1]) == pytest.approx(1 / 2.3, rel=0.01)
    assert face_height(face(100)) == pytest.approx(100, rel=0.01)


@pytest.mark.parametrize("side", [80, 200, 333])
def test_what_is_cut_out_lies_where_its_units_say(side: int) -> None:
    """Landmarks count from the middle of the photo's first pixel."""
    window = FaceCrop(90.3, 71.8, 41.7)
    for x, y in ((90, 72), (61, 95), (120, 40)):
        photo = np.zeros((160, 190), np.float32)
        photo[y, x] = 1
        cut = window.extract(photo, side)
        rows, columns = np.mgrid[0:side, 0:side] + 0.5
        seen = np.array([(columns * cut).sum(), (rows * cut).sum()]) / cut.sum()
        told = window.to_units(np.array([[x, y]], np.float32))[0]
        np.testing.assert_allclose(seen / side * 2 - 1, told, atol=0.2 / side)


def test_a_window_beyond_the_photo_goes_on_as_the_photo_ends() -> None:
    photo = np.repeat(np.arange(40, dtype=np.float32)[None] * 5, 30, axis=0)
    cut = FaceCrop(0.0, 15.0, 20.0).extract(photo, 40)
    assert (cut[:, :20] == 0).all()
    assert (cut[:, 20:] == photo[0, :20]).all()


@pytest.mark.parametrize("scale", [0.31, 1.0, 2.7])
def test_a_snapped_window_lies_on_pixels(scale: float) -> None:
    window = FaceCrop(101.37, 88.91, 57.3)
    near = window.snap(scale)
    for edge in (near.x - near.half, near.x + near.half, near.y - near.half, near.y + near.half):
        assert edge * scale == pytest.approx(round(edge * scale), abs=1e-6)
    for a, b in ((near.x, window.x), (near.y, window.y), (near.half, window.half)):
        if scale * window.half > 32:
            assert abs(a - b) * scale <= 0.5


def test_a_face_shown_small_still_has_pixels_to_move() -> None:
    near = FaceCrop(50.0, 50.0, 10.0).snap(0.5)
    assert near.half * 2 * 0.5 == 64
