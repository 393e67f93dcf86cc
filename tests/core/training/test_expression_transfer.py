"""Carrying a face model's expressions over to the landmarks; the model here is a small fake."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.spatial.transform import Rotation

from core.perception.face.topology import (
    CHIN,
    FOREHEAD,
    LOWER_INNER,
    LOWER_LIP,
    UPPER_INNER,
    UPPER_LIP,
)
from core.puppet.expression import Expressions, load_expressions
from core.puppet.procrustes import Points
from core.training.expression_transfer import (
    align_symmetry,
    fit_identity,
    mean_face,
    transfer_expressions,
)

CENTIMETRES = 18.0
"""Height of the fake model's face."""

FLIP = np.array([-1.0, 1.0, 1.0])


@pytest.fixture(scope="module")
def table() -> Expressions:
    return load_expressions()


@pytest.fixture(scope="module")
def mean(table: Expressions) -> Points:
    return table.mean.astype(np.float64)


@pytest.fixture(scope="module")
def partner(mean: Points) -> NDArray[np.int64]:
    away = np.linalg.norm((mean * FLIP)[:, None] - mean[None], axis=2)
    return np.asarray(away.argmin(1))


@pytest.fixture(scope="module")
def model(table: Expressions, mean: Points) -> dict[str, Any]:
    """A model whose surface is the landmarks themselves, turned and in centimetres."""
    turn = Rotation.from_euler("xyz", (0.2, -0.1, 0.3)).as_matrix()
    body = np.random.default_rng(0).uniform(-20, 20, (30, 3))
    sizes = np.random.default_rng(1).standard_normal((4, len(body) + len(mean), 3)) * 0.05
    deltas = CENTIMETRES * table.deltas.astype(np.float64) @ turn.T
    still = np.zeros((len(deltas), len(body), 3))
    inner = np.array([33, 133, 362, 263, 1, 4, 61, 291, 105, 334, 152, 10, 0, 17, 70, 300])
    rest = np.arange(478)
    return {
        "neutral": np.concatenate([body, CENTIMETRES * mean @ turn.T + 3]),
        "identity_deltas": sizes,
        "expression_deltas": np.concatenate([still, deltas], axis=1),
        "expression_names": np.array(table.names),
        "landmarks68": np.r_[np.zeros(17, int), inner + len(body)],
        "ibug68_mediapipe_measured": np.r_[np.zeros(17, int), inner],
        "mediapipe_vertex": np.where(rest < 468, rest + len(body), -1),
        "part_names": np.array(["body", "face"]),
        "part_ranges": np.array([[0, len(body)], [len(body), len(body) + 478]]),
    }


def _portraits(path: Path, mean: Points) -> Path:
    """Faces as a corpus keeps them: y down, z away, here and there in a picture of side 1.

    Most look aside, and their depth is badly estimated.
    """
    random = np.random.default_rng(2)
    faces, noses = [], []
    for i in range(30):
        sideways = i % 3 != 0
        yaw = 0.5 if sideways else random.normal(0, 0.02)
        turn = Rotation.from_euler("yz", (yaw, random.normal(0, 0.1))).as_matrix()
        shape = mean * [1, -1, -0.4 if sideways else -1]
        face = shape * random.uniform(0.3, 0.5) @ turn.T + random.uniform(0.3, 0.7, 3)
        faces.append(face + random.normal(0, 0.001, face.shape))
        noses.append(0.2 if sideways else 0.01)
    np.savez(path, landmarks=np.array(faces), nose_offset=np.array(noses))
    return path


def test_the_mean_of_frontal_faces_is_found(
    tmp_path: Path, mean: Points, partner: NDArray[np.int64]
) -> None:
    found, pairs = mean_face(_portraits(tmp_path / "portraits.npz", mean))
    assert (pairs == partner).all()
    np.testing.assert_allclose(found[pairs] * FLIP, found, atol=1e-6)
    assert found[FOREHEAD, 1] - found[CHIN, 1] == pytest.approx(1)
    expected = mean - mean.mean(0)
    assert np.abs(found - expected).mean() < 0.006


def test_faces_that_cannot_be_paired_are_refused(tmp_path: Path) -> None:
    random = np.random.default_rng(3)
    face = random.standard_normal((478, 3))
    path = tmp_path / "portraits.npz"
    np.savez(path, landmarks=np.stack([face] * 3), nose_offset=np.zeros(3))
    with pytest.raises(ValueError, match="not symmetric enough"):
        mean_face(path)


def test_a_leaning_face_is_set_upright(mean: Points, partner: NDArray[np.int64]) -> None:
    turn = Rotation.from_euler("yz", (0.2, 0.3)).as_matrix()
    found = align_symmetry(2.5 * mean @ turn.T + 1, partner)
    np.testing.assert_allclose(found[partner] * FLIP, found, atol=2e-3)
    assert found[FOREHEAD, 1] - found[CHIN, 1] == pytest.approx(1)
    assert found[partner][:, 0] == pytest.approx(-found[:, 0], abs=2e-3)


def test_a_model_is_fitted_to_the_mean_face(model: dict[str, Any], mean: Points) -> None:
    vertices, way = fit_identity(model, mean)
    assert way.scale == pytest.approx(1 / CENTIMETRES, rel=0.01)
    np.testing.assert_allclose(vertices[30:], mean, atol=0.01)


def test_a_stranger_is_fitted_by_identity(model: dict[str, Any], mean: Points) -> None:
    """The mean face is another person than the model's neutral one."""
    other = dict(model, neutral=model["neutral"] + 2 * model["identity_deltas"][1])
    aligned, _ = fit_identity(other, mean)
    stiff, _ = fit_identity(
        dict(other, identity_deltas=np.zeros_like(model["identity_deltas"])), mean
    )
    missed = [np.abs(vertices[30:] - mean).mean() for vertices in (aligned, stiff)]
    assert missed[0] < 0.5 * missed[1]


def test_landmarks_take_over_the_movements_beside_them(
    model: dict[str, Any], table: Expressions, mean: Points, partner: NDArray[np.int64]
) -> None:
    moves, expected = transfer_expressions(model, mean, partner), table.deltas
    assert moves.shape == (57, 478, 3)
    features = [i for i in range(478) if i not in {*UPPER_LIP, *LOWER_LIP}]
    away = np.linalg.norm(moves - expected, axis=2)[:, features]
    assert away.mean() < 3e-4
    assert away.max() < 0.02


def test_each_lip_moves_with_its_own_side_of_the_mouth(
    model: dict[str, Any], table: Expressions, mean: Points, partner: NDArray[np.int64]
) -> None:
    """The lips lie close together; the nearest surface may be the other lip's."""
    closed = mean.copy()
    middle = (mean[list(UPPER_INNER)] + mean[list(LOWER_INNER)]) / 2
    closed[list(UPPER_INNER)] = closed[list(LOWER_INNER)] = middle
    number = table.names.index("jawOpen")
    jaw = transfer_expressions(model, closed, partner)[number, :, 1]
    upper, lower = (list(row[2:-2]) for row in (UPPER_INNER, LOWER_INNER))
    np.testing.assert_allclose(jaw[upper], table.deltas[number, upper, 1], atol=0.015)
    np.testing.assert_allclose(jaw[lower], table.deltas[number, lower, 1], atol=0.015)
    assert (jaw[upper] - jaw[lower]).min() > 0.05


def test_movements_are_made_symmetric(
    model: dict[str, Any], table: Expressions, mean: Points, partner: NDArray[np.int64]
) -> None:
    lopsided = model["expression_deltas"].copy()
    lopsided[table.names.index("mouthSmile_L")] *= 1.5
    moves = transfer_expressions(dict(model, expression_deltas=lopsided), mean, partner)
    left, right = (moves[table.names.index(f"mouthSmile_{side}")] for side in "LR")
    np.testing.assert_allclose(left[partner] * FLIP, right, atol=1e-9)
    pulled, pushed = (moves[table.names.index(f"mouth{side}")] for side in ("Left", "Right"))
    np.testing.assert_allclose(pulled[partner] * FLIP, pushed, atol=1e-9)
