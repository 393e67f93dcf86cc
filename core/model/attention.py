"""Attention, and the three ways in which tokens look: alone, block after block at once, cached."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple, Protocol

import torch
from torch import Tensor, nn
from torch.nn import functional

from core.model.rotary import RotaryEmbedding, Rotation, apply_rotary


class KeyValues(NamedTuple):
    """What a layer's tokens offer to those who look; keys are not rotated."""

    keys: Tensor
    """(batch, heads, tokens, head_width)"""
    values: Tensor
    """(batch, heads, tokens, head_width)"""


class AttentionPattern(Protocol):
    """What the tokens of one layer look at."""

    def attend(self, queries_keys: Tensor, values: Tensor) -> Tensor:
        """Return what tokens see, (batch, heads, tokens, head_width).

        `pair` is (2, batch, heads, tokens, head_width): their queries and keys, not rotated.
        """
        ...


class MultiHeadAttention(nn.Module):
    """Multi-head attention; queries and keys are normed, alike, to keep their products small."""

    def __init__(self, width: int, heads: int) -> None:
        super().__init__()
        self.heads = heads
        self.qkv = nn.Linear(width, 3 * width)
        self.qk_norm = nn.LayerNorm(width // heads, bias=False)
        self.out = nn.Linear(width, width)

    def forward(self, x: Tensor, pattern: AttentionPattern) -> tuple[Tensor, KeyValues]:
        """Look from (batch, tokens, width); return the same shape and what was offered."""
        batch, tokens, width = x.shape
        qkv = self.qkv(x).view(batch, tokens, 3, self.heads, -1)
        pair = self.qk_norm(qkv[:, :, :2]).permute(2, 0, 3, 1, 4)
        values = qkv[:, :, 2].transpose(1, 2)
        seen = pattern.attend(pair, values).transpose(1, 2).reshape(batch, tokens, width)
        return self.out(seen), KeyValues(pair[1], values)


@dataclass(frozen=True)
class FullAttention:
    """Tokens see each other and nothing else."""

    rotation: Rotation

    def attend(self, queries_keys: Tensor, values: Tensor) -> Tensor:
        """See `View.look`."""
        queries, keys = apply_rotary(queries_keys, self.rotation)
        return functional.scaled_dot_product_attention(queries, keys, values)


@dataclass(frozen=True)
class CachedAttention:
    """One block's tokens see a memory of fixed shape, into which they first write themselves.

    For use without gradients. The memory, rotated keys and values (batch, heads, places,
    head_width), is changed in place, so that a CUDA graph of a block always finds it.
    """

    cache: KeyValues
    rotation: Rotation
    slots: Tensor
    """Where in the memory the tokens go, (tokens,)."""
    bias: Tensor
    """0 for places they see, minus infinity for others, (batch, 1, 1, places)."""

    def attend(self, queries_keys: Tensor, values: Tensor) -> Tensor:
        """See `View.look`."""
        known = self.cache
        queries, keys = apply_rotary(queries_keys, self.rotation).type_as(known.keys)
        known.keys.index_copy_(2, self.slots, keys)
        known.values.index_copy_(2, self.slots, values.type_as(known.values))
        return functional.scaled_dot_product_attention(queries, *known, attn_mask=self.bias)


class RotaryPhases(NamedTuple):
    """How tokens of many blocks turn when they look at each other, and at references.

    References keep their distance from each block. Where all blocks are computed at once, one set
    of rotated reference keys cannot be at the right distance from all; so a query carries its
    time twice, as the stream counts it and as its block does, and no key listens to both.
    """

    stream: Rotation
    block: Rotation
    reference: Rotation


@dataclass(frozen=True)
class BlockCausalAttention:
    """Blocks computed at once: each sees the references, blocks before it, and itself."""

    rotary: RotaryEmbedding
    phases: RotaryPhases
    references: KeyValues
    visible: Tensor
    """(batch, 1, tokens, keys): references, then `past` if there is one, then own."""
    past: KeyValues | None
    """What blocks before offer, if it is not what they offered themselves (but clean, say)."""
    corruption: float
    """Noise in what is offered by blocks before, as a share of its size."""

    def attend(self, queries_keys: Tensor, values: Tensor) -> Tensor:
        """See `View.look`."""
        own = KeyValues(queries_keys[1], values)
        offers = [own]
        if self.past is not None or self.corruption > 0:
            offers = [corrupt_history(self.past or own, self.corruption), own]
        keys = [self._reference_keys(), *(self._keys(offer.keys) for offer in offers)]
        offered = [self.references.values, *(offer.values for offer in offers)]
        return functional.scaled_dot_product_attention(
            self._queries(queries_keys[0]),
            torch.cat(keys, 2),
            torch.cat(offered, 2),
            attn_mask=self.visible,
            scale=values.shape[-1] ** -0.5,
        )

    def _queries(self, queries: Tensor) -> Tensor:
        in_stream, in_block = (apply_rotary(queries, clock) for clock in self.phases[:2])
        return torch.cat([in_stream, self.rotary.time_part(in_block)], -1)

    def _keys(self, keys: Tensor) -> Tensor:
        return functional.pad(
            apply_rotary(keys, self.phases.stream), (0, 2 * self.rotary.time_pairs)
        )

    def _reference_keys(self) -> Tensor:
        keys = apply_rotary(self.references.keys, self.phases.reference)
        return torch.cat([self.rotary.zero_time_part(keys), self.rotary.time_part(keys)], -1)


def corrupt_history(offer: KeyValues, strength: float) -> KeyValues:
    """Add noise to keys and values, as a share of their size (2512.04677, History Corrupt)."""
    if strength == 0:
        return offer
    size = (part.detach().square().mean(-1, keepdim=True).sqrt() for part in offer)
    noisy = [p + strength * s * torch.randn_like(p) for p, s in zip(offer, size, strict=True)]
    return KeyValues(*noisy)


def block_starts(sizes: Sequence[int]) -> Tensor:
    """Return for each latent of blocks of these sizes the first one of its block, (latents,)."""
    spans = torch.tensor(sizes)
    return (spans.cumsum(0) - spans).repeat_interleave(spans)


def block_causal_mask(
    starts: Tensor, tokens: int, history: int | None, separate_past: bool
) -> Tensor:
    """Return which keys each token of a clip sees, (latents * tokens, keys).

    `starts` as from `block_starts`, `tokens` per latent. A block sees `history` latents before
    its first one; None: all. With `apart` the keys of the past are others than the blocks' own,
    and stand before them.
    """
    when = torch.arange(len(starts), device=starts.device)
    past = when < starts[:, None]
    if history is not None:
        past &= when >= starts[:, None] - history
    same = starts == starts[:, None]
    seen = torch.cat([past, same], 1) if separate_past else past | same
    return seen.repeat_interleave(tokens, 0).repeat_interleave(tokens, 1)
