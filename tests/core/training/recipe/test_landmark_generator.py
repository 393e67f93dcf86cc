from dataclasses import replace
from typing import Any

import numpy as np
import pytest
import torch
from numpy.testing import assert_allclose

from core.model.avatar import Avatar
from core.training.avatar.distill import DistillRecipe, load_teacher_alone
from core.training.avatar.generator import GeneratorRecipe
from core.training.metrics.lip_opening import lip_opening
from core.training.recipe.landmark_generator import (
    LandmarkDistillStage,
    LandmarkGeneratorStage,
    LandmarkSource,
    ReadLips,
    lip_basis,
    lip_metrics,
    load_landmarks,
)
from core.training.recipe.landmark_latents import LandmarkAutoencoder
from core.training.recipe.open_run import clip_config
from core.training.studio.clip_renderer import ClipRenderer
from core.training.studio.speech_stock import AlignedSpeech
from core.training.studio.subject_bank import SubjectBank
from tests.core.training.recipe.conftest import CONFIG

METRICS = {"lips_correlation", "lips_lag_frames", "lips_std_ratio", "silent_std_ratio"}


def source(bank: SubjectBank, speech: AlignedSpeech) -> LandmarkSource:
    def opened(clips: int, frames: int) -> ClipRenderer:
        return ClipRenderer(clip_config(CONFIG, clips, frames), bank, speech, seed=3)

    return LandmarkSource(opened, opened)


def make_stage() -> LandmarkGeneratorStage:
    torch.manual_seed(0)
    avatar = Avatar(CONFIG)
    return LandmarkGeneratorStage(avatar, LandmarkAutoencoder(8, 2, 4), GeneratorRecipe())


def test_landmarks_alone_are_those_of_the_pictures(
    bank: SubjectBank, speech: AlignedSpeech
) -> None:
    one, two = (ClipRenderer(clip_config(CONFIG, 3, 5), bank, speech, seed=3) for _ in range(2))
    pictures, alone = one.next_batch(), two.next_landmarks()
    assert_allclose(alone.landmarks, pictures.landmarks, atol=1e-5)
    assert_allclose(alone.reference_landmarks, pictures.reference_landmarks, atol=1e-5)
    assert torch.equal(alone.speech.opening, pictures.speech.opening)


def test_a_step_reaches_the_generator_and_needs_no_picture(
    bank: SubjectBank, speech: AlignedSpeech
) -> None:
    stage = make_stage()
    clip: Any = source(bank, speech).next_batch(2, 13)
    assert stage.count_frames(clip) == 26
    batch = stage.micro_batches(clip, np.random.default_rng(0))[0]
    torch.autograd.backward(torch.stack(list(stage.losses(batch).values())).sum())
    assert any(p.grad is not None for p in stage.network.generator.parameters())
    assert not stage.sample_images(stage.network, clip)


def test_lips_are_judged_as_latents_show_them(bank: SubjectBank, speech: AlignedSpeech) -> None:
    stage = make_stage()
    clip: Any = source(bank, speech).next_batch(2, 13)
    batch = stage.micro_batches(clip, np.random.default_rng(0))[0]
    wrong = (batch.latents + 1).requires_grad_()
    losses = stage.lip_losses(batch, wrong)
    right = stage.lip_losses(batch, batch.latents)
    assert losses["lips"] > right["lips"]
    torch.autograd.backward(losses["lips"])
    assert wrong.grad is not None
    assert wrong.grad.abs().sum() > 0
    assert stage.network.lip_probe is None


def test_the_basis_of_lips_is_where_latents_part_them(
    bank: SubjectBank, speech: AlignedSpeech
) -> None:
    torch.manual_seed(0)
    config = replace(CONFIG, generator=replace(CONFIG.generator, lip_directions=4))
    avatar, landmarks = Avatar(config), LandmarkAutoencoder(8, 2, 4)
    clip: Any = source(bank, speech).next_batch(2, 13)
    basis = lip_basis(avatar, landmarks, clip)
    size = 8 * config.generator.grid**2
    assert basis.shape == (4, size)
    assert_allclose(basis @ basis.T, torch.eye(4), atol=1e-5)
    latents = landmarks.encode(clip.landmarks[..., :2])

    def moved(directions: torch.Tensor) -> torch.Tensor:
        steps = [1e-2 * one.view(1, 1, *latents.shape[2:]) for one in directions]
        still = landmarks.lip_parting(latents)
        changes = [(landmarks.lip_parting(latents + step) - still).square().sum() for step in steps]
        return torch.stack(changes).sum()

    others = torch.linalg.svd(basis, full_matrices=True).Vh[4:8]
    assert moved(basis) > 2 * moved(others)


def test_references_are_noisy_in_training_and_exact_in_figures(
    bank: SubjectBank, speech: AlignedSpeech
) -> None:
    stage = make_stage()
    clip: Any = source(bank, speech).next_batch(2, 13)
    first, second = stage.encode(clip), stage.encode(clip)
    assert torch.equal(first.latents, second.latents)
    assert not torch.equal(first.references, second.references)
    assert set(stage.metrics(stage.network, clip)) <= METRICS


def test_a_student_is_distilled_without_a_picture(bank: SubjectBank, speech: AlignedSpeech) -> None:
    torch.manual_seed(0)
    avatar, landmarks = Avatar(CONFIG), LandmarkAutoencoder(8, 2, 4)
    stage = LandmarkDistillStage(avatar, landmarks, DistillRecipe(steps=1, critic_steps=1))
    clip: Any = source(bank, speech).next_batch(2, 13)
    assert stage.count_frames(clip) == 26
    for batch in stage.micro_batches(clip, np.random.default_rng(0)):
        torch.autograd.backward(torch.stack(list(stage.losses(batch).values())).sum())
    network = stage.network
    for part in (network.student, network.critic):
        assert any(p.grad is not None for p in part.parameters())
    assert (
        {"nmse", "std_ratio"}
        <= set(stage.metrics(network, clip))
        <= {*METRICS, "nmse", "std_ratio"}
    )
    assert not stage.sample_images(network, clip)
    resumed, again = Avatar(CONFIG), LandmarkAutoencoder(8, 2, 4)
    load_landmarks(again, resumed, stage.frozen_state())
    load_teacher_alone(resumed, stage.frozen_state())
    assert torch.equal(again.encoder[0].weight, landmarks.encoder[0].weight)  # type: ignore[arg-type]
    kept = resumed.generator.input_proj.weight
    assert torch.equal(kept, avatar.generator.input_proj.weight.half().float())


def test_silent_lips_do_not_count_as_wrong_ones() -> None:
    true = 0.05 * torch.sin(torch.arange(50) / 3).abs().repeat(3, 1)
    true[2] = 0.02
    made = torch.roll(true, 1, 1) / 2
    made[2] += 1e-3 * torch.randn(50)
    found = dict(lip_metrics(ReadLips(made, true)))
    assert set(found) == METRICS
    assert found["lips_correlation"] > 0.98
    assert found["lips_lag_frames"] == pytest.approx(1, abs=0.1)
    assert found["lips_std_ratio"] == pytest.approx(0.5, rel=0.05)
    assert found["silent_std_ratio"] < 0.1
    assert not dict(lip_metrics(ReadLips(made[2:], true[2:])))


def test_a_stage_is_resumed_with_the_latents_it_began_with() -> None:
    stage = make_stage()
    stage.avatar.std.fill_(2.0)
    avatar, landmarks = Avatar(CONFIG), LandmarkAutoencoder(8, 2, 4)
    load_landmarks(landmarks, avatar, stage.frozen_state())
    points = torch.linspace(-1, 1, 2 * 5 * 478 * 2).view(2, 5, 478, 2)
    assert torch.equal(landmarks.encode(points), stage._landmarks.encode(points))
    assert torch.equal(avatar.std, stage.avatar.std)


def test_opening_is_the_distance_of_the_inner_lips() -> None:
    points = torch.zeros(1, 2, 478, 2)
    points[0, 1, 14] = torch.tensor([0.3, 0.4])
    assert_allclose(lip_opening(points), [[0, 0.5]], atol=1e-6)
