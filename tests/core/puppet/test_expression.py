"""The shipped table of expressions."""

from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from torch import from_numpy

from core.checkpoint import BadCheckpoint, load
from core.perception.face.topology import (
    CHIN,
    FOREHEAD,
    LANDMARK_COUNT,
    LOWER_INNER,
    NOSE_TIP,
    UPPER_INNER,
)
from core.puppet.expression import WEIGHTS, ExpressionConfig, Expressions, load_expressions
from core.puppet.rig import BLEND_SHAPES
from core.tensors import save

OPPOSITE = {"L": "R", "R": "L"}
FLIP = np.array([-1, 1, 1], np.float32)


@pytest.fixture(scope="module")
def table() -> Expressions:
    return load_expressions()


@pytest.fixture(scope="module")
def partner(table: Expressions) -> NDArray[np.int64]:
    """For each landmark, the number of its mirror image."""
    away = np.linalg.norm((table.mean * FLIP)[:, None] - table.mean, axis=2)
    return np.asarray(away.argmin(1))


def test_the_table_holds_a_face_and_its_movements(table: Expressions) -> None:
    assert table.mean.shape == (LANDMARK_COUNT, 3)
    assert table.deltas.shape == (len(table.names), LANDMARK_COUNT, 3) == (57, LANDMARK_COUNT, 3)
    assert len(set(table.names)) == 57
    assert table.mean.dtype == table.deltas.dtype == np.float32
    assert np.isfinite(table.deltas).all()


def test_the_mean_face_is_one_high_upright_and_looks_ahead(table: Expressions) -> None:
    assert table.mean[FOREHEAD, 1] - table.mean[CHIN, 1] == pytest.approx(1, abs=2e-3)
    assert abs(table.mean[FOREHEAD, 0]) < 1e-3
    assert table.mean[NOSE_TIP, 2] > table.mean[:, 2].mean() + 0.1


def test_the_mean_face_is_its_own_mirror_image(
    table: Expressions, partner: NDArray[np.int64]
) -> None:
    assert np.array_equal(partner[partner], np.arange(LANDMARK_COUNT))
    assert (partner != np.arange(LANDMARK_COUNT)).sum() > 400
    mirrored = table.mean[partner] * FLIP
    np.testing.assert_allclose(mirrored, table.mean, rtol=0, atol=1e-3)


def test_what_the_left_side_does_the_right_side_does_mirrored(
    table: Expressions, partner: NDArray[np.int64]
) -> None:
    pairs = [name for name in table.names if name[-2:] == "_L"]
    pairs += ["jawLeft", "mouthLeft"]
    assert len(pairs) == 24
    for name in pairs:
        other = name[:-1] + "R" if name.endswith("_L") else name.replace("Left", "Right")
        left, right = table.select((name, other))
        np.testing.assert_allclose(left[partner] * FLIP, right, rtol=0, atol=5e-4)
        if name.startswith(("brow", "cheek", "jaw", "mouth")):
            assert np.abs(left - right).max() > 2e-3


def test_movements_without_a_side_are_symmetric(
    table: Expressions, partner: NDArray[np.int64]
) -> None:
    sided = {"jawLeft", "jawRight", "mouthLeft", "mouthRight"}
    whole = [n for n in table.names if n[-2:] not in ("_L", "_R") and n not in sided]
    assert len(whole) == 57 - 2 * 24
    for move in table.select(tuple(whole)):
        np.testing.assert_allclose(move[partner] * FLIP, move, rtol=0, atol=5e-4)


def test_a_name_without_its_side_moves_both(table: Expressions) -> None:
    both, left, right = table.select(("mouthFrown", "mouthFrown_L", "mouthFrown_R"))
    assert np.array_equal(both, left + right)
    assert table.select(BLEND_SHAPES).shape == (len(BLEND_SHAPES), LANDMARK_COUNT, 3)


def test_an_open_jaw_lowers_the_chin_and_parts_the_lips(table: Expressions) -> None:
    (jaw,) = table.select(("jawOpen",))
    assert jaw[CHIN, 1] < -0.05
    assert np.linalg.norm(jaw[FOREHEAD]) < 5e-3
    gap = jaw[list(UPPER_INNER), 1] - jaw[list(LOWER_INNER), 1]
    assert gap.min() > 0
    assert gap.max() > 0.05


def test_the_file_names_those_it_owes_the_movements_to() -> None:
    about = load(WEIGHTS, ExpressionConfig).about
    assert "ICT-FaceKit" in about["notice"]
    assert "MIT" in about["notice"]
    assert "USC Institute for Creative Technologies" in about["notice"]
    assert WEIGHTS.stat().st_size < 300_000


def test_a_damaged_table_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "expressions.safetensors"
    path.write_bytes(WEIGHTS.read_bytes()[:-100])
    with pytest.raises(BadCheckpoint, match="missing or damaged"):
        load_expressions(path)
    with pytest.raises(BadCheckpoint, match="missing or damaged"):
        load_expressions(tmp_path / "nowhere.safetensors")


def test_another_networks_weights_are_refused(tmp_path: Path) -> None:
    with pytest.raises(BadCheckpoint, match="expected ExpressionConfig"):
        load_expressions(WEIGHTS.with_name("speech.safetensors"))


@pytest.mark.parametrize("missing", ["mean", "moves"])
def test_an_incomplete_table_is_refused(table: Expressions, tmp_path: Path, missing: str) -> None:
    path = tmp_path / "expressions.safetensors"
    weights = {"mean": from_numpy(table.mean), "moves": from_numpy(table.deltas)}
    del weights[missing]
    save(path, weights, ExpressionConfig(table.names), {})
    with pytest.raises(BadCheckpoint, match="incomplete"):
        load_expressions(path)


def test_a_table_with_too_few_movements_is_refused(table: Expressions, tmp_path: Path) -> None:
    path = tmp_path / "expressions.safetensors"
    weights = {"mean": from_numpy(table.mean), "moves": from_numpy(table.deltas[:-1])}
    save(path, weights, ExpressionConfig(table.names), {})
    with pytest.raises(BadCheckpoint, match="incomplete"):
        load_expressions(path)
