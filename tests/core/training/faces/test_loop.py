"""Training goes on where it was stopped, and what it writes opens as a face finder."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from core.checkpoint import BadCheckpoint
from core.perception.face import FaceFinder
from core.perception.face_network import (
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
from core.training.face import write
from core.training.faces.corpus import Corpus
from core.training.faces.lessons import LESSONS
from core.training.faces.loop import FaceTraining, Plan, joined, train
from tests.core.training.faces.people import corpus

SMALL = FaceConfig(
    DetectorConfig(widths=(16, 16, 16, 16), depths=(0, 1, 1, 1), head=16),
    LandmarkConfig(widths=(16, 16, 16, 16), depths=(1, 1, 1, 1), shapes=8),
    PartConfig(len(LIP_POINTS), widths=(16, 16, 16), depths=(1, 1, 1)),
    PartConfig(len(EYE_POINTS), widths=(16, 16, 16), depths=(1, 1, 1)),
    MatteConfig(widths=(16, 16, 16, 16), depths=(1, 1, 1, 1)),
)
FEW = tuple(replace(lesson, size=2) for lesson in LESSONS)


@pytest.fixture(scope="module")
def people() -> Corpus:
    return corpus()


def steps(path: Path) -> dict[str, int]:
    done = load(path, FaceTraining).config
    return dict(zip(done.names, done.steps, strict=True))


def test_every_lesson_is_learned_and_the_result_opens(tmp_path: Path, people: Corpus) -> None:
    plan = Plan(minutes=0.002, out=tmp_path / "face.safetensors", mined=2)
    train(people, plan, SMALL, FEW)
    write([plan.state], plan.out)
    assert all(count >= 1 for count in steps(plan.state).values())
    assert FaceFinder(plan.out).faces(np.zeros((80, 80, 3), dtype=np.uint8)) is not None


def test_a_stopped_training_goes_on_where_it_was(tmp_path: Path, people: Corpus) -> None:
    plan = Plan(minutes=0.002, out=tmp_path / "face.safetensors", lessons=("lips",))
    train(people, plan, SMALL, FEW)
    before = steps(plan.state)
    assert before["lips"] >= 1
    assert before["eye"] == 0
    rest = replace(plan, resume=plan.state, lessons=("eye",), out=tmp_path / "more.safetensors")
    train(people, rest, lessons=FEW)
    after = steps(rest.state)
    assert after["lips"] == before["lips"]
    assert after["eye"] >= 1


def test_runs_that_shared_the_lessons_are_joined(tmp_path: Path, people: Corpus) -> None:
    first = Plan(minutes=0.002, out=tmp_path / "first.safetensors", lessons=("lips",))
    second = replace(first, out=tmp_path / "second.safetensors", lessons=("eye",))
    train(people, first, SMALL, FEW)
    train(people, second, SMALL, FEW)
    network, minutes = joined([first.state, second.state])
    assert minutes > 0
    for run, name in ((first, "lips"), (second, "eye")):
        kept = load(run.state, FaceTraining).weights[f"{name}/mean/hidden.weight"]
        assert torch.equal(getattr(network, name).state_dict()["hidden.weight"], kept)


def test_runs_of_different_networks_are_not_joined(tmp_path: Path, people: Corpus) -> None:
    plan = Plan(minutes=0.002, out=tmp_path / "first.safetensors", lessons=())
    other = replace(plan, out=tmp_path / "second.safetensors")
    train(people, plan, SMALL, FEW)
    train(people, other, replace(SMALL, matte=MatteConfig()), FEW)
    with pytest.raises(ValueError, match="different networks"):
        joined([plan.state, other.state])


def test_a_finder_s_weights_are_no_training(tmp_path: Path, people: Corpus) -> None:
    path = tmp_path / "face.safetensors"
    save(path, FaceNetwork(SMALL).state_dict(), SMALL, {})
    with pytest.raises(BadCheckpoint, match="FaceTraining"):
        train(people, Plan(minutes=1, out=tmp_path / "x.safetensors", resume=path))
