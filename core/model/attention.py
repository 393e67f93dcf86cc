"""Multi-head attention and its three patterns: full, block-causal for training, KV-cached live."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple, Protocol

import torch
from torch import Tensor, nn
from torch.nn import functional

from core.model.rotary import RotaryEmbedding, Rotation, apply_rotary


class KeyValues(NamedTuple):
    """Keys and values of one layer's tokens; where not said otherwise, keys are not yet rotated."""

    keys: Tensor
    """(batch, heads, tokens, head_width)"""
    values: Tensor
    """(batch, heads, tokens, head_width)"""


class AttentionPattern(Protocol):
    """Which keys and values the tokens of one layer attend to, and at which rotary positions."""

    def attend(self, queries_keys: Tensor, values: Tensor) -> Tensor:
        """Return the attention output, (batch, heads, tokens, head_width).

        `queries_keys` is (2, batch, heads, tokens, head_width), not rotated.
        """
        ...


class MultiHeadAttention(nn.Module):
    """Multi-head self-attention with QK norm: queries and keys are layer-normed with one gain."""

    def __init__(self, width: int, heads: int) -> None:
        super().__init__()
        self.heads = heads
        self.qkv = nn.Linear(width, 3 * width)
        self.qk_norm = nn.LayerNorm(width // heads, bias=False)
        self.out = nn.Linear(width, width)

    def forward(self, x: Tensor, pattern: AttentionPattern) -> tuple[Tensor, KeyValues]:
        """Take (batch, tokens, width); return the same shape, and the tokens' keys and values."""
        batch, tokens, width = x.shape
        qkv = self.qkv(x).view(batch, tokens, 3, self.heads, -1)
        queries_keys = self.qk_norm(qkv[:, :, :2]).permute(2, 0, 3, 1, 4)
        values = qkv[:, :, 2].transpose(1, 2)
        y = pattern.attend(queries_keys, values).transpose(1, 2).reshape(batch, tokens, width)
        return self.out(y), KeyValues(queries_keys[1], values)


@dataclass(frozen=True)
class FullAttention:
    """Unmasked self-attention: every token attends to every other, and to nothing else."""

    rotation: Rotation

    def attend(self, queries_keys: Tensor, values: Tensor) -> Tensor:
        """See `AttentionPattern.attend`."""
        queries, keys = apply_rotary(queries_keys, self.rotation)
        return functional.scaled_dot_product_attention(queries, keys, values)


@dataclass(frozen=True)
class CachedAttention:
    """Attention of one block over a static KV cache, into which it first writes its own tokens.

    Without gradients. The cache, rotated keys and values (batch, heads, slots, head_width), is
    changed in place and has a fixed shape, so that a CUDA graph of a block always finds it.
    """

    cache: KeyValues
    rotation: Rotation
    slots: Tensor
    """Where in the cache the tokens are written, (tokens,)."""
    bias: Tensor
    """0 for slots that are visible, minus infinity for others, (batch, 1, 1, slots)."""

    def attend(self, queries_keys: Tensor, values: Tensor) -> Tensor:
        """See `AttentionPattern.attend`."""
        cache = self.cache
        queries, keys = apply_rotary(queries_keys, self.rotation).type_as(cache.keys)
        cache.keys.index_copy_(2, self.slots, keys)
        cache.values.index_copy_(2, self.slots, values.type_as(cache.values))
        return functional.scaled_dot_product_attention(queries, *cache, attn_mask=self.bias)


class RotaryPhases(NamedTuple):
    """Rotary phases of the tokens of many blocks, towards each other and towards references.

    References keep their distance from each block. Where all blocks are computed at once, one set
    of rotated reference keys cannot be at the right distance from all; so a query carries its
    time twice, as the stream counts it and as its block does, and each key is zero in one of them.
    """

    stream: Rotation
    block: Rotation
    reference: Rotation


@dataclass(frozen=True)
class BlockCausalAttention:
    """Block-causal attention over a whole clip: references, blocks before a block, and itself."""

    rotary: RotaryEmbedding
    phases: RotaryPhases
    references: KeyValues
    visible: Tensor
    """(batch, 1, tokens, keys): references, then `past` if there is one, then own."""
    past: KeyValues | None
    """Keys and values of past blocks, if not the blocks' own (but of clean latents, say)."""
    corruption: float
    """Noise in the keys and values of past blocks, as a share of their size."""

    def attend(self, queries_keys: Tensor, values: Tensor) -> Tensor:
        """See `AttentionPattern.attend`."""
        own = KeyValues(queries_keys[1], values)
        sources = [own]
        if self.past is not None or self.corruption > 0:
            sources = [corrupt_history(self.past or own, self.corruption), own]
        all_keys = [self._reference_keys(), *(self._keys(source.keys) for source in sources)]
        all_values = [self.references.values, *(source.values for source in sources)]
        return functional.scaled_dot_product_attention(
            self._queries(queries_keys[0]),
            torch.cat(all_keys, 2),
            torch.cat(all_values, 2),
            attn_mask=self.visible,
            scale=values.shape[-1] ** -0.5,
        )

    def _queries(self, queries: Tensor) -> Tensor:
        in_stream, in_block = (apply_rotary(queries, phase) for phase in self.phases[:2])
        return torch.cat([in_stream, self.rotary.time_part(in_block)], -1)

    def _keys(self, keys: Tensor) -> Tensor:
        rotated = apply_rotary(keys, self.phases.stream)
        return functional.pad(rotated, (0, 2 * self.rotary.time_pairs))

    def _reference_keys(self) -> Tensor:
        keys = apply_rotary(self.references.keys, self.phases.reference)
        return torch.cat([self.rotary.zero_time_part(keys), self.rotary.time_part(keys)], -1)


def corrupt_history(history: KeyValues, strength: float) -> KeyValues:
    """Add noise to keys and values, as a share of their size (2512.04677, History Corrupt)."""
    if strength == 0:
        return history
    size = (part.detach().square().mean(-1, keepdim=True).sqrt() for part in history)
    noisy = [p + strength * s * torch.randn_like(p) for p, s in zip(history, size, strict=True)]
    return KeyValues(*noisy)


def block_starts(sizes: Sequence[int]) -> Tensor:
    """Return for each latent of blocks of these sizes the first one of its block, (latents,)."""
    spans = torch.tensor(sizes)
    return (spans.cumsum(0) - spans).repeat_interleave(spans)


def block_causal_mask(
    starts: Tensor, tokens: int, history: int | None, separate_past: bool
) -> Tensor:
    """Return the block-causal mask of a clip: visible keys, (latents * tokens, keys).

    `starts` as from `block_starts`, `tokens` per latent. A block sees `history` latents before
    its first one; None: all. With `separate_past` the keys of the past are others than the
    blocks' own, and stand before them.
    """
    positions = torch.arange(len(starts), device=starts.device)
    past = positions < starts[:, None]
    if history is not None:
        past &= positions >= starts[:, None] - history
    same_block = starts == starts[:, None]
    visible = torch.cat([past, same_block], 1) if separate_past else past | same_block
    return visible.repeat_interleave(tokens, 0).repeat_interleave(tokens, 1)
