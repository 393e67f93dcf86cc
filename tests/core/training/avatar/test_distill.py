"""The stage that makes few steps of many, at toy size."""

from dataclasses import replace
from itertools import accumulate

import numpy as np
import pytest
import torch
from torch.nn import functional

from core.model.avatar import AVATAR_PRESETS, Avatar, AvatarConfig
from core.model.generator.rollout import stream_blocks
from core.training.avatar.distill import (
    DistillRecipe,
    DistillStage,
    FakeScoreBatch,
    StudentBatch,
    load_teacher,
)
from core.training.avatar.latents import fit_latent_scale
from core.training.trainer.clip_batch import LengthPhase
from core.training.trainer.optimization import Optimization, OptimizationConfig
from tests.core.neural.small import CONFIG
from tests.core.training.avatar.moving import Colours

RECIPE = DistillRecipe(steps=2, critic_steps=1, guidance=1.0, clip_lengths=(LengthPhase(0.0, 13),))
LEARNING = OptimizationConfig(learning_rate=0.02, warmup_steps=1, weight_decay=0.0)


def make_stage(recipe: DistillRecipe = RECIPE, config: AvatarConfig = CONFIG) -> DistillStage:
    torch.manual_seed(0)
    avatar = Avatar(config)
    fit_latent_scale(avatar, Colours(seed=5), 4, 13, 2)
    return DistillStage(avatar, recipe)


def test_the_critic_learns_in_every_step_and_the_student_in_turns() -> None:
    stage, random = (
        make_stage(DistillRecipe(critic_steps=3, clip_lengths=RECIPE.clip_lengths)),
        np.random.default_rng(0),
    )
    clip = Colours().next_batch(1, 13)
    tasks = [stage.micro_batches(clip, random) for _ in range(30)]
    assert all(isinstance(step[0], FakeScoreBatch) for step in tasks)
    learning = [step[1:] for step in tasks if len(step) > 1]
    assert 4 <= len(learning) <= 16
    for batches in learning:
        assert all(isinstance(task, StudentBatch) for task in batches)
        assert sum(
            task.weight for task in batches if isinstance(task, StudentBatch)
        ) == pytest.approx(1)
        times = {task.time for task in batches}
        assert len(times) == 1, "one exit step for all blocks of a clip"
    assert len({batches[0].time for batches in learning}) > 1


def test_any_number_of_references_is_shown_and_to_all_the_same() -> None:
    """Live most people have one photo."""
    stage = make_stage(replace(RECIPE, replaces_sink=False))
    critic, *student = stage.micro_batches(Colours().next_batch(64, 13), np.random.default_rng(0))
    assert isinstance(critic, FakeScoreBatch)
    shown = critic.conditions.present
    assert shown[:, 0].all()
    assert 16 < int(shown[:, 1].sum()) < 48
    for batch in student:
        assert isinstance(batch, StudentBatch)
        assert torch.equal(batch.block.conditions.present, shown)


def test_rollouts_begin_with_noise_of_the_temperature_of_live_use() -> None:
    sampling = replace(CONFIG.generator.sampling, temperature=0.0, lip_temperature=0.0)
    config = replace(CONFIG, generator=replace(CONFIG.generator, sampling=sampling))
    stage = make_stage(replace(RECIPE, steps=1), config)
    _, *student = stage.micro_batches(Colours().next_batch(1, 13), np.random.default_rng(0))
    assert student
    for batch in student:
        assert isinstance(batch, StudentBatch)
        assert not batch.block.noisy.any()


def test_gradients_of_critic_and_student_stay_apart() -> None:
    stage = make_stage()
    fake_score, *student_batches = stage.micro_batches(
        Colours().next_batch(2, 13), np.random.default_rng(0)
    )
    torch.autograd.backward(stage.losses(fake_score)["critic"])
    student, critic = stage.network.student, stage.network.critic
    assert any(parameter.grad is not None for parameter in critic.parameters())
    assert all(parameter.grad is None for parameter in student.parameters())
    critic.zero_grad(set_to_none=True)
    for task in student_batches:
        torch.autograd.backward(stage.losses(task)["student"])
    assert all(parameter.grad is None for parameter in critic.parameters())
    assert any(parameter.grad is not None for parameter in student.parameters())
    assert all(parameter.grad is None for parameter in stage.avatar.parameters())


def test_blocks_one_by_one_give_the_gradient_of_all_at_once() -> None:
    stage = make_stage()
    _, *student_batches = stage.micro_batches(Colours().next_batch(2, 13), np.random.default_rng(0))
    student = stage.network.student
    for task in student_batches:
        torch.autograd.backward(stage.losses(task)["student"])
    one_by_one = {name: p.grad for name, p in student.named_parameters()}
    student.zero_grad(set_to_none=True)
    together = torch.stack([stage.losses(task)["student"] for task in student_batches]).sum()
    torch.autograd.backward(together)
    for name, parameter in student.named_parameters():
        if parameter.grad is None:
            assert one_by_one[name] is None
        else:
            torch.testing.assert_close(one_by_one[name], parameter.grad, msg=name)


def test_a_student_gone_astray_is_brought_back_to_its_teacher() -> None:
    stage = astray(make_stage())
    critic, student = stage.network.critic, stage.network.student
    critic.load_state_dict(student.state_dict())
    aim = stage.avatar.generator.velocity_proj.bias
    before = functional.mse_loss(student.velocity_proj.bias, aim).item()
    train(stage, 20)
    assert functional.mse_loss(student.velocity_proj.bias, aim).item() < 0.8 * before


def test_a_critic_learns_what_the_student_draws() -> None:
    stage = astray(make_stage(replace(RECIPE, critic_steps=10**9)))
    losses = train(stage, 20)
    assert np.mean(losses[-5:]) < 0.9 * np.mean(losses[:5])


def astray(stage: DistillStage) -> DistillStage:
    """Let a student draw everything too low."""
    with torch.no_grad():
        stage.network.student.velocity_proj.bias.add_(1.0)
    return stage


def train(stage: DistillStage, steps: int) -> list[float]:
    """Teach; return the critic's losses."""
    optimization, clips, random = (
        Optimization(stage.network, LEARNING),
        Colours(seed=1),
        np.random.default_rng(0),
    )
    losses = []
    for _ in range(steps):
        for task in stage.micro_batches(clips.next_batch(4, 13), random):
            terms = stage.losses(task)
            losses += [float(terms["critic"].detach())] if "critic" in terms else []
            optimization.backward(torch.stack([*terms.values()]).sum())
        optimization.step(progress=0.0)
    return losses


def test_the_teacher_is_kept_and_put_back() -> None:
    first, other = make_stage(), Avatar(CONFIG)
    load_teacher(other, first.frozen_state())
    for name, tensor in other.generator.state_dict().items():
        assert torch.equal(tensor, first.avatar.generator.state_dict()[name].half().float()), name


def test_samples_and_metrics_are_of_the_student() -> None:
    stage, clip = make_stage(), Colours().next_batch(2, 13)
    rows = stage.sample_images(stage.network.eval(), clip)
    assert [len(row) for row in rows] == [2, 13, 13, 13]
    metrics = stage.metrics(stage.network, clip)
    assert set(metrics) == {"nmse", "std_ratio"}
    assert all(np.isfinite(list(metrics.values())))


@pytest.mark.parametrize("preset", AVATAR_PRESETS.values(), ids=AVATAR_PRESETS)
def test_caches_roll_in_practice(preset: AvatarConfig) -> None:
    """Live all blocks but the first have lost what lay beyond their history."""
    frames = DistillRecipe().clip_lengths[-1].frames
    sampling, history = preset.generator.sampling, preset.generator.history
    sizes = stream_blocks(1 + (frames - 1) // preset.vae.frames_per_latent, sampling.block)
    before = accumulate(sizes[:-1], initial=0)
    assert sum(latents > history for latents in before) >= 3


def test_no_steps_are_refused() -> None:
    with pytest.raises(ValueError, match="at least one each"):
        DistillRecipe(steps=0)
