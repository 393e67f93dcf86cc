"""Training goes on where it was stopped, and what it writes opens as a face finder."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from core.checkpoint import BadCheckpoint
from core.perception.face.config import (
    EYE_POINTS,
    LIP_POINTS,
    DetectorConfig,
    FaceConfig,
    LandmarkConfig,
    MatteConfig,
    PartConfig,
)
from core.perception.face.finder import FaceFinder
from core.training.faces.__main__ import write_weights
from core.training.faces.corpus import Corpus
from core.training.faces.finder_training import FinderTrainConfig, join_runs, train_finder
from core.training.faces.tasks import PART_TASKS
from core.training.trainer.training_state import load_training, load_training_state
from tests.core.training.faces.people import corpus

SMALL = FaceConfig(
    DetectorConfig(widths=(16, 16, 16, 16), depths=(0, 1, 1, 1), head_width=16),
    LandmarkConfig(widths=(16, 16, 16, 16), depths=(1, 1, 1, 1), shape_components=8),
    PartConfig(len(LIP_POINTS), widths=(16, 16, 16), depths=(1, 1, 1)),
    PartConfig(len(EYE_POINTS), widths=(16, 16, 16), depths=(1, 1, 1)),
    MatteConfig(widths=(16, 16, 16, 16), depths=(1, 1, 1, 1)),
)
FEW = tuple(replace(task, batch_size=2) for task in PART_TASKS)


@pytest.fixture(scope="module")
def people() -> Corpus:
    return corpus()


def steps(folder: Path) -> dict[str, int]:
    return {task.name: load_training_state(folder / task.name).steps for task in PART_TASKS}


def test_every_part_is_trained_and_the_result_opens(tmp_path: Path, people: Corpus) -> None:
    settings = FinderTrainConfig(minutes=0.002, output_dir=tmp_path / "face", mining_scenes=2)
    train_finder(people, settings, SMALL, FEW)
    write_weights([tmp_path / "face"], tmp_path / "face.safetensors")
    assert all(count >= 1 for count in steps(tmp_path / "face").values())
    finder = FaceFinder(tmp_path / "face.safetensors")
    assert finder.faces(np.zeros((80, 80, 3), dtype=np.uint8)) is not None
    assert "loss" in (tmp_path / "face" / "lips" / "progress.txt").read_text()


def test_a_stopped_training_goes_on_where_it_was(tmp_path: Path, people: Corpus) -> None:
    settings = FinderTrainConfig(minutes=0.002, output_dir=tmp_path / "face", tasks=("lips",))
    train_finder(people, settings, SMALL, FEW)
    before = steps(tmp_path / "face")
    assert before["lips"] >= 1
    assert before["eye"] == 0
    rest = replace(
        settings, resume_from=tmp_path / "face", tasks=("eye",), output_dir=tmp_path / "more"
    )
    train_finder(people, rest, tasks=FEW)
    after = steps(tmp_path / "more")
    assert after["lips"] == before["lips"]
    assert after["eye"] >= 1
    for part in ("lips", "detector"):
        one, other = (load_training(tmp_path / run / part)[0] for run in ("face", "more"))
        assert one.keys() == other.keys()
        assert all(torch.equal(tensor, other[name]) for name, tensor in one.items())


def test_a_part_whose_time_is_over_is_trained_no_more(tmp_path: Path, people: Corpus) -> None:
    settings = FinderTrainConfig(minutes=0.002, output_dir=tmp_path / "face", tasks=("lips",))
    train_finder(people, settings, SMALL, FEW)
    before = steps(tmp_path / "face")
    train_finder(people, replace(settings, resume_from=tmp_path / "face"), tasks=FEW)
    assert steps(tmp_path / "face") == before


def test_runs_that_shared_the_tasks_are_joined(tmp_path: Path, people: Corpus) -> None:
    first = FinderTrainConfig(minutes=0.002, output_dir=tmp_path / "lips", tasks=("lips",))
    second = replace(first, output_dir=tmp_path / "eye", tasks=("eye",))
    train_finder(people, first, SMALL, FEW)
    train_finder(people, second, SMALL, FEW)
    network, minutes = join_runs([first.output_dir, second.output_dir])
    assert minutes > 0
    for name in ("lips", "eye"):
        kept = load_training(tmp_path / name / name)[0]["ema/hidden.weight"]
        assert torch.equal(getattr(network, name).state_dict()["hidden.weight"], kept)


def test_runs_of_different_networks_are_not_joined(tmp_path: Path, people: Corpus) -> None:
    settings = FinderTrainConfig(minutes=0.002, output_dir=tmp_path / "first", tasks=())
    train_finder(people, settings, SMALL, FEW)
    other = replace(settings, output_dir=tmp_path / "second")
    train_finder(people, other, replace(SMALL, matte=MatteConfig()), FEW)
    with pytest.raises(ValueError, match="different networks"):
        join_runs([tmp_path / "first", tmp_path / "second"])


def test_what_is_no_training_is_not_resumed(tmp_path: Path, people: Corpus) -> None:
    settings = FinderTrainConfig(1, tmp_path / "face", resume_from=tmp_path / "none")
    with pytest.raises(BadCheckpoint, match="detector holds no training"):
        train_finder(people, settings)
