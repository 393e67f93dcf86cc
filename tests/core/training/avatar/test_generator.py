"""The second stage, at toy size."""

from dataclasses import replace

import numpy as np
import torch

from core.model.avatar import Avatar
from core.training.avatar.generator import GeneratorRecipe, GeneratorStage, block_sizes
from core.training.avatar.latents import encode_clip, fit_latent_scale
from core.training.avatar.lip_probe import LipProbe, lip_loss, probe_loss
from core.training.trainer.clip_batch import LengthPhase
from tests.core.neural.small import CONFIG
from tests.core.training.avatar.moving import Colours

RECIPE = GeneratorRecipe(lip_weight=0.1, clip_lengths=(LengthPhase(0.0, 13),))


def make_stage(recipe: GeneratorRecipe = RECIPE) -> GeneratorStage:
    torch.manual_seed(0)
    avatar = Avatar(CONFIG)
    fit_latent_scale(avatar, Colours(seed=5), 4, 13, 4)
    return GeneratorStage(avatar, recipe)


def test_latents_are_measured_to_mean_nought_and_deviation_one() -> None:
    avatar = make_stage().avatar
    latents, references = encode_clip(avatar, Colours(seed=6).next_batch(32, 13))
    assert latents.shape == (32, 4, 8, 2, 2)
    assert references.shape == (32, 2, 8, 2, 2)
    assert latents.mean((0, 1, 3, 4)).abs().max() < 0.5
    assert 0.5 < latents.std((0, 1, 3, 4)).min() < latents.std((0, 1, 3, 4)).max() < 1.6


def test_blocks_of_all_sizes_fill_a_clip() -> None:
    random = np.random.default_rng(0)
    drawn = [block_sizes(9, random) for _ in range(60)]
    assert all(sum(sizes) == 9 and min(sizes) >= 1 for sizes in drawn)
    assert {size for sizes in drawn for size in sizes} == {1, 2, 3, 4}
    assert [1] * 9 in drawn  # the size of live use


def test_times_are_one_per_block_and_with_a_noisy_past_one_per_clip() -> None:
    stage, clip = make_stage(), Colours().next_batch(3, 33)
    random = np.random.default_rng(0)
    tasks = [stage.micro_batch(clip, random) for _ in range(12)]
    assert {task.context is None for task in tasks} == {True, False}
    for task in tasks:
        same = task.starts == task.starts[:, None]
        alike = task.time[:, :, None] == task.time[:, None, :]
        assert (alike == (same | (task.context is None))).all()


def test_sound_and_references_are_hidden_at_random_also_together() -> None:
    recipe = replace(RECIPE, cfg_dropout=0.3, audio_dropout=0.2, reference_dropout=0.2)
    given = (
        make_stage(recipe)
        .micro_batch(Colours().next_batch(200, 5), np.random.default_rng(0))
        .conditions
    )
    blind = ~given.has_reference.any(1)
    together = (blind & ~given.has_audio).float().mean()
    assert 0.2 < together < 0.4
    assert 0.1 < (blind & given.has_audio).float().mean() < 0.3
    assert 0.1 < (~blind & ~given.has_audio).float().mean() < 0.3
    assert set(given.has_reference[~blind].sum(1).tolist()) == {1, 2}
    assert given.is_first.sum() == 200


def test_a_lip_reader_is_taught_by_true_latents_only() -> None:
    torch.manual_seed(0)
    reader = LipProbe(CONFIG.generator)
    drawn = torch.randn(2, 3, 8, 2, 2, requires_grad=True)
    points = torch.zeros(2, 3, 40, 2)
    torch.autograd.backward(lip_loss(reader, drawn, points, torch.zeros(2, 3)))
    assert drawn.grad is not None
    assert drawn.grad.abs().sum() > 0
    assert all(parameter.grad is None for parameter in reader.parameters())
    torch.autograd.backward(probe_loss(reader, drawn, points))
    assert all(parameter.grad is not None for parameter in reader.parameters())


def test_a_generator_learns_and_its_vae_stays() -> None:
    stage, clips, random = make_stage(), Colours(seed=1), np.random.default_rng(0)
    vae = {name: tensor.clone() for name, tensor in stage.avatar.vae.state_dict().items()}
    optimiser = torch.optim.AdamW(stage.network.parameters(), 5e-3)
    losses = []
    for _ in range(22):
        terms = stage.losses(stage.micro_batch(clips.next_batch(8, 13), random))
        optimiser.zero_grad()
        torch.autograd.backward(torch.stack([*terms.values()]).sum())
        optimiser.step()
        losses.append(float(terms["flow_matching"].detach()))
    assert np.mean(losses[-8:]) < 0.9 * np.mean(losses[:5])
    for name, tensor in stage.avatar.vae.state_dict().items():
        assert torch.equal(tensor, vae[name]), name


def test_samples_show_references_truth_the_latent_and_what_is_drawn() -> None:
    stage = make_stage()
    rows = stage.sample_images(stage.network.eval(), Colours().next_batch(2, 13))
    assert [len(row) for row in rows] == [2, 13, 13, 13]
    assert all(row.isfinite().all() for row in rows)
