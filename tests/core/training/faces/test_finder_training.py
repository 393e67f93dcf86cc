"""Training goes on where it was stopped, and what it writes opens as a face finder."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from core.checkpoint import BadCheckpoint
from core.perception.face.finder import FaceFinder
from core.perception.face.networks import (
    EYE_POINTS,
    LIP_POINTS,
    DetectorConfig,
    FaceConfig,
    FaceNetwork,
    LandmarkConfig,
    MatteConfig,
    PartConfig,
)
from core.tensors import load, save
from core.training.faces.__main__ import write_checkpoint
from core.training.faces.corpus import Corpus
from core.training.faces.finder_training import (
    FinderTrainConfig,
    FinderTrainingState,
    join_runs,
    train_finder,
)
from core.training.faces.tasks import PART_TASKS
from tests.core.training.faces.people import corpus

SMALL = FaceConfig(
    DetectorConfig(widths=(16, 16, 16, 16), depths=(0, 1, 1, 1), head_width=16),
    LandmarkConfig(widths=(16, 16, 16, 16), depths=(1, 1, 1, 1), shape_components=8),
    PartConfig(len(LIP_POINTS), widths=(16, 16, 16), depths=(1, 1, 1)),
    PartConfig(len(EYE_POINTS), widths=(16, 16, 16), depths=(1, 1, 1)),
    MatteConfig(widths=(16, 16, 16, 16), depths=(1, 1, 1, 1)),
)
FEW = tuple(replace(lesson, batch_size=2) for lesson in PART_TASKS)


@pytest.fixture(scope="module")
def people() -> Corpus:
    return corpus()


def steps(path: Path) -> dict[str, int]:
    done = load(path, FinderTrainingState).config
    return dict(zip(done.tasks, done.steps, strict=True))


def test_every_lesson_is_learned_and_the_result_opens(tmp_path: Path, people: Corpus) -> None:
    plan = FinderTrainConfig(minutes=0.002, output=tmp_path / "face.safetensors", mining_scenes=2)
    train_finder(people, plan, SMALL, FEW)
    write_checkpoint([plan.state_path], plan.output)
    assert all(count >= 1 for count in steps(plan.state_path).values())
    assert FaceFinder(plan.output).faces(np.zeros((80, 80, 3), dtype=np.uint8)) is not None


def test_a_stopped_training_goes_on_where_it_was(tmp_path: Path, people: Corpus) -> None:
    plan = FinderTrainConfig(minutes=0.002, output=tmp_path / "face.safetensors", tasks=("lips",))
    train_finder(people, plan, SMALL, FEW)
    before = steps(plan.state_path)
    assert before["lips"] >= 1
    assert before["eye"] == 0
    rest = replace(
        plan, resume_from=plan.state_path, tasks=("eye",), output=tmp_path / "more.safetensors"
    )
    train_finder(people, rest, tasks=FEW)
    after = steps(rest.state_path)
    assert after["lips"] == before["lips"]
    assert after["eye"] >= 1


def test_runs_that_shared_the_lessons_are_joined(tmp_path: Path, people: Corpus) -> None:
    first = FinderTrainConfig(minutes=0.002, output=tmp_path / "first.safetensors", tasks=("lips",))
    second = replace(first, output=tmp_path / "second.safetensors", tasks=("eye",))
    train_finder(people, first, SMALL, FEW)
    train_finder(people, second, SMALL, FEW)
    network, minutes = join_runs([first.state_path, second.state_path])
    assert minutes > 0
    for run, name in ((first, "lips"), (second, "eye")):
        kept = load(run.state_path, FinderTrainingState).weights[f"{name}/ema/hidden.weight"]
        assert torch.equal(getattr(network, name).state_dict()["hidden.weight"], kept)


def test_runs_of_different_networks_are_not_joined(tmp_path: Path, people: Corpus) -> None:
    plan = FinderTrainConfig(minutes=0.002, output=tmp_path / "first.safetensors", tasks=())
    other = replace(plan, output=tmp_path / "second.safetensors")
    train_finder(people, plan, SMALL, FEW)
    train_finder(people, other, replace(SMALL, matte=MatteConfig()), FEW)
    with pytest.raises(ValueError, match="different networks"):
        join_runs([plan.state_path, other.state_path])


def test_a_finder_s_weights_are_no_training(tmp_path: Path, people: Corpus) -> None:
    path = tmp_path / "face.safetensors"
    save(path, FaceNetwork(SMALL).state_dict(), SMALL, {})
    with pytest.raises(BadCheckpoint, match="FaceTraining"):
        train_finder(
            people,
            FinderTrainConfig(minutes=1, output=tmp_path / "x.safetensors", resume_from=path),
        )
