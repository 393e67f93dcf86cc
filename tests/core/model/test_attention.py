"""Attention: causal masks, and patterns that agree with plain attention."""

import pytest
import torch
from torch import Tensor

from core.model.attention import (
    BlockCausalAttention,
    CachedAttention,
    FullAttention,
    KeyValues,
    MultiHeadAttention,
    RotaryPhases,
    block_causal_mask,
    block_starts,
    corrupt_history,
)
from core.model.rotary import RotaryEmbedding, apply_rotary

HEADS, WIDTH, GRID, DISTANCE = 2, 24, 2, 5
TOKENS = GRID * GRID


@pytest.fixture(scope="module")
def rotary() -> RotaryEmbedding:
    return RotaryEmbedding(WIDTH, GRID, 32).double()


def test_blocks_start_where_the_one_before_ends() -> None:
    assert block_starts([1, 3, 2]).tolist() == [0, 1, 1, 1, 4, 4]


def test_a_block_sees_itself_and_what_lies_before() -> None:
    visible = block_causal_mask(block_starts([1, 2, 1]), 1, None, separate_past=False)
    assert visible.int().tolist() == [[1, 0, 0, 0], [1, 1, 1, 0], [1, 1, 1, 0], [1, 1, 1, 1]]


def test_with_a_separate_past_a_block_sees_that_before_and_itself_as_it_is() -> None:
    visible = block_causal_mask(block_starts([1, 2, 1]), 1, None, separate_past=True)
    past, own = visible.int().chunk(2, 1)
    assert past.tolist() == [[0, 0, 0, 0], [1, 0, 0, 0], [1, 0, 0, 0], [1, 1, 1, 0]]
    assert own.tolist() == [[1, 0, 0, 0], [0, 1, 1, 0], [0, 1, 1, 0], [0, 0, 0, 1]]


def test_history_counts_from_the_first_latent_of_a_block() -> None:
    visible = block_causal_mask(block_starts([2, 2, 2]), 1, 1, separate_past=False)
    assert visible[4:].int().tolist() == [[0, 0, 0, 1, 1, 1]] * 2


def test_all_tokens_of_a_latent_see_the_same() -> None:
    coarse = block_causal_mask(block_starts([1, 2]), 1, None, separate_past=False)
    fine = block_causal_mask(block_starts([1, 2]), 3, None, separate_past=False)
    assert torch.equal(fine[::3, ::3], coarse)
    assert torch.equal(fine, torch.kron(coarse, torch.ones(3, 3, dtype=torch.bool)))


def test_blocks_at_once_keep_references_at_their_distance_from_each(
    rotary: RotaryEmbedding,
) -> None:
    starts = block_starts([1, 2, 1])
    q, own, reference = _draw(4), _key_values(4), _key_values(1)
    mask = torch.cat(
        [
            torch.ones(4 * TOKENS, TOKENS, dtype=torch.bool),
            block_causal_mask(starts, TOKENS, None, False),
        ],
        1,
    )
    when = torch.arange(4)
    phases = RotaryPhases(
        rotary.rotation_at(when),
        rotary.rotation_at(when - starts),
        rotary.rotation_at(torch.tensor([DISTANCE])),
    )
    pattern = BlockCausalAttention(rotary, phases, reference, mask[None, None], None, 0.0)
    at_once = pattern.attend(torch.stack([q, own.keys]), own.values)
    for start, end in ((0, 1), (1, 3), (3, 4)):
        alone = _one_block(rotary, q, own, reference, start, end)
        torch.testing.assert_close(at_once[:, :, start * TOKENS : end * TOKENS], alone)


def test_a_block_in_the_cache_sees_what_it_would_see_plainly(rotary: RotaryEmbedding) -> None:
    q, own, reference = _draw(3), _key_values(3), _key_values(1)
    plain = _one_block(rotary, q, own, reference, 2, 3)
    keys = torch.full(
        (1, HEADS, 5 * TOKENS, WIDTH), 9.0, dtype=torch.float64
    )  # what must not count
    values = keys.clone()
    filled = slice(0, 3 * TOKENS)
    when = rotary.rotation_at(torch.tensor([2 + DISTANCE])), rotary.rotation_at(torch.arange(2))
    past = KeyValues(own.keys[:, :, : 2 * TOKENS], own.values[:, :, : 2 * TOKENS])
    keys[:, :, filled] = torch.cat(
        [apply_rotary(reference.keys, when[0]), apply_rotary(past.keys, when[1])], 2
    )
    values[:, :, filled] = torch.cat([reference.values, past.values], 2)
    slots = torch.arange(4 * TOKENS, 5 * TOKENS)
    bias = torch.zeros(1, 1, 1, 5 * TOKENS, dtype=torch.float64)
    bias[..., 3 * TOKENS : 4 * TOKENS] = -torch.inf
    pattern = CachedAttention(
        KeyValues(keys, values), rotary.rotation_at(torch.tensor([2])), slots, bias
    )
    newest = slice(2 * TOKENS, 3 * TOKENS)
    queries_keys = torch.stack([q, own.keys])[..., newest, :]
    attended = pattern.attend(queries_keys, own.values[:, :, newest])
    torch.testing.assert_close(attended, plain)
    torch.testing.assert_close(values[:, :, slots], own.values[:, :, newest])


def test_full_attention_sees_its_own_values_only(rotary: RotaryEmbedding) -> None:
    values = torch.ones(1, HEADS, TOKENS, WIDTH, dtype=torch.float64)
    queries_keys = torch.stack([_draw(1), _draw(1)])
    attended = FullAttention(rotary.rotation_at(torch.tensor([0]))).attend(queries_keys, values)
    torch.testing.assert_close(attended, values)


def test_keys_do_not_depend_on_the_pattern(rotary: RotaryEmbedding) -> None:
    layer = MultiHeadAttention(HEADS * WIDTH, HEADS).double()
    x = torch.randn(1, TOKENS, HEADS * WIDTH, dtype=torch.float64)
    key_values = [
        layer(x, FullAttention(rotary.rotation_at(torch.tensor([time]))))[1] for time in (0, 3)
    ]
    assert torch.equal(key_values[0].keys, key_values[1].keys)


def test_corruption_is_a_share_of_the_size_and_none_at_zero() -> None:
    history = KeyValues(10 * torch.randn(1, 1, 2000, WIDTH), torch.randn(1, 1, 2000, WIDTH))
    assert corrupt_history(history, 0.0) is history
    noisy = corrupt_history(history, 0.5)
    assert (noisy.keys - history.keys).std().item() == pytest.approx(5, rel=0.05)
    assert (noisy.values - history.values).std().item() == pytest.approx(0.5, rel=0.05)


def _one_block(
    rotary: RotaryEmbedding, q: Tensor, own: KeyValues, reference: KeyValues, start: int, end: int
) -> Tensor:
    """Attend from one block with everything rotated to where it is."""
    until = end * TOKENS
    turned = apply_rotary(own.keys[:, :, :until], rotary.rotation_at(torch.arange(end)))
    sink = apply_rotary(reference.keys, rotary.rotation_at(torch.tensor([start + DISTANCE])))
    queries = apply_rotary(
        q[:, :, start * TOKENS : until], rotary.rotation_at(torch.arange(start, end))
    )
    weights = (queries @ torch.cat([sink, turned], 2).mT / WIDTH**0.5).softmax(-1)
    attended: Tensor = weights @ torch.cat([reference.values, own.values[:, :, :until]], 2)
    return attended


def _draw(latents: int) -> Tensor:
    return torch.randn(1, HEADS, latents * TOKENS, WIDTH, dtype=torch.float64)


def _key_values(latents: int) -> KeyValues:
    return KeyValues(_draw(latents), _draw(latents))
