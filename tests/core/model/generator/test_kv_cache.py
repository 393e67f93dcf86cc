"""KV cache: which slots blocks write and attend to, and the distance of the attention sink."""

import pytest
import torch

from core.model.attention import CachedAttention
from core.model.generator.flow_transformer import Generator
from core.model.generator.generator_config import GENERATOR_PRESETS
from core.model.generator.kv_cache import (
    CachePolicy,
    CacheSlots,
    CleanCachePolicy,
    KVCache,
    TimestepForcingPolicy,
    cache_policy,
    cached_attention,
    initial_kv_cache,
    replace_references,
)
from core.model.rotary import apply_rotary
from tests.core.model.small import SMALL, generator, latents, sampled


def test_a_clean_window_fills_up_and_goes_on_with_its_last_block() -> None:
    length, starts = torch.tensor(0), []
    policy = CleanCachePolicy(window=8, max_block=2)
    for _ in range(8):
        assert policy.slots(length, 2).visible.tolist() == [slot < length + 2 for slot in range(8)]
        committed = policy.commit(length, 2)
        assert committed.visible.tolist() == [slot < committed.start + 2 for slot in range(8)]
        starts.append((length.item(), committed.start.item()))
        length = committed.start + 2
    assert starts == [(0, 0), (2, 2), (4, 4), (6, 0), (2, 2), (4, 4), (6, 0), (2, 2)]


@pytest.mark.parametrize("replaces_sink", [True, False])
def test_a_sampling_names_its_policy(replaces_sink: bool) -> None:
    clean = sampled(kv_cache="clean", replaces_sink=replaces_sink)
    assert cache_policy(SMALL, clean) == CleanCachePolicy(SMALL.window, 2, replaces_sink)
    noisy = sampled(kv_cache="timestep-forcing", replaces_sink=replaces_sink)
    assert cache_policy(SMALL, noisy) == TimestepForcingPolicy(SMALL.history, 2, replaces_sink)


def test_the_first_paper_s_preset_samples_as_that_paper_does() -> None:
    preset = GENERATOR_PRESETS["paper"]
    assert cache_policy(preset, preset.sampling) == CleanCachePolicy(window=32, max_block=4)
    assert (preset.sampling.steps, preset.sampling.cfg_scale) == (12, 2.0)


@pytest.mark.parametrize("block", [1, 2, 3, 4])
def test_a_clean_window_always_has_room(block: int) -> None:
    policy, length = CleanCachePolicy(window=8, max_block=block), torch.tensor(0)
    for size in [block] * 20 + [1, block, max(1, block - 1)] * 10:
        assert policy.slots(length, size).write.max() < 8
        length = policy.commit(length, size).start + size


@pytest.mark.parametrize("sizes", [[1] * 200, [4] * 200, [1, 2, 3, 4] * 50])
def test_a_ring_buffer_holds_the_newest_and_nothing_else(sizes: list[int]) -> None:
    policy, length = TimestepForcingPolicy(history=6, max_block=4), torch.tensor(0)
    ring = [-1] * policy.capacity()  # the latent in each slot
    for size in sizes:
        slots = policy.slots(length, size)
        for index, slot in enumerate(slots.write.tolist()):
            ring[slot] = int(length) + index
        visible = sorted(latent for latent, there in zip(ring, slots.visible, strict=True) if there)
        assert visible == list(range(max(0, int(length) - 6), int(length) + size))
        assert slots.start == length
        length = length + size


def test_noisy_caches_are_kept_apart_by_step_and_the_clean_one_is_one() -> None:
    noisy: CachePolicy = TimestepForcingPolicy(4, 1)
    clean: CachePolicy = CleanCachePolicy(8, 1)
    assert [noisy.cache_index(step) for step in range(3)] == [0, 1, 2]
    assert [clean.cache_index(step) for step in range(3)] == [0, 0, 0]
    assert noisy.commit(torch.tensor(0), 1) is None
    assert clean.commit(torch.tensor(0), 1) is not None


@pytest.mark.parametrize("policy", [CleanCachePolicy(8, 2), TimestepForcingPolicy(4, 2)])
def test_references_stay_at_their_distance_however_long_a_stream_runs(policy: CachePolicy) -> None:
    network, cache = _cache(policy)
    query = torch.randn(SMALL.tokens_per_latent, SMALL.head_width, dtype=torch.float64)
    references = cache.references.keys.shape[3]
    logits = []
    for length in [*range(0, 400, 2), 10**9]:
        at = torch.tensor(length)
        slots = CacheSlots(at, torch.tensor([0]), torch.ones(policy.capacity(), dtype=torch.bool))
        cached_attention(network, cache, slots)
        turned = apply_rotary(query, network.rotary.rotation_at(at[None]))
        logits.append(turned @ cache.keys[0, 0, 0, 0, :references].mT)
    torch.testing.assert_close(
        torch.stack(logits), logits[0].expand(len(logits), -1, -1), rtol=0, atol=1e-5
    )


def test_other_references_take_the_place_of_those_that_were() -> None:
    policy = TimestepForcingPolicy(4, 2)
    network, cache = _cache(policy)
    others = network.reference_key_values(latents(2), torch.tensor([[True, False]] * 2))
    cache = replace_references(cache, others)
    (pattern, *_), *_ = cached_attention(network, cache, policy.slots(cache.length, 1))
    count = others.keys.shape[3]
    assert torch.equal(
        cache.values[:, :, :, :, :count], others.values.expand(2, -1, -1, -1, -1, -1)
    )
    assert isinstance(pattern, CachedAttention)
    visible = (pattern.bias[0, 0, 0, :count] == 0).tolist()
    assert visible == [True] * SMALL.tokens_per_latent + [False] * SMALL.tokens_per_latent


def test_a_copy_shares_nothing() -> None:
    _, cache = _cache(CleanCachePolicy(8, 2))
    copy = cache.copy()
    for ours, theirs in zip(_tensors(cache), _tensors(copy), strict=True):
        assert torch.equal(ours, theirs)
        assert ours.data_ptr() != theirs.data_ptr()


def _cache(policy: CachePolicy) -> tuple[Generator, KVCache]:
    network = generator().requires_grad_(False)
    references = network.reference_key_values(latents(2), torch.ones(2, 2, dtype=torch.bool))
    return network, initial_kv_cache(SMALL, policy, 2, references)


def _tensors(cache: KVCache) -> list[torch.Tensor]:
    return [cache.keys, cache.values, cache.length, *cache.references]
