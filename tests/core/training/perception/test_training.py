"""Perception trainings at toy size, and what their networks serve for."""

from dataclasses import replace
from pathlib import Path

import pytest
import torch
from torch import Tensor

from core.checkpoint import BadCheckpoint
from core.training.__main__ import main
from core.training.avatar import pieces
from core.training.avatar.learner import Learning
from core.training.avatar.plan import Plan
from core.training.avatar.run import train
from core.training.avatar.stage import Clips, Length
from core.training.avatar.vae import Perceptual, VaeRecipe
from core.training.perception.looks import Looks, open_looks
from core.training.perception.network import PerceptionNetwork, read_perception
from core.training.perception.run import train_perception
from core.training.perception.stage import PerceptionRecipe
from tests.core.neural.small import CONFIG
from tests.core.training.avatar.moving import Colours, Ticks
from tests.core.training.perception.cast import Cast
from tests.core.training.perception.test_network import SMALL

LEARNING = Learning(rate=1e-2, warm_up=2, memory=0.9)


@pytest.fixture
def plan(tmp_path: Path) -> Plan:
    torch.manual_seed(0)
    return Plan("perception", tmp_path / "p", minutes=1.5, batch=6, report_every=30)


def test_a_perception_training_learns_and_is_judged(plan: Plan) -> None:
    training = train_perception(
        plan, Cast(), LEARNING, PerceptionRecipe(), SMALL, CONFIG, clock=Ticks()
    )
    lines = (plan.out / "progress.txt").read_text().splitlines()
    losses = [float(line.split("loss")[1].split()[0]) for line in lines if "loss" in line]
    assert losses[-1] < 0.6 * losses[0]
    (judged,) = (line for line in lines if line.startswith("held out:"))
    for word in ("landmarks", "visemes", "who"):
        assert word in judged
    stage = training.stage
    clip = Cast().held_out(8, 2)
    found = stage.figures(training.learner.mean, clip)
    assert found["who"] > 0.9
    assert found["landmarks"] < 3
    assert list((plan.out / "pictures").glob("*.png"))


def test_a_perception_training_goes_on_where_it_was(plan: Plan) -> None:
    short = replace(plan, minutes=0.1)
    first = train_perception(
        short, Cast(), LEARNING, PerceptionRecipe(), SMALL, CONFIG, clock=Ticks()
    )
    again = replace(short, resume=plan.out, out=plan.out.with_name("more"))
    second = train_perception(again, Cast(seed=1), LEARNING, PerceptionRecipe(), clock=Ticks())
    assert second.state.steps > first.state.steps
    assert second.state.network == first.state.network
    network = read_perception(plan.out)
    assert not network.training
    tensors, _ = pieces.read(plan.out / "checkpoint")
    assert torch.equal(network.embed.weight, tensors["mean/embed.weight"])
    with pytest.raises(BadCheckpoint, match="knows 4 people, the stock shows 5"):
        train_perception(again, Cast(5), LEARNING, PerceptionRecipe(), clock=Ticks())
    out = plan.out.with_name("p.safetensors")
    main(["export", "--resume", str(plan.out), "--out", str(out)])
    exported = read_perception(out)
    torch.testing.assert_close(exported.embed.weight, network.embed.weight, atol=1e-3, rtol=0)


def test_a_training_of_something_else_holds_no_perception(plan: Plan) -> None:
    vae = replace(plan, stage="vae", minutes=0.05, batch=1)
    recipe = VaeRecipe(lengths=(Length(0.0, 5),))
    train(vae, Colours(), LEARNING, recipe, CONFIG, clock=Ticks())
    with pytest.raises(BadCheckpoint, match="trains a vae"):
        read_perception(plan.out)
    with pytest.raises(BadCheckpoint, match="trains a vae"):
        train_perception(
            replace(plan, resume=plan.out), Cast(), LEARNING, PerceptionRecipe(), clock=Ticks()
        )


def test_pictures_look_like_themselves_and_the_gradient_leads_there() -> None:
    torch.manual_seed(0)
    looks: Perceptual = Looks(PerceptionNetwork(SMALL))
    true = torch.rand(2, 3, 32, 32)
    made = (true + 0.2 * torch.randn_like(true)).requires_grad_()
    assert float(looks(true, true)) == pytest.approx(0, abs=1e-6)
    before = looks(made, true)
    before.backward()  # type: ignore[no-untyped-call]
    assert made.grad is not None
    assert looks(made - 20 * made.grad, true) < before
    assert looks(true + 0.5 * torch.randn_like(true), true) > before


def test_a_vae_may_be_taught_by_looks(plan: Plan) -> None:
    torch.manual_seed(0)
    vae = replace(plan, stage="vae", minutes=0.05, batch=1)
    recipe = VaeRecipe(lengths=(Length(0.0, 5),))
    clips: Clips = Colours()
    looks = Looks(PerceptionNetwork(SMALL))
    train(vae, clips, LEARNING, recipe, CONFIG, looks, clock=Ticks())
    assert "looks" in (plan.out / "progress.txt").read_text()


def flat(device: str) -> Perceptual:
    """Open a measure by which everything looks the same."""
    assert device == "cpu"

    def same(made: Tensor, true: Tensor) -> Tensor:
        return made.sum() * 0

    return same


def test_looks_of_others_come_by_name(tmp_path: Path) -> None:
    looks = open_looks("tests.core.training.perception.test_training:flat", "cpu")
    assert float(looks(torch.ones(1, 3, 8, 8), torch.zeros(1, 3, 8, 8))) == 0
    with pytest.raises(ValueError, match="expected module:function"):
        open_looks("nothing.here:none", "cpu")
    with pytest.raises(BadCheckpoint, match=r"none\.safetensors is missing"):
        open_looks(str(tmp_path / "none.safetensors"), "cpu")
