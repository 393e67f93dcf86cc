"""Teeth that a photo shows."""

import cv2
import numpy as np
import pytest

from core.perception.face.topology import INNER_CORNERS, LOWER_INNER, UPPER_INNER
from core.portrait.face_crop import FaceCrop, face_height
from core.puppet.face_light import face_light
from core.puppet.own_teeth import Teeth, behind_lip, find_teeth, mouth_of, open_lips, snap_seam
from core.video import Picture
from tests.core.puppet.faces import Drawn, Plane, draw

TOOTH = (222, 205, 180)
SIDE = 1100


def smiling(agape: bool = True) -> Drawn:
    """Draw somebody whose teeth fill most of the open mouth, or show a little between the lips."""
    drawn = draw(600, 600, 240, agape=agape)
    photo, points = drawn.photo.copy(), drawn.landmarks[:, :2]
    if agape:
        ring = points[[INNER_CORNERS[0], *UPPER_INNER, INNER_CORNERS[1], *LOWER_INNER[::-1]]]
        middle = ring.mean(0)
        shrunk = middle + (ring - middle) * [0.8, 0.8]
        cv2.fillPoly(photo, [shrunk.round().astype(np.int32)], TOOTH)
    else:
        x, y = points[LOWER_INNER[4]].round().astype(int).tolist()
        cv2.rectangle(photo, (x - 14, y - 1), (x + 14, y + 3), TOOTH, -1)
    return drawn._replace(photo=photo)


def _window(drawn: Drawn) -> tuple[Picture, Plane]:
    crop = FaceCrop.around(drawn.landmarks)
    return crop.extract(drawn.photo, SIDE), crop.to_units(drawn.landmarks)


def _found(drawn: Drawn) -> Teeth | None:
    pixels, points = _window(drawn)
    light = face_light(pixels, points).colour
    return find_teeth(pixels, mouth_of(points), face_height(points), light)


def test_a_smile_gives_a_whole_row_in_its_own_colour() -> None:
    teeth = _found(smiling())
    assert teeth is not None
    assert teeth.whole
    np.testing.assert_allclose(teeth.tone, np.array(TOOTH) / 255, rtol=0, atol=0.05)
    assert teeth.tip > 0.0
    assert 0.003 < teeth.upper.mean() < 0.2


@pytest.mark.parametrize("agape", [False, True])
def test_a_mouth_without_teeth_gives_none(agape: bool) -> None:
    assert _found(draw(600, 600, 240, agape=agape)) is None


def test_a_glimpse_is_seen_though_landmarks_close_the_lips() -> None:
    drawn = smiling(agape=False)
    teeth = _found(drawn)
    assert teeth is not None
    assert not teeth.whole
    _, points = _window(drawn)
    opened, lips = open_lips(points, mouth_of(points), teeth), mouth_of(points)
    middle = len(UPPER_INNER) // 2
    upper, lower = (
        lips.to_mouth_frame(opened[row[middle], :2])[1] for row in (UPPER_INNER, LOWER_INNER)
    )
    height = face_height(points)
    assert 0.01 < float(lower - upper) / height < 0.05
    moved = np.linalg.norm(opened - points, axis=-1) / height
    assert moved.max() < 0.03
    assert (moved > 0).sum() < 40


def test_a_row_goes_on_behind_the_lip() -> None:
    teeth = _found(smiling())
    assert teeth is not None
    row = behind_lip(teeth)
    column = int(np.flatnonzero(np.any(teeth.upper > 0.9, axis=0)).mean())
    first = int((teeth.upper[:, column] > 0.9).argmax())
    assert teeth.upper[first - 8, column] < 0.1
    assert row[3, first - 8, column] > 0.8
    assert row[:3, first - 8, column].mean() < row[:3, first + 5, column].mean()


def test_lips_meet_where_the_photo_shows_the_dark_line() -> None:
    drawn = draw(600, 600, 240)
    photo, row = (
        drawn.photo.copy(),
        drawn.landmarks[[INNER_CORNERS[0], *UPPER_INNER, INNER_CORNERS[1]], :2],
    )
    line = (row + np.array([0, 2.5])).round().astype(np.int32)
    cv2.polylines(photo, [line], False, (60, 25, 25), 2)
    pixels, points = _window(drawn._replace(photo=photo))
    moved = (snap_seam(pixels, points, None) - points)[list(UPPER_INNER), 1] / face_height(points)
    assert (moved[3:-3] > 0.003).all()
    assert moved.max() < 0.017
