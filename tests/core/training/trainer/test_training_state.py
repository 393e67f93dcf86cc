"""How far a training has come is read whatever version wrote it."""

import json
from pathlib import Path

import pytest
import torch

from core.checkpoint import BadCheckpoint
from core.record import to_json
from core.training.trainer.sharded_checkpoint import write_checkpoint
from core.training.trainer.training_state import (
    CHECKPOINT,
    TrainingState,
    load_training,
    load_training_state,
)
from tests.core.neural.small import CONFIG

STATE = TrainingState("vae", CONFIG, steps=7, seconds=60.0)


def write(folder: Path, about: str) -> Path:
    write_checkpoint(folder / CHECKPOINT, {"ema/weight": torch.ones(2)}, about)
    return folder


def test_unknown_and_missing_fields_do_not_make_a_training_unresumable(tmp_path: Path) -> None:
    fields = json.loads(to_json(STATE))
    del fields["earlier_seconds"], fields["avatar"]["crop_offset"]
    fields["mood"] = "good"
    fields["avatar"]["vae"]["mood"] = "good"
    tensors, state = load_training(write(tmp_path, json.dumps(fields)))
    assert state == STATE
    assert set(tensors) == {"ema/weight"}


def test_what_a_manifest_says_beyond_its_shards_does_no_harm(tmp_path: Path) -> None:
    manifest = write(tmp_path, to_json(STATE)) / CHECKPOINT / "checkpoint.json"
    manifest.write_text(json.dumps({**json.loads(manifest.read_text()), "mood": "good"}))
    assert load_training_state(tmp_path) == STATE


def test_a_training_without_an_avatar_says_so(tmp_path: Path) -> None:
    state = load_training_state(write(tmp_path, to_json(TrainingState("speech"))))
    with pytest.raises(BadCheckpoint, match="training of speech has no avatar"):
        _ = state.avatar_config
