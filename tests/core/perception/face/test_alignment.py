"""Where a face lies, and crops taken by that."""

import math

import numpy as np
import pytest

from core.perception.face.alignment import (
    OrientedBox,
    bounding_box,
    crop_square,
    invert_affine,
    transform_landmarks,
)
from core.perception.face.topology import EYES, LANDMARK_COUNT, LEFT_EYE, LIPS, RIGHT_EYE


def some_face() -> np.ndarray[tuple[int, ...], np.dtype[np.float32]]:
    """478 points in a box, the ones that tell which way is up where they belong."""
    rng = np.random.default_rng(3)
    points = rng.uniform(-0.39, 0.39, (LANDMARK_COUNT, 3)).astype(np.float32)
    points[234], points[454] = (-0.4, 0, 0), (0.4, 0, 0)
    points[10], points[152] = (0, -0.5, 0), (0, 0.5, 0)
    points[33], points[263] = (-0.2, -0.1, 0), (0.2, -0.1, 0)
    points[61], points[291] = (-0.15, 0.2, 0), (0.15, 0.2, 0)
    return points


@pytest.mark.parametrize("angle", [0.0, 0.5, -0.7, 2.0])
def test_a_face_is_found_where_it_was_put(angle: float) -> None:
    put = OrientedBox(120.0, 80.0, 60.0, angle)
    landmarks = transform_landmarks(invert_affine(put.crop_matrix(1, 1.0)), some_face())
    place = bounding_box(landmarks)
    assert (place.x, place.y) == pytest.approx((120, 80), abs=1e-2)
    assert place.size == pytest.approx(60, abs=1e-2)
    assert math.remainder(place.angle - angle, 2 * math.pi) == pytest.approx(0, abs=1e-4)


def test_there_and_back_is_where_one_was() -> None:
    matrix = OrientedBox(31.0, 17.0, 22.0, 0.3).crop_matrix(64, 1.4)
    landmarks = some_face() * 40
    assert np.allclose(
        transform_landmarks(invert_affine(matrix), transform_landmarks(matrix, landmarks)),
        landmarks,
        atol=1e-3,
    )


def test_depth_scales_with_the_face_and_does_not_turn() -> None:
    matrix = OrientedBox(0.0, 0.0, 10.0, 1.0).crop_matrix(40, 2.0)
    assert np.allclose(
        transform_landmarks(matrix, some_face())[:, 2], some_face()[:, 2] * 2, atol=1e-5
    )


@pytest.mark.parametrize("size", [20.0, 100.0, 700.0])
def test_a_crop_shows_what_the_matrix_says(size: float) -> None:
    ys, xs = np.mgrid[:900, :1200]
    picture = np.stack([xs / 1200 * 255, ys / 900 * 255, 0 * xs], axis=2).astype(np.uint8)
    matrix = OrientedBox(600.0, 450.0, size, 0.4).crop_matrix(64, 1.2)
    seen = crop_square(picture, matrix, 64)
    for x, y in ((31.5, 31.5), (12, 40), (50, 20)):
        there = transform_landmarks(invert_affine(matrix), np.array([[x, y, 0]], dtype=np.float32))[
            0
        ]
        pixel = seen[round(y), round(x)]
        assert pixel[0] == pytest.approx(there[0] / 1200 * 255, abs=3)
        assert pixel[1] == pytest.approx(there[1] / 900 * 255, abs=3)


def test_a_crop_beyond_the_picture_repeats_its_edge() -> None:
    picture = np.full((100, 100, 3), 77, dtype=np.uint8)
    assert (
        crop_square(picture, OrientedBox(-500.0, 900.0, 50.0, 0.2).crop_matrix(32, 1.0), 32) == 77
    ).all()


def test_the_points_have_one_name_each() -> None:
    assert len(set(LIPS)) == len(LIPS) == 80
    assert len(set(EYES)) == len(EYES) == 42
    assert len(RIGHT_EYE) == len(LEFT_EYE)
    assert max(*LIPS, *EYES) < LANDMARK_COUNT
