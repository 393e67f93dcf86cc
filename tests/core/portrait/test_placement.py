"""How a photo fills a frame, and what is seen where it ends or where the person was."""

import numpy as np
import pytest

from core.portrait.face_crop import FaceCrop
from core.portrait.placement import (
    FACE_MIDDLE,
    FACE_SHARE,
    PhotoPlacement,
    inpaint_person,
    lay_out,
    place_photo,
    pull_push,
)
from core.portrait.region import Region
from core.profile import Framing
from core.video import Picture, VideoFormat
from tests.core.puppet.faces import Drawn

WIDE = VideoFormat(160, 90)


def _ramp(width: int, height: int) -> Picture:
    """Nowhere black, and everywhere something else."""
    y, x = np.mgrid[0:height, 0:width]
    tones = [60 + 150 * x / width, 60 + 150 * y / height, np.full((height, width), 90)]
    return np.stack(tones, -1).astype(np.uint8)


def test_a_window_and_the_photo_lie_where_the_placement_puts_them() -> None:
    placement = PhotoPlacement(0.5, -10, 20)
    assert placement.photo_region(101, 60) == Region(-10, 20, 40, 50)
    assert placement.crop_region(FaceCrop(40.0, 30.0, 10.0)) == Region(5, 30, 15, 40)


def test_without_a_framing_the_face_lies_where_a_webcam_would_show_it() -> None:
    found = place_photo((1000, 800), (430.0, 350.0, 100.0), WIDE, None)
    assert found.scale * 100 == pytest.approx(FACE_SHARE * WIDE.height)
    assert 430 * found.scale + found.left == pytest.approx(WIDE.width / 2, abs=1)
    assert 350 * found.scale + found.top == pytest.approx(FACE_MIDDLE * WIDE.height, abs=1)
    assert not found.bars


@pytest.mark.parametrize("face", [(5.0, 5.0, 100.0), (995.0, 795.0, 100.0), (500.0, 400.0, 700.0)])
def test_the_photo_covers_the_frame_where_it_can(face: tuple[float, float, float]) -> None:
    found = place_photo((1000, 800), face, WIDE, None)
    left, top, right, bottom = _corners(found, 1000, 800)
    if 1000 * found.scale >= WIDE.width:
        assert left <= 0
        assert right >= WIDE.width - 1
    else:
        assert left == pytest.approx(WIDE.width - right, abs=1)
    assert top <= 0
    assert bottom >= WIDE.height - 1


@pytest.mark.parametrize("size", [(200, 50), (50, 200), (160, 90)])
def test_a_letterboxed_photo_is_whole_and_has_black_bars(size: tuple[int, int]) -> None:
    found = place_photo(size, (20.0, 20.0, 10.0), WIDE, Framing(fit="letterbox"))
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


@pytest.mark.parametrize("size", [(200, 50), (50, 200), (160, 90)])
def test_a_photo_that_fills_leaves_no_room(size: tuple[int, int]) -> None:
    found = place_photo(size, (20.0, 20.0, 10.0), WIDE, Framing(fit="fill"))
    left, top, right, bottom = _corners(found, *size)
    assert max(left, top) <= 0
    assert min(right - WIDE.width, bottom - WIDE.height) >= 0
    assert left == 0 or top == 0


@pytest.mark.parametrize("size", [(200, 50), (50, 200)])
def test_surroundings_continue_the_photo_without_a_seam(size: tuple[int, int]) -> None:
    found = place_photo(size, (20.0, 20.0, 10.0), WIDE, Framing())
    assert found.left > 0 or found.top > 0
    frame = lay_out(_ramp(*size), found, WIDE).astype(int)
    assert frame.min() > 40
    assert np.abs(np.diff(frame, axis=0)).max() <= 8
    assert np.abs(np.diff(frame, axis=1)).max() <= 8


def test_zoom_and_middle_choose_the_part_that_is_shown() -> None:
    photo = _ramp(400, 300)
    found = place_photo((400, 300), (0.0, 0.0, 50.0), WIDE, Framing(0.25, 0.75, 4.0, "fill"))
    assert found.scale == pytest.approx(4 * 160 / 400)
    frame = lay_out(photo, found, WIDE)
    assert np.abs(frame[45, 80].astype(int) - photo[225, 100]).max() <= 2
    at_the_edge = place_photo((400, 300), (0.0, 0.0, 50.0), WIDE, Framing(0.0, 0.0, 4.0, "fill"))
    assert (at_the_edge.left, at_the_edge.top) == (0, 0)


def test_a_photo_of_the_frames_size_is_shown_as_it_is() -> None:
    photo = np.random.default_rng(0).integers(0, 256, (90, 160, 3)).astype(np.uint8)
    assert (lay_out(photo, PhotoPlacement(1.0, 0, 0), WIDE) == photo).all()


def test_behind_the_person_is_what_is_around_them(ann: Drawn) -> None:
    photo, red = ann.photo.copy(), np.array([255, 0, 0])
    photo[ann.matte > 0.1] = red
    empty = inpaint_person(photo, ann.matte).astype(int)
    inside, outside = ann.matte > 0.99, ann.matte < 0.01
    assert (empty[ann.matte < 0.5] == photo[ann.matte < 0.5]).all()
    wall = photo[outside]
    low, high = wall.min(0) - 10, wall.max(0) + 10
    assert ((empty[inside] >= low) & (empty[inside] <= high)).all()


def test_a_person_who_leaves_no_background_is_left_where_they_are() -> None:
    photo = _ramp(60, 50)
    assert (inpaint_person(photo, np.ones((50, 60), np.float32)) == photo).all()


def test_what_is_known_stays_and_the_rest_lies_between() -> None:
    random = np.random.default_rng(1)
    picture = random.uniform(50, 90, (37, 53, 3)).astype(np.float32)
    known = (random.random((37, 53)) < 0.1).astype(np.float32)
    hidden = np.where(known[..., None] > 0, picture, 1000).astype(np.float32)
    filled = pull_push(hidden, known)
    assert (filled[known > 0] == picture[known > 0]).all()
    assert filled.min() >= 49.9
    assert filled.max() <= 90.1


def _corners(found: PhotoPlacement, width: int, height: int) -> tuple[int, int, int, int]:
    """Where the photo's edges lie in the frame."""
    right = found.left + round(width * found.scale)
    return found.left, found.top, right, found.top + round(height * found.scale)
