"""From a placement back to the framing that gives it."""

import pytest

from core.portrait.framing import framing_of, webcam
from core.portrait.placement import place
from core.profile import Framing
from core.video import VideoFormat

HD = VideoFormat(1280, 720)
FACE = (500.0, 400.0, 300.0)


@pytest.mark.parametrize("photo", [(1000, 1000), (600, 1200), (2400, 1000)])
@pytest.mark.parametrize(
    "framing",
    [Framing(0.5, 0.5, 1.0), Framing(0.4, 0.6, 2.5), Framing(0.55, 0.45, 3.0, "fill")],
)
def test_there_and_back_is_the_same_place(photo: tuple[int, int], framing: Framing) -> None:
    once = place(photo, FACE, HD, framing)
    again = place(photo, FACE, HD, framing_of(once, photo, HD, framing.fit))
    assert again.scale == pytest.approx(once.scale)
    assert (again.left, again.top) == pytest.approx((once.left, once.top), abs=1)


@pytest.mark.parametrize("photo", [(1000, 1000), (900, 1200), (1600, 900)])
def test_a_webcams_framing_can_be_written_down(photo: tuple[int, int]) -> None:
    once = place(photo, FACE, HD, None)
    again = place(photo, FACE, HD, webcam(photo, FACE, HD))
    assert again.scale == pytest.approx(once.scale)
    assert (again.left, again.top) == pytest.approx((once.left, once.top), abs=1)


def test_a_face_too_small_to_fill_the_frame_comes_as_close_as_framings_can() -> None:
    assert webcam((4000, 3000), (2000.0, 1500.0, 60.0), HD).zoom == 8
