"""How a photo is placed in a frame: by its framing, or as a webcam would show the person."""

import numpy as np
import pytest

from core.portrait.face_crop import FaceCrop
from core.portrait.placement import (
    CLOSEST_FACE_SHARE,
    FACE_MIDDLE,
    FACE_SHARE,
    PersonOutline,
    PhotoPlacement,
    outline,
    place_photo,
)
from core.portrait.region import Region
from core.profile import Framing
from core.video import VideoFormat
from tests.core.puppet.faces import Drawn, draw

WIDE = VideoFormat(160, 90)
FRAME = VideoFormat(1280, 720)
SOMEBODY = PersonOutline((20.0, 20.0, 10.0))


def test_a_window_and_the_photo_lie_where_the_placement_puts_them() -> None:
    placement = PhotoPlacement(0.5, -10, 20)
    assert placement.photo_region(101, 60) == Region(-10, 20, 40, 50)
    assert placement.crop_region(FaceCrop(40.0, 30.0, 10.0)) == Region(5, 30, 15, 40)


def test_without_a_framing_the_face_lies_where_a_webcam_would_show_it() -> None:
    found = place_photo((1000, 800), PersonOutline((430.0, 350.0, 100.0)), WIDE, None)
    assert found.scale * 100 == pytest.approx(FACE_SHARE * WIDE.height)
    assert 430 * found.scale + found.left == pytest.approx(WIDE.width / 2, abs=1)
    assert 350 * found.scale + found.top == pytest.approx(FACE_MIDDLE * WIDE.height, abs=1)
    assert not found.bars


@pytest.mark.parametrize("face", [(5.0, 5.0, 100.0), (995.0, 795.0, 100.0), (500.0, 400.0, 700.0)])
def test_the_photo_covers_the_frame_where_it_can(face: tuple[float, float, float]) -> None:
    found = place_photo((1000, 800), PersonOutline(face), WIDE, None)
    left, top, right, bottom = _corners(found, 1000, 800)
    if 1000 * found.scale >= WIDE.width:
        assert left <= 0
        assert right >= WIDE.width - 1
    else:
        assert left == pytest.approx(WIDE.width - right, abs=1)
    assert top <= 0
    assert bottom >= WIDE.height - 1


@pytest.mark.parametrize("size", [(200, 50), (50, 200), (160, 90)])
def test_a_photo_that_fills_leaves_no_room(size: tuple[int, int]) -> None:
    found = place_photo(size, SOMEBODY, WIDE, Framing(fit="fill"))
    left, top, right, bottom = _corners(found, *size)
    assert max(left, top) <= 0
    assert min(right - WIDE.width, bottom - WIDE.height) >= 0
    assert left == 0 or top == 0


@pytest.mark.parametrize("exit", [427.0, 433.0, 440.0])
def test_the_frame_goes_closer_until_the_body_leaves_it_at_the_bottom(exit: float) -> None:
    """A square photo whose sides cut the shoulders below row `exit`."""
    person = PersonOutline((256.0, 230.0, 170.0), 90.0, exit)
    usual = place_photo((512, 512), person._replace(exit=None), FRAME, None)
    found = place_photo((512, 512), person, FRAME, None)
    assert found.scale > usual.scale
    assert (FRAME.height - found.top) / found.scale <= exit + 1
    assert found.scale * 170 <= CLOSEST_FACE_SHARE * FRAME.height + 1


def test_however_close_hair_and_chin_stay_in_the_picture() -> None:
    """Long hair, or arms, that the photo's sides cut beside the face."""
    person = PersonOutline((256.0, 230.0, 170.0), 60.0, 330.0)
    found = place_photo((512, 512), person, FRAME, None)
    assert 60 * found.scale + found.top > 0
    assert person.chin * found.scale + found.top < 0.9 * FRAME.height


def test_no_closer_than_needed() -> None:
    person = PersonOutline((256.0, 230.0, 170.0), 90.0, None)
    at_the_bottom = place_photo((512, 512), person, FRAME, None)
    assert at_the_bottom.scale * 170 == pytest.approx(FACE_SHARE * FRAME.height)
    wide = place_photo((1600, 900), PersonOutline((800.0, 400.0, 200.0), 200.0, 700.0), FRAME, None)
    assert wide.scale * 200 == pytest.approx(FACE_SHARE * FRAME.height)


def test_a_crown_that_the_photo_cuts_is_cut_by_the_frame() -> None:
    person = PersonOutline((256.0, 150.0, 170.0), 0.0, 400.0)
    assert place_photo((512, 512), person, FRAME, None).top == 0


def test_an_outline_tells_where_hair_begins_and_where_the_sides_cut_the_body() -> None:
    broad = draw(size=110, x=0.3)
    found = outline(broad.landmarks, broad.matte)
    top = int(np.flatnonzero((broad.matte > 0.5).any(1))[0])
    assert found.crown == pytest.approx(top, abs=1)
    assert found.exit is not None
    row = int(found.exit)
    sides = broad.matte[:, [0, -1]].max(1)
    assert sides[row + 2 :].min() > 0.5
    assert sides[row - 3] < 0.5
    assert found.chin < row


def test_a_body_that_the_sides_do_not_cut_has_no_exit(ann: Drawn) -> None:
    matte = ann.matte.copy()
    matte[:, :6] = matte[:, -6:] = 0
    assert outline(ann.landmarks, matte).exit is None
    matte[40:60, :6] = 1  # something beside the head is no body
    assert outline(ann.landmarks, matte).exit is None


def _corners(found: PhotoPlacement, width: int, height: int) -> tuple[int, int, int, int]:
    """Where the photo's edges lie in the frame."""
    right = found.left + round(width * found.scale)
    return found.left, found.top, right, found.top + round(height * found.scale)
