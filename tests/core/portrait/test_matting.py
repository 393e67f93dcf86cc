"""A photo taken apart, and put together again."""

import cv2
import numpy as np
import pytest

from core.portrait.face_crop import face_height
from core.portrait.matting import (
    MattedPhoto,
    erase_outline,
    matte_photo,
    matte_with_loose_hair,
)
from tests.core.puppet.faces import Drawn, psnr


@pytest.fixture(params=[matte_photo, matte_with_loose_hair])
def layers(ann: Drawn, request: pytest.FixtureRequest) -> MattedPhoto:
    found: MattedPhoto = request.param(ann.photo, ann.matte, face_height(ann.landmarks))
    return found


def test_person_over_background_is_the_photo(layers: MattedPhoto, ann: Drawn) -> None:
    alpha = layers.alpha[..., None]
    again = layers.person * alpha + layers.background * (1 - alpha)
    assert psnr(again, ann.photo) > 50
    assert (layers.person[ann.matte == 1] == ann.photo[ann.matte == 1]).all()


def test_the_edge_has_the_persons_colours_not_the_backgrounds(ann: Drawn) -> None:
    """Somebody of one colour before a wall of another."""
    blue, orange = np.array([40, 60, 160]), np.array([240, 150, 60])
    share = ann.matte[..., None]
    photo = (blue * share + orange * (1 - share)).round().astype(np.uint8)
    found = matte_photo(photo, ann.matte, face_height(ann.landmarks))
    edge = (ann.matte > 0.1) & (ann.matte < 0.9)
    assert np.abs(found.person[edge].astype(int) - blue).max() < 12
    assert np.abs(found.background.astype(int) - orange).max() < 12


def test_hair_that_the_matte_missed_moves_along(ann: Drawn) -> None:
    """A dark lock on a bright wall, just outside the matte: the background is left without it."""
    bright = np.where(ann.matte[..., None] > 0.5, 40, 220).astype(np.uint8).repeat(3, -1)
    row = int(ann.landmarks[:, 1].mean())
    right = int(np.flatnonzero(ann.matte[row] > 0.5)[-1])
    bright[row - 2 : row + 3, right + 1 : right + 5] = 40
    found = matte_with_loose_hair(bright, ann.matte, face_height(ann.landmarks))
    assert found.alpha[row, right + 2] > 0.6
    assert found.background[row, right + 2].mean() > 140
    assert found.alpha[row, right + 14] < 0.1


def test_who_moves_leaves_no_outline(ann: Drawn) -> None:
    """Somebody before a bright wall, cut out too tightly: a dark rim is left on it."""
    wall = np.full(ann.photo.shape, 150.0)
    person = (ann.matte > 0.02).astype(np.uint8)
    rim = cv2.dilate(person, np.ones((5, 5), np.uint8)) > 0
    photo = np.where(rim[..., None], 20, wall).round().astype(np.uint8)
    height = face_height(ann.landmarks)
    layers = matte_photo(photo, ann.matte, height)
    edge = rim & ~cv2.erode(rim.astype(np.uint8), np.ones((9, 9), np.uint8)).astype(bool)

    def off(background: np.ndarray) -> float:
        return float(np.abs(background.astype(float) - wall)[edge].mean())

    assert off(layers.background) > 20
    assert off(erase_outline(layers, height)) < 5
    far = cv2.dilate(person, np.ones((61, 61), np.uint8)) == 0
    assert (erase_outline(layers, height) == photo)[far].all()


def test_nobody_leaves_nothing(ann: Drawn) -> None:
    alone = MattedPhoto(ann.photo, np.zeros_like(ann.matte), ann.photo)
    assert (erase_outline(alone, 20.0) == ann.photo).all()


def test_a_photo_without_a_background_stays_whole() -> None:
    photo = np.random.default_rng(0).integers(0, 256, (40, 30, 3)).astype(np.uint8)
    found = matte_photo(photo, np.ones((40, 30), np.float32), 20.0)
    assert (found.person == photo).all()
    assert (found.background == photo).all()
