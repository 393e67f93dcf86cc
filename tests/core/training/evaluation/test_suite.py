"""Whole judgements of a model that knows nothing."""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

from core.training.__main__ import main
from core.training.avatar.train_avatar import train_avatar
from core.training.avatar.vae import VaeRecipe
from core.training.evaluation.compare import (
    FROZEN_MOUTH,
    GROUND_TRUTH,
    PUPPET,
    VAE_RECONSTRUCTION,
    Comparison,
    model_name,
    photo_embeddings,
)
from core.training.evaluation.comparison_sheet import save_comparison_sheet
from core.training.evaluation.drift import probe_times
from core.training.evaluation.eval_config import QUICK, EvaluationConfig
from core.training.evaluation.eval_set import EvalSet, open_eval_set
from core.training.evaluation.evaluated_model import EvaluatedModel, open_evaluated_model
from core.training.evaluation.evaluators import Evaluators
from core.training.evaluation.lip_metrics import (
    ClipMetrics,
    ReferenceIdentities,
    identity_similarity,
    lip_table,
)
from core.training.evaluation.metric_table import Table
from core.training.evaluation.suite import Evaluation, evaluate
from core.training.metrics.temporal_stability import FrameDifferences
from core.training.trainer.clip_batch import LengthPhase
from core.training.trainer.optimization import OptimizationConfig
from core.training.trainer.train_config import TrainConfig
from tests.core.neural.small import CONFIG, avatar
from tests.core.training.avatar.moving import Colours, Ticks

TINY = EvaluationConfig(
    people=2,
    reconstruction_clips=1,
    reconstruction_frames=5,
    speech_clips=2,
    speech_frames=25,
    retrieval_window=12,
    silent_frames=5,
    references=(1,),
    drift_seconds=1.3,
    drift_probes=2,
)


def comparison(evaluators: Evaluators, draws: bool = True) -> Comparison:
    evaluated = EvaluatedModel(avatar(), draws, "toy")
    return Comparison(evaluated, CONFIG.generator.sampling, evaluators, TINY.references)


@pytest.fixture(scope="module")
def found(eval_set: EvalSet, evaluators: Evaluators) -> Evaluation:
    return evaluate(comparison(evaluators), eval_set, TINY, {"judged": "toy"}, lambda what: None)


def row_values(table: Table, name: str) -> dict[str, float | None]:
    (line,) = (line for line in table.rows if line.name == name)
    return dict(zip((c.name for c in table.columns), line.values, strict=True))


def test_everybody_stands_in_the_report(found: Evaluation) -> None:
    rebuilt, lips, drift, *groups = found.report.tables
    assert [line.name for line in lips.rows] == [
        GROUND_TRUTH, VAE_RECONSTRUCTION, model_name(1), PUPPET, FROZEN_MOUTH,
    ]  # fmt: skip
    assert len(rebuilt.rows) == 7
    assert [line.name for line in drift.rows] == [model_name(1), PUPPET]
    assert len(groups) == 2
    assert json.loads(found.report.json())["about"] == {"judged": "toy"}
    assert "target" in found.report.text()


def test_the_truth_is_better_than_a_model_that_knows_nothing(found: Evaluation) -> None:
    lips = found.report.tables[1]
    assert row_values(lips, GROUND_TRUTH)["PSNR"] == pytest.approx(100)
    assert row_values(lips, model_name(1))["PSNR"] < 20  # type: ignore[operator]
    assert row_values(lips, GROUND_TRUTH)["likeness"] is not None


def test_what_was_judged_can_be_looked_at(found: Evaluation, tmp_path: Path) -> None:
    assert len(found.sheet_clips) == 3
    save_comparison_sheet(tmp_path / "sheet.png", found.sheet_clips)
    with Image.open(tmp_path / "sheet.png") as sheet:
        assert sheet.width > 1000


def test_without_perception_nothing_is_said_of_likeness(
    eval_set: EvalSet, evaluators: Evaluators
) -> None:
    without_network = comparison(replace(evaluators, embedding_network=None)).compare(
        eval_set.example(0, 5), 0
    )
    assert photo_embeddings([without_network]) is None
    assert identity_similarity([without_network.methods[PUPPET]], None) is None
    table = lip_table({}, [without_network.targets], candidates=32, with_identity=False)
    assert "No face embedding network" in table.note


def test_a_vae_alone_does_not_perform(eval_set: EvalSet, evaluators: Evaluators) -> None:
    done = comparison(evaluators, draws=False).compare(eval_set.example(1, 5), 1)
    assert list(done.methods) == [GROUND_TRUTH, VAE_RECONSTRUCTION, PUPPET, FROZEN_MOUTH]


def test_likeness_is_that_to_oneself_and_to_others() -> None:
    photos = torch.eye(3)[:2]
    identities = ReferenceIdentities(photos, np.array([0, 1]))
    still = np.zeros(2), np.ones(2), FrameDifferences(0, 0, 0, 0)
    blank = ClipMetrics(*still, 0.0, 1.0, None, torch.zeros(0))
    clips = [
        blank._replace(embeddings=photos[:1].expand(4, -1)),
        blank._replace(embeddings=torch.eye(3)[2:]),
    ]
    assert identity_similarity(clips, identities) == (0.5, 0.0)
    assert identity_similarity([blank, blank], identities) is None


def test_the_same_seed_gives_the_same_cases(eval_set: EvalSet) -> None:
    one, other = eval_set.example(1, 5), eval_set.example(1, 5)
    assert torch.equal(one.clip.frames, other.clip.frames)
    assert one.clip.identity.item() == 1
    assert not torch.equal(one.clip.frames, eval_set.example(3, 5).clip.frames)
    assert eval_set.example(3, 5).clip.identity.item() == 1


def test_silence_is_found_in_the_speech(eval_set: EvalSet) -> None:
    said = eval_set.silent_example(0, 17).clip.speech
    assert (said.visemes[0, :, 0] > 0.5).all()


def test_a_stock_s_people_are_those_held_out(stock: Path) -> None:
    found = open_eval_set(stock, CONFIG, "cpu", seed=0, people=None)
    assert found.people == 2
    assert found.speech.opening.shape == (2, 60)


def test_a_training_s_folder_can_be_judged(tmp_path: Path) -> None:
    torch.manual_seed(0)
    plan = TrainConfig("vae", tmp_path / "vae", minutes=0.05, batch_size=1)
    train_avatar(
        plan,
        Colours(),
        OptimizationConfig(),
        VaeRecipe(clip_lengths=(LengthPhase(0.0, 5),)),
        CONFIG,
        clock=Ticks(),
    )
    found = open_evaluated_model(plan.output_dir)
    assert not found.has_generator
    assert found.description.startswith("vae: vae, ")


@pytest.mark.parametrize("name", ["none.safetensors", "text.safetensors", "folder"])
def test_what_is_no_checkpoint_is_refused_in_a_sentence(
    tmp_path: Path, stock: Path, name: str
) -> None:
    (tmp_path / "text.safetensors").write_text("no weights")
    (tmp_path / "folder").mkdir()
    with pytest.raises(SystemExit, match=f"evaluate: {name}") as refused:
        main(["evaluate", str(tmp_path / name), "--stock", str(stock)])
    assert "\n" not in str(refused.value)


def test_a_stock_that_is_none_is_refused_in_a_sentence(tmp_path: Path, model: Path) -> None:
    with pytest.raises(SystemExit, match=r"portraits\.safetensors is missing"):
        main(["evaluate", str(model), "--stock", str(tmp_path)])
    with pytest.raises(SystemExit, match=r"random\.safetensors holds a AvatarConfig"):
        main(["evaluate", str(model), "--stock", str(tmp_path), "--likeness", str(model)])


def test_sizes_fit_latents_and_drift_has_time() -> None:
    assert QUICK.retrieval_candidates == EvaluationConfig().retrieval_candidates == 32
    with pytest.raises(ValueError, match="speech_frames 30, expected one more than fours"):
        replace(TINY, speech_frames=30)
    with pytest.raises(ValueError, match=r"expected 3\.2 s or more"):
        probe_times(2.0, 5)
    assert probe_times(10.0, 2) == pytest.approx([0.64, 10.0])


def test_somebody_speaks_in_every_case_where_there_is_speech(eval_set: EvalSet) -> None:
    for number in range(4):
        said = eval_set.example(number, 17).clip.speech
        assert (said.visemes[0, :, 0] < 0.5).float().mean() > 0.3
