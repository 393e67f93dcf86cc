"""From a placement, or by hand, to the framing that gives it."""

import pytest

from core.portrait.framing import FramedPhoto, framing_from_placement, webcam_framing
from core.portrait.placement import PersonOutline, place_photo
from core.profile import Framing
from core.video import VideoFormat

HD = VideoFormat(1280, 720)
FACE = PersonOutline((500.0, 400.0, 300.0))
SQUARE = FramedPhoto((1000, 1000), HD)
CLOSE = Framing(0.5, 0.5, 4.0)


@pytest.mark.parametrize("photo", [(1000, 1000), (600, 1200), (2400, 1000)])
@pytest.mark.parametrize(
    "framing",
    [Framing(0.5, 0.5, 1.0), Framing(0.4, 0.6, 2.5), Framing(0.55, 0.45, 3.0, "fill")],
)
def test_there_and_back_is_the_same_place(photo: tuple[int, int], framing: Framing) -> None:
    once = place_photo(photo, FACE, HD, framing)
    again = place_photo(photo, FACE, HD, framing_from_placement(once, photo, HD, framing.fit))
    assert again.scale == pytest.approx(once.scale)
    assert (again.left, again.top) == pytest.approx((once.left, once.top), abs=1)


@pytest.mark.parametrize("photo", [(1000, 1000), (900, 1200), (1600, 900)])
def test_a_webcams_framing_can_be_written_down(photo: tuple[int, int]) -> None:
    once = place_photo(photo, FACE, HD, None)
    again = place_photo(photo, FACE, HD, webcam_framing(photo, FACE, HD))
    assert again.scale == pytest.approx(once.scale)
    assert (again.left, again.top) == pytest.approx((once.left, once.top), abs=1)


def test_a_face_too_small_to_fill_the_frame_comes_as_close_as_framings_can() -> None:
    assert webcam_framing((4000, 3000), PersonOutline((2000.0, 1500.0, 60.0)), HD).zoom == 8


def at(shape: FramedPhoto, framing: Framing, x: float, y: float) -> tuple[float, float]:
    """Return where in the photo, in shares, the frame's place (x, y) lies."""
    where = place_photo(shape.photo, PersonOutline((0, 0, 1)), shape.format, framing)
    across = (x * shape.format.width - where.left) / (shape.photo[0] * where.scale)
    down = (y * shape.format.height - where.top) / (shape.photo[1] * where.scale)
    return across, down


def test_what_is_dragged_stays_under_the_mouse() -> None:
    before = at(SQUARE, CLOSE, 0.4, 0.6)
    after = at(SQUARE, SQUARE.moved(CLOSE, 0.05, -0.07), 0.45, 0.53)
    assert after == pytest.approx(before, abs=2e-3)


def test_what_one_zooms_to_stays_where_it_is() -> None:
    before = at(SQUARE, CLOSE, 0.3, 0.7)
    after = at(SQUARE, SQUARE.zoomed(CLOSE, 1.5, 0.3, 0.7), 0.3, 0.7)
    assert after == pytest.approx(before, abs=2e-3)


def test_nobody_drags_the_photo_out_of_the_frame_or_zooms_beyond_what_can_be_saved() -> None:
    far = SQUARE.moved(CLOSE, 9, -9)
    assert at(SQUARE, far, 0, 1) == pytest.approx((0, 1), abs=2e-3)
    assert SQUARE.zoomed(CLOSE, 99).zoom == 8
    whole = SQUARE.zoomed(CLOSE, 0.01)
    assert (whole.x, whole.y, whole.zoom) == (0.5, 0.5, 1)
