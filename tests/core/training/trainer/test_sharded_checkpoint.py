"""Sharded checkpoints: whole or not at all."""

from pathlib import Path

import pytest
import torch

from core.checkpoint import BadCheckpoint
from core.training.trainer import sharded_checkpoint

SMALL = 4000


def tensors(value: float) -> dict[str, torch.Tensor]:
    return {
        "large": torch.arange(3000.0).view(100, 30) + value,
        "half": torch.full((7, 3), value, dtype=torch.bfloat16),
        "count": torch.tensor(int(value)),
        "wide": torch.randn(2, 4, 3, 3).to(memory_format=torch.channels_last),
    }


def files(folder: Path) -> list[Path]:
    return sorted(folder.glob("*.safetensors"))


def test_tensors_come_back_as_they_were_from_pieces_that_are_small(tmp_path: Path) -> None:
    written = tensors(3)
    sharded_checkpoint.write_checkpoint(tmp_path, written, "words", SMALL)
    assert len(files(tmp_path)) >= 4
    assert all(path.stat().st_size <= SMALL for path in files(tmp_path))
    read, about = sharded_checkpoint.read_checkpoint(tmp_path)
    assert about == "words"
    assert read.keys() == written.keys()
    for name, tensor in written.items():
        assert torch.equal(read[name], tensor), name
        assert read[name].dtype == tensor.dtype


def test_a_new_checkpoint_leaves_nothing_of_the_old_one_and_of_others_everything(
    tmp_path: Path,
) -> None:
    (tmp_path / "mine.safetensors").write_text("mine")
    sharded_checkpoint.write_checkpoint(tmp_path, tensors(1), "", SMALL)
    second = sharded_checkpoint.write_checkpoint(tmp_path, tensors(2), "", SMALL)
    assert sharded_checkpoint.read_checkpoint(tmp_path)[0]["count"] == 2
    left = {path.name for path in files(tmp_path)}
    assert left == {"mine.safetensors", *(piece.name for piece in second)}


@pytest.mark.parametrize("done", range(4))
def test_a_kill_while_writing_leaves_the_last_whole_checkpoint(
    tmp_path: Path, done: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    sharded_checkpoint.write_checkpoint(tmp_path, tensors(1), "first", SMALL)
    settled: list[Path] = []

    def killed(path: Path) -> None:
        settled.append(path)
        if len(settled) > done:
            raise KeyboardInterrupt

    monkeypatch.setattr(sharded_checkpoint, "_fsync", killed)
    with pytest.raises(KeyboardInterrupt):
        sharded_checkpoint.write_checkpoint(tmp_path, tensors(2), "second", SMALL)
    read, about = sharded_checkpoint.read_checkpoint(tmp_path)
    assert (about, int(read["count"])) == ("first", 1)
    monkeypatch.undo()
    sharded_checkpoint.write_checkpoint(tmp_path, tensors(3), "third", SMALL)
    assert sharded_checkpoint.read_checkpoint(tmp_path)[1] == "third"


def test_missing_damaged_and_mixed_pieces_are_refused(tmp_path: Path) -> None:
    one, other = tmp_path / "one", tmp_path / "other"
    sharded_checkpoint.write_checkpoint(one, tensors(1), "", SMALL)
    sharded_checkpoint.write_checkpoint(other, tensors(2), "", SMALL)
    last, whole = files(one)[-1], files(one)[-1].read_bytes()
    last.write_bytes(files(other)[-1].read_bytes())
    with pytest.raises(BadCheckpoint, match="not the shard that was written"):
        sharded_checkpoint.read_checkpoint(one)
    last.write_bytes(whole[:-1])
    with pytest.raises(BadCheckpoint, match="not the shard that was written"):
        sharded_checkpoint.read_checkpoint(one)
    last.unlink()
    with pytest.raises(BadCheckpoint, match="missing"):
        sharded_checkpoint.read_checkpoint(one)


def test_a_folder_without_a_manifest_is_no_checkpoint(tmp_path: Path) -> None:
    with pytest.raises(BadCheckpoint, match="no whole checkpoint"):
        sharded_checkpoint.read_checkpoint(tmp_path)


def test_a_row_that_fits_no_piece_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="larger shards"):
        sharded_checkpoint.write_checkpoint(tmp_path, {"row": torch.zeros(1, 5000)}, "", SMALL)
