"""The decoder against its critic, at toy size."""

import numpy as np
import torch

from core.model.vae.causal_vae import CausalVideoVae
from core.training.avatar.adversarial import AdversarialRecipe, AdversarialStage
from core.training.avatar.discriminator import (
    PatchDiscriminator,
    decoder_losses,
    discriminator_loss,
)
from core.training.avatar.vae import VaeRecipe
from core.training.trainer.clip_batch import LengthPhase
from core.training.trainer.optimization import Optimization, OptimizationConfig
from tests.core.model.small_vae import SMALL
from tests.core.training.avatar.moving import Colours

RECIPE = AdversarialRecipe(
    VaeRecipe(clip_lengths=(LengthPhase(0.0, 5),)), critic_widths=(8, 16, 16, 16)
)


def make_stage() -> AdversarialStage:
    torch.manual_seed(0)
    return AdversarialStage(CausalVideoVae(SMALL), RECIPE)


def test_a_critic_judges_patches_and_learns_to_tell_noise_from_colours() -> None:
    torch.manual_seed(0)
    critic = PatchDiscriminator((8, 16, 16, 16))
    assert critic(torch.zeros(2, 3, 64, 64))[-1].shape == (2, 1, 6, 6)
    optimiser = torch.optim.AdamW(critic.parameters(), 3e-3)
    losses = []
    for seed in range(20):
        true = Colours(seed=seed).next_batch(4, 1).frames.flatten(0, 1)
        loss = discriminator_loss(critic, torch.randn_like(true), true)
        optimiser.zero_grad()
        torch.autograd.backward(loss)
        optimiser.step()
        losses.append(float(loss.detach()))
    assert losses[0] > 1.5
    assert losses[-1] < 0.5


def test_the_painter_does_not_teach_the_critic_nor_the_critic_the_painter() -> None:
    torch.manual_seed(0)
    critic, true = PatchDiscriminator((8, 16, 16, 16)), torch.rand(2, 3, 32, 32)
    made = torch.rand(2, 3, 32, 32, requires_grad=True)
    torch.autograd.backward(torch.stack(decoder_losses(critic, made, true)).sum())
    assert made.grad is not None
    assert all(parameter.grad is None for parameter in critic.parameters())
    made.grad = None
    torch.autograd.backward(discriminator_loss(critic, made, true))
    assert made.grad is None
    assert decoder_losses(critic, true, true).feature_matching == 0


def test_a_decoder_learns_while_its_encoder_stays() -> None:
    stage, clips, random = make_stage(), Colours(seed=1), np.random.default_rng(0)
    encoder = {name: t.clone() for name, t in stage.vae.encoder.state_dict().items()}
    optimization = Optimization(
        stage.network, OptimizationConfig(learning_rate=3e-3, warmup_steps=1)
    )
    pixels = []
    for _ in range(15):
        (task,) = stage.micro_batches(clips.next_batch(2, 5), random)
        terms = stage.losses(task)
        optimization.backward(torch.stack([*terms.values()]).sum())
        optimization.step(progress=0.0)
        pixels.append(float(terms["l1"].detach()))
    assert {"l1", "adversarial", "feature_matching", "critic"} <= set(terms)
    assert np.mean(pixels[-5:]) < 0.85 * np.mean(pixels[:5])
    for name, tensor in stage.vae.encoder.state_dict().items():
        assert torch.equal(tensor, encoder[name]), name


def test_samples_and_metrics_are_those_of_the_ema_decoder() -> None:
    stage, clip = make_stage(), Colours().next_batch(2, 5)
    mean = Optimization(stage.network, OptimizationConfig()).ema
    assert [len(row) for row in stage.sample_images(mean, clip)] == [2, 5, 5, 5, 5]
    before = stage.metrics(mean, clip)["psnr_1ref"]
    for parameter in mean.parameters():
        parameter.zero_()
    assert stage.metrics(mean, clip)["psnr_1ref"] != before
