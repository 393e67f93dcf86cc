"""Whole judgements of a model that knows nothing."""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

from core.training.__main__ import main
from core.training.avatar.learner import Learning
from core.training.avatar.plan import Plan
from core.training.avatar.run import train
from core.training.avatar.stage import Length
from core.training.avatar.vae import VaeRecipe
from core.training.judge.audition import (
    FROZEN,
    PUPPET,
    RERENDERED,
    TRUTH,
    Audition,
    looks,
    neural,
)
from core.training.judge.cases import Cases, open_cases
from core.training.judge.checkpoint import Judged, open_checkpoint
from core.training.judge.conduct import Own, Seen, conduct_table, likeness
from core.training.judge.drift import moments
from core.training.judge.instruments import Instruments
from core.training.judge.judgement import Judgement, judge
from core.training.judge.report import Table
from core.training.judge.sheet import save_sheet
from core.training.judge.sizes import QUICK, Sizes
from core.training.judge.steadiness import Steps
from tests.core.neural.small import CONFIG, avatar
from tests.core.training.avatar.moving import Colours, Ticks

TINY = Sizes(
    people=2,
    pictures=1,
    picture_frames=5,
    clips=2,
    frames=25,
    window=12,
    silent=5,
    references=(1,),
    drift=1.3,
    points=2,
)


def audition(tools: Instruments, draws: bool = True) -> Audition:
    judged = Judged(avatar(), draws, "toy")
    return Audition(judged, CONFIG.generator.sampling, tools, TINY.references)


@pytest.fixture(scope="module")
def found(cases: Cases, tools: Instruments) -> Judgement:
    return judge(audition(tools), cases, TINY, {"judged": "toy"}, lambda what: None)


def figures(table: Table, name: str) -> dict[str, float | None]:
    (line,) = (line for line in table.lines if line.name == name)
    return dict(zip((c.name for c in table.columns), line.values, strict=True))


def test_everybody_stands_in_the_report(found: Judgement) -> None:
    rebuilt, conduct, drift, *groups = found.verdict.tables
    assert [line.name for line in conduct.lines] == [
        TRUTH, RERENDERED, neural(1), PUPPET, FROZEN,
    ]  # fmt: skip
    assert len(rebuilt.lines) == 7
    assert [line.name for line in drift.lines] == [neural(1), PUPPET]
    assert len(groups) == 2
    assert json.loads(found.verdict.json())["about"] == {"judged": "toy"}
    assert "target" in found.verdict.text()


def test_the_truth_is_better_than_a_model_that_knows_nothing(found: Judgement) -> None:
    conduct = found.verdict.tables[1]
    assert figures(conduct, TRUTH)["PSNR"] == pytest.approx(100)
    assert figures(conduct, neural(1))["PSNR"] < 20  # type: ignore[operator]
    assert figures(conduct, TRUTH)["likeness"] is not None


def test_what_was_judged_can_be_looked_at(found: Judgement, tmp_path: Path) -> None:
    assert len(found.scenes) == 3
    save_sheet(tmp_path / "sheet.png", found.scenes)
    with Image.open(tmp_path / "sheet.png") as sheet:
        assert sheet.width > 1000


def test_without_perception_nothing_is_said_of_likeness(cases: Cases, tools: Instruments) -> None:
    blind = audition(replace(tools, perception=None)).perform(cases.case(0, 5), 0)
    assert looks([blind]) is None
    assert likeness([blind.performers[PUPPET]], None) is None
    table = conduct_table([], [blind.script], retrieved=32, compared=False)
    assert "No perception network" in table.note


def test_a_vae_alone_does_not_perform(cases: Cases, tools: Instruments) -> None:
    done = audition(tools, draws=False).perform(cases.case(1, 5), 1)
    assert list(done.performers) == [TRUTH, RERENDERED, PUPPET, FROZEN]


def test_likeness_is_that_to_oneself_and_to_others() -> None:
    photos = torch.eye(3)[:2]
    own = Own(photos, np.array([0, 1]))
    blank = Seen(np.zeros(2), Steps(0, 0, 0, 0), 0.0, 1.0, None, torch.zeros(0))
    clips = [blank._replace(who=photos[:1].expand(4, -1)), blank._replace(who=torch.eye(3)[2:])]
    assert likeness(clips, own) == (0.5, 0.0)
    assert likeness([blank, blank], own) is None


def test_the_same_seed_gives_the_same_cases(cases: Cases) -> None:
    one, other = cases.case(1, 5), cases.case(1, 5)
    assert torch.equal(one.clip.frames, other.clip.frames)
    assert one.clip.identity.item() == 1
    assert not torch.equal(one.clip.frames, cases.case(3, 5).clip.frames)
    assert cases.case(3, 5).clip.identity.item() == 1


def test_silence_is_found_in_the_speech(cases: Cases) -> None:
    said = cases.silent(0, 17).clip.said
    assert (said.visemes[0, :, 0] > 0.5).all()


def test_a_stock_s_people_are_those_held_out(stock: Path) -> None:
    found = open_cases(stock, CONFIG, "cpu", seed=0, people=None)
    assert found.people == 2
    assert found.said.opening.shape == (2, 60)


def test_a_training_s_folder_can_be_judged(tmp_path: Path) -> None:
    torch.manual_seed(0)
    plan = Plan("vae", tmp_path / "vae", minutes=0.05, batch=1)
    train(plan, Colours(), Learning(), VaeRecipe(lengths=(Length(0.0, 5),)), CONFIG, clock=Ticks())
    found = open_checkpoint(plan.out)
    assert not found.draws
    assert found.about.startswith("vae: vae, ")


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
        main(["evaluate", str(model), "--stock", str(tmp_path), "--perception", str(model)])


def test_sizes_fit_latents_and_drift_has_time() -> None:
    assert QUICK.retrieved == Sizes().retrieved == 32
    with pytest.raises(ValueError, match="frames 30, expected one more than fours"):
        replace(TINY, frames=30)
    with pytest.raises(ValueError, match=r"expected 3\.2 s or more"):
        moments(2.0, 5)
    assert moments(10.0, 2) == pytest.approx([0.64, 10.0])


def test_somebody_speaks_in_every_case_where_there_is_speech(cases: Cases) -> None:
    for number in range(4):
        said = cases.case(number, 17).clip.said
        assert (said.visemes[0, :, 0] < 0.5).float().mean() > 0.3
