"""KV cache of the generator: static shape, attention sink, and two policies of what it holds.

The cache is one tensor each for keys and values, of fixed shape: references (the attention sink)
first, then slots for latents. Positions are counted on the device, so a block can be captured in a
CUDA graph. A cache that is handed in is spent: it is changed in place; `KVCache.copy` keeps one.
"""

from dataclasses import dataclass
from typing import NamedTuple, Protocol

import torch
from torch import Tensor

from core.model.attention import AttentionPattern, CachedAttention, KeyValues
from core.model.generator.flow_transformer import Generator, ReferenceKeyValues, sink_position
from core.model.generator.generator_config import GeneratorConfig, Sampling
from core.model.rotary import apply_rotary


class CacheSlots(NamedTuple):
    """Where a block lies in the stream and in the cache; slots are counted in latents."""

    start: Tensor
    """Position of its first latent, ()."""
    write: Tensor
    """Slots to which its latents are written, (block,)."""
    visible: Tensor
    """Which slots it attends to, its own included, (capacity,)."""


class CachePolicy(Protocol):
    """Which past latents a block attends to, clean or noisy, and where they are cached."""

    @property
    def replaces_sink(self) -> bool:
        """Whether the stream's own first latent replaces the references as attention sink."""
        ...

    def capacity(self) -> int:
        """Return how many latents the cache holds."""
        ...

    def cache_index(self, step: int) -> int:
        """Return which cache a denoising step reads and writes, from 0."""
        ...

    def slots(self, length: Tensor, block: int) -> CacheSlots:
        """Return the slots of the next block, `length` latents, (), after the beginning."""
        ...

    def commit(self, length: Tensor, block: int) -> CacheSlots | None:
        """Return the slots for the finished block, clean; None: its noisy keys and values stay."""
        ...


@dataclass(frozen=True)
class CleanCachePolicy:
    """Sliding window of clean keys and values (2606.01620).

    A finished block passes the network once more, without noise. The last block of a window does
    so as the first of the next: windows overlap by that block, and nothing is computed twice.
    """

    window: int
    max_block: int
    """Latents of the largest block to come."""
    replaces_sink: bool = False

    def capacity(self) -> int:
        """See `CachePolicy`."""
        return self.window

    def cache_index(self, step: int) -> int:  # noqa: ARG002
        """See `CachePolicy`."""
        return 0

    def slots(self, length: Tensor, block: int) -> CacheSlots:
        """See `CachePolicy`."""
        slots = torch.arange(self.window, device=length.device)
        return CacheSlots(length, length + slots[:block], slots < length + block)

    def commit(self, length: Tensor, block: int) -> CacheSlots:
        """See `CachePolicy`."""
        another_fits = length + block + self.max_block <= self.window
        return self.slots(torch.where(another_fits, length, 0), block)


@dataclass(frozen=True)
class TimestepForcingPolicy:
    """Timestep forcing: a noisy ring buffer per denoising step (2512.04677, Algorithm 3).

    No pass is needed after the last step. After the first block the stream's own first latent is
    the reference (adaptive attention sink).
    """

    history: int
    """Latents before its own block that a latent attends to."""
    max_block: int
    """Latents of the largest block to come."""
    replaces_sink: bool = True

    def capacity(self) -> int:
        """See `CachePolicy`."""
        return self.history + self.max_block

    def cache_index(self, step: int) -> int:
        """See `CachePolicy`."""
        return step

    def slots(self, length: Tensor, block: int) -> CacheSlots:
        """See `CachePolicy`."""
        ring = self.capacity()
        slots = torch.arange(ring, device=length.device)
        last = length + block - 1
        latent = last - (last - slots) % ring  # the newest latent in each slot, the block included
        visible = latent >= (length - self.history).clamp(min=0)
        return CacheSlots(length, (length + slots[:block]) % ring, visible)

    def commit(self, length: Tensor, block: int) -> None:
        """See `CachePolicy`."""


def cache_policy(config: GeneratorConfig, sampling: Sampling) -> CachePolicy:
    """Return the policy that a model's sampling names."""
    if sampling.kv_cache == "clean":
        return CleanCachePolicy(config.window, sampling.block, sampling.replaces_sink)
    return TimestepForcingPolicy(config.history, sampling.block, sampling.replaces_sink)


class KVCache(NamedTuple):
    """Keys and values of a stream's references and past latents."""

    keys: Tensor
    """(caches, layers, batch, heads, references' tokens + slots' tokens, head_width), rotated; the
    first dimension is `CachePolicy.cache_index`."""
    values: Tensor
    references: ReferenceKeyValues
    """Not rotated: they keep their distance as the stream goes on (rolling sink)."""
    length: Tensor
    """Latents since the beginning of the window or, in a ring, of the stream; ()."""

    def copy(self) -> "KVCache":
        """Return a cache that shares no memory with this one."""
        references = ReferenceKeyValues(*(part.clone() for part in self.references))
        return KVCache(self.keys.clone(), self.values.clone(), references, self.length.clone())


def initial_kv_cache(
    config: GeneratorConfig, policy: CachePolicy, steps: int, references: ReferenceKeyValues
) -> KVCache:
    """Return a cache of `references` and of no latent, for streams of `steps` denoising steps."""
    caches = 1 + max(policy.cache_index(step) for step in range(steps))
    layers, batch, heads, tokens, width = references.keys.shape
    slots = tokens + policy.capacity() * config.tokens_per_latent
    shape = (caches, layers, batch, heads, slots, width)
    keys, values = (references.keys.new_zeros(shape) for _ in range(2))
    length = torch.zeros((), dtype=torch.long, device=keys.device)
    return replace_references(KVCache(keys, values, references, length), references)


def replace_references(cache: KVCache, references: ReferenceKeyValues) -> KVCache:
    """Replace the references by others of the same shape, in place."""
    cache.values[..., : references.values.shape[3], :] = references.values
    return cache._replace(references=references)


def cached_attention(
    generator: Generator, cache: KVCache, slots: CacheSlots
) -> list[list[AttentionPattern]]:
    """Return the attention of a block at `slots`: for each cache, for each layer.

    Rotates the references to their distance from the block, in place (rolling sink frame).
    """
    config, references = generator.config, cache.references
    sink = references.keys.shape[3]  # tokens
    position = sink_position(config, slots.start).expand(references.has_reference.shape[1])
    sink_rotation = generator.rotary.rotation_at(position)
    cache.keys[..., :sink, :] = apply_rotary(references.keys, sink_rotation)

    within = torch.arange(config.tokens_per_latent, device=slots.write.device)
    tokens = (slots.write[:, None] * config.tokens_per_latent + within).flatten()
    latents = slots.visible.expand(len(references.has_reference), -1)
    visible = torch.cat([references.has_reference, latents], 1)  # (batch, references + capacity)
    hidden = ~visible.repeat_interleave(config.tokens_per_latent, 1)[:, None, None]
    bias = cache.keys.new_zeros(hidden.shape).masked_fill(hidden, -torch.inf)
    positions = slots.start + torch.arange(len(slots.write), device=slots.start.device)
    rotation = generator.rotary.rotation_at(positions)
    return [
        [
            CachedAttention(KeyValues(keys, values), rotation, sink + tokens, bias)
            for keys, values in zip(*layers, strict=True)
        ]
        for layers in zip(cache.keys, cache.values, strict=True)
    ]
