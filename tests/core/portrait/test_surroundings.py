"""What a frame shows of a picture, and beyond its edges."""

import numpy as np
import pytest

from core.portrait.placement import PersonOutline, PhotoPlacement, place_photo
from core.portrait.surroundings import lay_out
from core.profile import Framing
from core.video import Picture, VideoFormat

WIDE = VideoFormat(160, 90)
SOMEBODY = PersonOutline((20.0, 20.0, 10.0))


def _ramp(width: int, height: int) -> Picture:
    """Nowhere black, and everywhere something else."""
    y, x = np.mgrid[0:height, 0:width]
    tones = [60 + 150 * x / width, 60 + 150 * y / height, np.full((height, width), 90)]
    return np.stack(tones, -1).astype(np.uint8)


@pytest.mark.parametrize("size", [(200, 50), (50, 200), (160, 90)])
def test_a_letterboxed_photo_is_whole_and_has_black_bars(size: tuple[int, int]) -> None:
    found = place_photo(size, SOMEBODY, WIDE, Framing(fit="letterbox"))
    left, top, right, bottom = _corners(found, *size)
    assert min(left, top) >= 0
    assert max(right - WIDE.width, bottom - WIDE.height) <= 0
    assert left == 0 or top == 0
    frame = lay_out(_ramp(*size), found, WIDE)
    shown = np.zeros((WIDE.height, WIDE.width), bool)
    shown[top:bottom, left:right] = True
    assert frame.shape == (90, 160, 3)
    assert (frame[shown] > 0).all()
    assert (frame[~shown] == 0).all()


@pytest.mark.parametrize("size", [(200, 50), (50, 200)])
def test_surroundings_continue_the_photo_without_a_seam(size: tuple[int, int]) -> None:
    found = place_photo(size, SOMEBODY, WIDE, Framing())
    assert found.left > 0 or found.top > 0
    frame = lay_out(_ramp(*size), found, WIDE).astype(int)
    assert frame.min() > 40
    assert np.abs(np.diff(frame, axis=0)).max() <= 8
    assert np.abs(np.diff(frame, axis=1)).max() <= 8


def test_zoom_and_middle_choose_the_part_that_is_shown() -> None:
    photo = _ramp(400, 300)
    found = place_photo((400, 300), SOMEBODY, WIDE, Framing(0.25, 0.75, 4.0, "fill"))
    assert found.scale == pytest.approx(4 * 160 / 400)
    frame = lay_out(photo, found, WIDE)
    assert np.abs(frame[45, 80].astype(int) - photo[225, 100]).max() <= 2
    at_the_edge = place_photo((400, 300), SOMEBODY, WIDE, Framing(0.0, 0.0, 4.0, "fill"))
    assert (at_the_edge.left, at_the_edge.top) == (0, 0)


def test_a_photo_of_the_frames_size_is_shown_as_it_is() -> None:
    photo = np.random.default_rng(0).integers(0, 256, (90, 160, 3)).astype(np.uint8)
    assert (lay_out(photo, PhotoPlacement(1.0, 0, 0), WIDE) == photo).all()


def test_beyond_its_edge_a_picture_goes_out_of_focus_step_by_step() -> None:
    """There is no line at which a sharp photo meets a blur."""
    photo = np.random.default_rng(1).integers(60, 200, (180, 180, 3)).astype(np.uint8)
    frame = lay_out(photo, PhotoPlacement(1.0, 70, 0), VideoFormat(320, 180)).astype(np.float32)
    detail = np.abs(np.diff(frame, axis=0)).mean((0, 2))
    smooth = np.convolve(detail, np.ones(9) / 9, "valid")
    assert detail[120:200].min() > 0.8 * detail[160]
    assert detail[5] < 0.3 * detail[160]
    assert np.abs(np.diff(smooth)).max() < 0.12 * detail[160]


def _corners(found: PhotoPlacement, width: int, height: int) -> tuple[int, int, int, int]:
    """Where the photo's edges lie in the frame."""
    right = found.left + round(width * found.scale)
    return found.left, found.top, right, found.top + round(height * found.scale)
