"""The second stage, at toy size."""

from dataclasses import replace

import numpy as np
import torch

from core.model.avatar import Avatar
from core.model.generator.flow_transformer import Conditions
from core.training.avatar.generator import GeneratorRecipe, GeneratorStage, block_sizes
from core.training.avatar.latents import encode_clip, fit_latent_scale
from core.training.avatar.lip_probe import LipProbe, lip_loss, probe_loss
from core.training.trainer.clip_batch import LengthPhase
from tests.core.neural.small import CONFIG
from tests.core.training.avatar.moving import Colours
from tests.draws import filled

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


def test_blocks_of_a_noisy_past_may_have_times_of_their_own() -> None:
    stage = make_stage(replace(RECIPE, shared_timestep=False, clean_context=0.0, lone_first=1.0))
    batch = stage.micro_batch(Colours().next_batch(3, 33), np.random.default_rng(0))
    same = batch.starts == batch.starts[:, None]
    assert ((batch.time[:, :, None] == batch.time[:, None, :]) == same).all()


def test_half_of_the_clips_with_a_clean_context_begin_in_mid_stream() -> None:
    """Only a stream's first window begins with its first latent; all begin without a past."""
    stage, clip, random = make_stage(), Colours().next_batch(2, 33), np.random.default_rng(0)
    latents, _ = encode_clip(stage.avatar, clip)
    batches = [stage.micro_batch(clip, random) for _ in range(60)]
    begun = [batch for batch in batches if batch.conditions.is_first.any()]
    later = [batch for batch in batches if not batch.conditions.is_first.any()]
    assert len(later) > 5
    assert all(batch.context is not None for batch in later)
    clean = [batch for batch in begun if batch.context is not None]
    assert 0.2 < len(later) / (len(later) + len(clean)) < 0.8
    assert all(torch.equal(batch.latents, latents) for batch in begun)
    assert all(torch.equal(batch.latents, latents[:, 1:]) for batch in later)
    assert {batch.lip_landmarks.shape[1] for batch in later} == {8}
    assert {len(batch.starts) for batch in later} == {8}


def test_a_clip_in_mid_stream_hears_its_own_sound() -> None:
    stage = make_stage(replace(RECIPE, clean_context=1.0, mid_stream=1.0, lip_weight=0.0))
    filled(stage.network)
    batch = stage.micro_batch(Colours().next_batch(1, 13), np.random.default_rng(0))
    batch = batch._replace(
        features=batch.features.requires_grad_(), conditions=with_audio(batch.conditions)
    )
    torch.autograd.backward(stage.losses(batch)["flow_matching"])
    heard = batch.features.grad
    assert heard is not None
    assert heard[0].abs().amax(1).bool().tolist() == [True] * 13  # two frames before the cut, too


def with_audio(conditions: Conditions) -> Conditions:
    """Hide nothing that is heard."""
    return conditions._replace(has_audio=torch.ones_like(conditions.has_audio))


def test_half_of_the_other_clips_open_as_live_with_a_block_of_one() -> None:
    stage, clip, random = make_stage(), Colours().next_batch(1, 33), np.random.default_rng(0)
    batches = [stage.micro_batch(clip, random) for _ in range(80)]
    starts = [batch.starts.tolist() for batch in batches if batch.conditions.is_first.any()]
    alone = [begun for begun in starts if begun[1] == 1]
    assert 0.45 < len(alone) / len(starts) < 0.85  # a quarter of the rest, by chance
    assert [0, 1, 1, 1, 1, 5, 5, 5, 5] in alone  # the blocks of a stream of fours


def test_sound_and_references_are_hidden_at_random_also_together() -> None:
    recipe = replace(RECIPE, cfg_dropout=0.3, audio_dropout=0.2, reference_dropout=0.2)
    recipe = replace(recipe, mid_stream=0.0)
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
