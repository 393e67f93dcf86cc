from dataclasses import replace
from math import prod
from typing import Any, get_args

import numpy as np
import pytest
import torch
from torch import Tensor
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils._pytree import tree_leaves

from core.model.audio_encoders.audio_encoder import SpeechAudioEncoder
from core.model.generator.generator_config import KVCacheMode
from core.model.generator.kv_cache import cache_policy
from core.model.generator.rollout import Rollout
from core.model.vae.flow_field import Composition
from core.neural.inference import StreamingInference
from core.neural.latent_decoder import LatentDecoder
from core.neural.opened_photo import EyeRegions
from core.puppet.blinks import Blinks
from core.stream import SEED
from core.video import FPS
from tests.core.neural.small import CONFIG, avatar, encoder, reference_frames

EYES = EyeRegions(torch.ones(2, 32, 32), torch.zeros(2, 32, 32))
LATENT = (CONFIG.generator.latent_channels, CONFIG.generator.grid, CONFIG.generator.grid)


class NothingFromTheHost(TorchDispatchMode):
    """Refuses what no CUDA graph can record: numbers, or tensors, that come from the host."""

    def __init__(self, device: str) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self.device = device

    def __torch_dispatch__(
        self, operation: Any, types: Any, arguments: Any = (), options: Any = None
    ) -> Any:
        assert operation is not torch.ops.aten.lift_fresh.default, "a tensor is made of numbers"
        result = operation(*arguments, **(options or {}))
        for leaf in tree_leaves((arguments, options, result)):
            if isinstance(leaf, Tensor) and leaf.ndim:
                assert leaf.device.type == self.device, operation
        return result


@pytest.mark.parametrize("kv_cache", get_args(KVCacheMode))
@pytest.mark.parametrize("device", ["cpu", "meta"])
def test_a_block_takes_nothing_from_the_host(device: str, kv_cache: KVCacheMode) -> None:
    """On a processor numbers that become tensors are seen; without data, where tensors lie."""
    network = avatar().to(device)
    generator = CONFIG.generator
    sampling = replace(generator.sampling, kv_cache=kv_cache)
    rollout = Rollout(network.generator, cache_policy(generator, sampling), sampling)
    photos = torch.zeros(1, 2, 3, 32, 32, device=device)
    first = torch.zeros(
        1, 1, generator.latent_channels, generator.grid, generator.grid, device=device
    )
    conditioning = torch.zeros(1, 1, generator.audio.width, device=device)
    with torch.no_grad():
        references = network.vae.encode_references(photos)
        state = rollout.start(first, torch.ones(1, 1, dtype=torch.bool, device=device))
        latents, state = rollout.step(first, conditioning, state)
        _, decoder = network.vae.decode(network.denormalize(latents), references)
        with NothingFromTheHost(device):
            latents, _ = rollout.step(first, conditioning, state)
            network.vae.decode(network.denormalize(latents), references, decoder)


def test_the_generator_never_sees_the_opened_photo() -> None:
    network, photos = avatar(), reference_frames(3).references
    whole, opened = LatentDecoder(network, photos), LatentDecoder(network, photos, EYES)
    assert torch.equal(opened.reference_latents, whole.reference_latents[:, :2])
    latents = 0.3 * torch.randn(1, 1, *whole.reference_latents.shape[2:])
    layers, _ = opened.decode(latents, opened.start(latents))
    assert layers.weight.shape[2] == 3


def decoded(eyes: EyeRegions, latents: Tensor, block: int) -> Composition:
    """Return the layers of latents with two photos, decoded in blocks of so many."""
    decoder = LatentDecoder(avatar(), reference_frames(2).references, eyes)
    state, parts = decoder.start(latents[:, :1]), []
    for part in torch.split(latents[:, 1:], block, 1):
        layers, state = decoder.decode(part, state)
        parts.append([layer.clone() for layer in layers])
    return Composition(*(torch.cat(part, 1) for part in zip(*parts, strict=True)))


def test_a_person_blinks_by_a_clock_through_any_cut_of_a_stream() -> None:
    latents = 0.3 * torch.randn(1, 1 + 8 * FPS // 4, *LATENT)
    blinks, cut = (decoded(EYES, latents, block) for block in (5, 2))
    shut = Blinks(np.array([SEED]))(np.arange(1, 1 + 8 * FPS) / FPS)[0]
    assert 0 < (shut > 0).mean() < 0.5
    seen = blinks.weight[0, :, 1].flatten(1).amax(1) > 1e-5
    assert torch.equal(seen, torch.from_numpy(shut > 0))
    assert torch.allclose(blinks.weight[:, shut > 0.99, 1], torch.ones(()), atol=0.05)
    torch.testing.assert_close(cut.weight, blinks.weight, atol=1e-4, rtol=0)


def test_lips_part_by_the_models_gain_where_the_first_photos_are_sealed() -> None:
    network, photos = avatar(), reference_frames(2).references
    network.generator.lip_basis = torch.eye(4, prod(LATENT))
    latents = 0.3 * torch.randn(1, 1, *LATENT)

    def flow(gain: float, eyes: EyeRegions | None, shown: Tensor = latents) -> Tensor:
        network.config = replace(network.config, lip_gain=gain)
        decoder = LatentDecoder(network, photos, eyes)
        return decoder.decode(shown, decoder.start(shown))[0].flow.clone()

    sealed = LatentDecoder(network, photos, EYES).reference_latents[:, :1]
    wider = network.part_lips(latents, sealed, 1.5)
    torch.testing.assert_close(flow(1.5, EYES), flow(1.0, EYES, wider))
    assert not torch.allclose(flow(1.5, EYES), flow(1.0, EYES), atol=1e-4)
    assert torch.equal(flow(1.5, None), flow(1.0, None))


def test_latents_stay_in_full_precision_where_layers_are_halved() -> None:
    person, audio_encoder = reference_frames(), SpeechAudioEncoder(encoder())
    sampling = CONFIG.generator.sampling
    inference = StreamingInference(
        avatar().bfloat16(), audio_encoder, person.references.bfloat16(), sampling
    )
    conditioning, state = inference.encode_audio(
        torch.zeros(1, inference.conditioner.hop), inference.start(seed=1)
    )
    latents, state = inference.sample(conditioning, state)
    assert latents.dtype == torch.float32
    assert not torch.equal(latents, latents.bfloat16().float())
    layers, _ = inference.decode(latents, state)
    assert layers.residual.isfinite().all()
