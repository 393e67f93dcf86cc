"""Laying one set of points onto another."""

import numpy as np
from scipy.spatial.transform import Rotation

from core.puppet.procrustes import fit_similarity


def test_a_similarity_is_found_again() -> None:
    random = np.random.default_rng(0)
    points, turn = random.standard_normal((30, 3)), Rotation.from_rotvec([0.3, -0.8, 1.1])
    moved = 2.5 * points @ turn.as_matrix().T + [4, -1, 7]
    way = fit_similarity(points, moved, np.ones(30))
    np.testing.assert_allclose(way(points), moved, atol=1e-9)
    np.testing.assert_allclose(way.scale, 2.5)
    np.testing.assert_allclose(way.rotation, turn.as_matrix(), atol=1e-9)


def test_a_mirror_image_is_turned_and_never_mirrored() -> None:
    points = np.random.default_rng(1).standard_normal((30, 3))
    assert np.linalg.det(fit_similarity(points, points * [-1, 1, 1], np.ones(30)).rotation) > 0.999


def test_points_without_weight_do_not_count() -> None:
    points = np.random.default_rng(2).standard_normal((30, 3))
    moved, weight = points + 3, np.ones(30)
    moved[:5] += 50
    weight[:5] = 0
    np.testing.assert_allclose(fit_similarity(points, moved, weight)(points), points + 3, atol=1e-9)
