"""Cache policies: where blocks sit, what they see, and that a memory is one piece."""

import pytest
import torch

from core.model.attention import CachedAttention
from core.model.generator.flow_transformer import Generator
from core.model.generator.kv_cache import (
    CachePolicy,
    CacheSlots,
    CleanCachePolicy,
    KVCache,
    TimestepForcingPolicy,
    cached_attention,
    initial_kv_cache,
    replace_references,
)
from core.model.rotary import apply_rotary
from tests.core.model.small import SMALL, generator, latents


def test_a_clean_window_fills_up_and_goes_on_with_its_last_block() -> None:
    drawn, starts = torch.tensor(0), []
    policy = CleanCachePolicy(window=8, max_block=2)
    for _ in range(8):
        assert policy.slots(drawn, 2).visible.tolist() == [place < drawn + 2 for place in range(8)]
        settled = policy.commit(drawn, 2)
        assert settled.visible.tolist() == [place < settled.start + 2 for place in range(8)]
        starts.append((drawn.item(), settled.start.item()))
        drawn = settled.start + 2
    assert starts == [(0, 0), (2, 2), (4, 4), (6, 0), (2, 2), (4, 4), (6, 0), (2, 2)]


@pytest.mark.parametrize("block", [1, 2, 3, 4])
def test_a_clean_window_always_has_room(block: int) -> None:
    policy, drawn = CleanCachePolicy(window=8, max_block=block), torch.tensor(0)
    for size in [block] * 20 + [1, block, max(1, block - 1)] * 10:
        assert policy.slots(drawn, size).write.max() < 8
        drawn = policy.commit(drawn, size).start + size


@pytest.mark.parametrize("sizes", [[1] * 200, [4] * 200, [1, 2, 3, 4] * 50])
def test_a_ring_remembers_the_newest_and_nothing_else(sizes: list[int]) -> None:
    policy, drawn = TimestepForcingPolicy(history=6, max_block=4), torch.tensor(0)
    ring = [-1] * policy.capacity()  # which latent lies where
    for size in sizes:
        seat = policy.slots(drawn, size)
        for index, place in enumerate(seat.write.tolist()):
            ring[place] = int(drawn) + index
        seen = sorted(latent for latent, there in zip(ring, seat.visible, strict=True) if there)
        assert seen == list(range(max(0, int(drawn) - 6), int(drawn) + size))
        assert seat.start == drawn
        drawn = drawn + size


def test_noisy_pasts_are_kept_apart_by_step_and_the_clean_one_is_one() -> None:
    noisy: CachePolicy = TimestepForcingPolicy(4, 1)
    clean: CachePolicy = CleanCachePolicy(8, 1)
    assert [noisy.cache_index(step) for step in range(3)] == [0, 1, 2]
    assert [clean.cache_index(step) for step in range(3)] == [0, 0, 0]
    assert noisy.commit(torch.tensor(0), 1) is None
    assert clean.commit(torch.tensor(0), 1) is not None


@pytest.mark.parametrize("policy", [CleanCachePolicy(8, 2), TimestepForcingPolicy(4, 2)])
def test_references_stay_at_their_distance_however_long_a_stream_runs(policy: CachePolicy) -> None:
    network, memory = _memory(policy)
    query = torch.randn(SMALL.tokens_per_latent, SMALL.head_width, dtype=torch.float64)
    references = memory.references.keys.shape[3]
    logits = []
    for drawn in [*range(0, 400, 2), 10**9]:
        at = torch.tensor(drawn)
        seat = CacheSlots(at, torch.tensor([0]), torch.ones(policy.capacity(), dtype=torch.bool))
        cached_attention(network, memory, seat)
        turned = apply_rotary(query, network.rotary.rotation_at(at[None]))
        logits.append(turned @ memory.keys[0, 0, 0, 0, :references].mT)
    torch.testing.assert_close(
        torch.stack(logits), logits[0].expand(len(logits), -1, -1), rtol=0, atol=1e-5
    )


def test_other_references_take_the_place_of_those_that_were() -> None:
    policy = TimestepForcingPolicy(4, 2)
    network, memory = _memory(policy)
    others = network.reference_key_values(latents(2), torch.tensor([[True, False]] * 2))
    memory = replace_references(memory, others)
    (view, *_), *_ = cached_attention(network, memory, policy.slots(memory.length, 1))
    count = others.keys.shape[3]
    assert torch.equal(
        memory.values[:, :, :, :, :count], others.values.expand(2, -1, -1, -1, -1, -1)
    )
    assert isinstance(view, CachedAttention)
    seen = (view.bias[0, 0, 0, :count] == 0).tolist()
    assert seen == [True] * SMALL.tokens_per_latent + [False] * SMALL.tokens_per_latent


def test_a_copy_shares_nothing() -> None:
    _, memory = _memory(CleanCachePolicy(8, 2))
    copy = memory.copy()
    for ours, theirs in zip(_tensors(memory), _tensors(copy), strict=True):
        assert torch.equal(ours, theirs)
        assert ours.data_ptr() != theirs.data_ptr()


def _memory(policy: CachePolicy) -> tuple[Generator, KVCache]:
    network = generator().requires_grad_(False)
    references = network.reference_key_values(latents(2), torch.ones(2, 2, dtype=torch.bool))
    return network, initial_kv_cache(SMALL, policy, 2, references)


def _tensors(memory: KVCache) -> list[torch.Tensor]:
    return [memory.keys, memory.values, memory.length, *memory.references]
