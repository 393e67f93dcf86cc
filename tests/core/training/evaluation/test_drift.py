"""Probes of a long rollout: decoded around their times only, as if all had been."""

import pytest
import torch
from torch import Tensor

from core.training.evaluation.drift import DECODER_WARM_UP, PROBE_FRAMES, model_probes
from core.training.evaluation.model_player import ModelPlayer, Photos
from core.video import FPS
from tests.core.neural.small import avatar, sampled
from tests.core.training.avatar.moving import nothing_but_person
from tests.draws import normal, uniform
from tests.golden.model import toy


class Counting(ModelPlayer):
    """Counts the blocks that are decoded."""

    decoded = 0

    def decode(self, latents: Tensor) -> Tensor:
        self.decoded += 1
        return super().decode(latents)


@pytest.mark.parametrize("block", [1, 2])
def test_a_probe_warms_the_decoder_up_by_latents_whatever_the_block(block: int) -> None:
    features, photo = normal(50, 5).float(), uniform(1, 1, 3, 32, 32).float()
    photos = Photos(photo, nothing_but_person(photo[:, 0], 1))
    player = Counting(avatar(), features, photos, sampled(block=block), 1)
    (probe,) = model_probes(player, [40 * 4 / FPS])
    assert player.decoded == (DECODER_WARM_UP + PROBE_FRAMES // 4) // block
    assert len(probe.frames) == PROBE_FRAMES


@pytest.mark.parametrize("name", ["lite", "paper"])
def test_a_decoder_remembers_less_than_its_warm_up(name: str) -> None:
    network, count = toy(name), DECODER_WARM_UP + 2
    config = network.config.vae
    latents = normal(1, count, config.latent_channels, 2, 2).requires_grad_()
    known = network.vae.encode_references(uniform(1, 0, 3, config.size, config.size))
    residual = network.vae.decode(latents, known)[0].composition.residual
    last = residual[:, -config.frames_per_latent :].square().sum()
    (gradient,) = torch.autograd.grad(last, latents)
    reach = gradient.abs().amax((0, 2, 3, 4)) > 0
    assert not reach[: count - 1 - DECODER_WARM_UP].any()
    assert reach[-DECODER_WARM_UP // 2 :].all()
