"""Samples in training are those of live use."""

from typing import get_args

import pytest
import torch

from core.model.generator.generator_config import KVCacheMode
from core.model.generator.kv_cache import cache_policy
from core.model.generator.rollout import Rollout
from core.training.avatar.samples import embed_audio, sample_streaming
from tests.core.model.small import SMALL, generator, latents, sampled
from tests.draws import normal

LATENTS = 13
"""Beyond both caches."""


@pytest.mark.parametrize("kv_cache", get_args(KVCacheMode))
@pytest.mark.parametrize("sizes", [[1] * 13, [1, 2, 2, 2, 2, 2, 2], [1, 4, 4, 4]])
def test_samples_are_drawn_in_the_blocks_of_live_use_with_the_cache_that_the_sampling_names(
    sizes: list[int], kv_cache: KVCacheMode
) -> None:
    network, references = generator(), latents(2)
    sampling = sampled(block=sizes[1], kv_cache=kv_cache)
    features = normal(2, 1 + 4 * (LATENTS - 1), SMALL.audio.feature_size)
    torch.manual_seed(5)
    found = sample_streaming(network, sampling, references, features, LATENTS)
    torch.manual_seed(5)
    rollout = Rollout(network, cache_policy(SMALL, sampling), sampling)
    present = torch.ones(references.shape[:2], dtype=torch.bool)
    state = rollout.start(references, present)
    with torch.no_grad():
        audio = embed_audio(network, features)
    for sound, drawn in zip(
        torch.split(audio, sizes, 1), torch.split(found, sizes, 1), strict=True
    ):
        noise = torch.randn(*sound.shape[:2], *references.shape[2:])
        expected, state = rollout.step(noise, sound, state)
        assert torch.equal(drawn, expected)
