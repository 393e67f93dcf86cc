"""Checkpoints: one file, read with torch or without."""

import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
import torch

from core import checkpoint, tensors
from core.checkpoint import BadCheckpoint


@dataclass(frozen=True)
class Shape:
    """Of a network that is not there."""

    width: int = 3


WEIGHTS = {
    "a": torch.linspace(-1, 1, 6).view(2, 3),
    "b": torch.tensor([0.5, 2.0]).half(),
    "c": torch.tensor(7),
}


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "shape.safetensors"
    tensors.save(path, WEIGHTS, Shape(), {"recipe": "none"})
    return path


def test_numpy_reads_what_torch_wrote(path: Path) -> None:
    found = checkpoint.load(path, Shape)
    assert found.config == Shape()
    assert found.about == {"recipe": "none"}
    assert found.weights.keys() == WEIGHTS.keys()
    for name, tensor in WEIGHTS.items():
        array = found.weights[name]
        assert array.dtype == tensor.numpy().dtype
        np.testing.assert_array_equal(array, tensor.numpy())


def test_torch_reads_it_on_the_device_it_is_told(path: Path) -> None:
    found = tensors.load(path, Shape, device="cpu")
    assert found.config == Shape()
    for name, tensor in WEIGHTS.items():
        assert torch.equal(found.weights[name], tensor)
        assert found.weights[name].dtype == tensor.dtype


def test_numbers_only_torch_knows_are_read_with_torch(tmp_path: Path) -> None:
    path, weights = tmp_path / "shape.safetensors", {"a": torch.ones(2, dtype=torch.bfloat16)}
    tensors.save(path, weights, Shape(), {})
    assert torch.equal(tensors.load(path, Shape).weights["a"], weights["a"])
    with pytest.raises(BadCheckpoint, match=r"damaged .*bfloat16"):
        checkpoint.load(path, Shape)


@pytest.mark.parametrize("load", [checkpoint.load, tensors.load])
def test_both_refuse_what_is_no_such_checkpoint(path: Path, load: object) -> None:
    assert callable(load)
    with pytest.raises(BadCheckpoint, match="holds a Shape, expected Sound"):
        load(path, type("Sound", (), {}))
    path.write_bytes(path.read_bytes()[:-1])
    with pytest.raises(BadCheckpoint, match="missing or damaged"):
        load(path, Shape)
    with pytest.raises(BadCheckpoint, match="missing or damaged"):
        load(path.with_name("none.safetensors"), Shape)


def test_reading_takes_no_torch() -> None:
    code = (
        "import sys; from core import checkpoint; from core.puppet import expression;"
        "expression.load_expressions(); sys.exit('torch' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], timeout=60).returncode == 0
