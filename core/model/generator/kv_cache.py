"""What a generator remembers of the latents it drew, and two policies of remembering.

The memory is one piece of fixed shape: references first, then places for latents. Positions are
counted on the device, so a block can be captured in a CUDA graph. A memory that is handed in is
spent: it is changed in place; `Memory.copy` keeps one.
"""

from dataclasses import dataclass
from typing import NamedTuple, Protocol

import torch
from torch import Tensor

from core.model.attention import AttentionPattern, CachedAttention, KeyValues
from core.model.generator.flow_transformer import Generator, ReferenceKeyValues
from core.model.generator.generator_config import GeneratorConfig
from core.model.rotary import RotaryEmbedding, apply_rotary


class CacheSlots(NamedTuple):
    """Where a block sits in time and in memory."""

    start: Tensor
    """Position of its first latent, ()."""
    write: Tensor
    """Where its latents are written, (block,)."""
    visible: Tensor
    """Which places it sees, itself included, (places,)."""


class CachePolicy(Protocol):
    """Which past a block sees, and in which state."""

    @property
    def replaces_sink(self) -> bool:
        """Whether the stream's own first latent replaces the references."""
        ...

    def capacity(self) -> int:
        """Return how many latents are remembered."""
        ...

    def cache_index(self, step: int) -> int:
        """Return which of the memories a denoising step reads and writes."""
        ...

    def slots(self, length: Tensor, block: int) -> CacheSlots:
        """Return where the next block sits, `drawn` latents, (), after the beginning."""
        ...

    def commit(self, length: Tensor, block: int) -> CacheSlots | None:
        """Return where to write the finished block, clean; None: its noisy past stays."""
        ...


@dataclass(frozen=True)
class CleanCachePolicy:
    """Clean keys and values, in windows (2606.01620).

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
        places = torch.arange(self.window, device=length.device)
        return CacheSlots(length, length + places[:block], places < length + block)

    def commit(self, length: Tensor, block: int) -> CacheSlots:
        """See `CachePolicy`."""
        another_fits = length + block + self.max_block <= self.window
        return self.slots(torch.where(another_fits, length, 0), block)


@dataclass(frozen=True)
class TimestepForcingPolicy:
    """A past as noisy as the present: a ring for each denoising step (2512.04677, Algorithm 3).

    No pass is needed after the last step. After the first block the stream's own first latent is
    the reference (adaptive attention sink).
    """

    history: int
    """Latents before its own block that a latent sees."""
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
        places = torch.arange(ring, device=length.device)
        last = length + block - 1
        latent = last - (last - places) % ring  # the newest that lies, or is about to, at a place
        seen = latent >= (length - self.history).clamp(min=0)
        return CacheSlots(length, (length + places[:block]) % ring, seen)

    def commit(self, length: Tensor, block: int) -> None:
        """See `CachePolicy`."""


class KVCache(NamedTuple):
    """All that is remembered of a stream's latents."""

    keys: Tensor
    """(levels, layers, batch, heads, references' tokens + places' tokens, head_width), rotated."""
    values: Tensor
    references: ReferenceKeyValues
    """As computed, keys not rotated, for they move along with the stream."""
    length: Tensor
    """Latents since the beginning of the window or, in a ring, of the stream; ()."""

    def copy(self) -> "KVCache":
        """Return a memory that shares nothing with this one."""
        references = ReferenceKeyValues(*(part.clone() for part in self.references))
        return KVCache(self.keys.clone(), self.values.clone(), references, self.length.clone())


def initial_kv_cache(
    config: GeneratorConfig, policy: CachePolicy, steps: int, references: ReferenceKeyValues
) -> KVCache:
    """Return a memory of `references` and of no latent, for streams of `steps` denoising steps."""
    levels = 1 + max(policy.cache_index(step) for step in range(steps))
    layers, batch, heads, tokens, width = references.keys.shape
    places = tokens + policy.capacity() * config.tokens_per_latent
    shape = (levels, layers, batch, heads, places, width)
    keys, values = (references.keys.new_zeros(shape) for _ in range(2))
    drawn = torch.zeros((), dtype=torch.long, device=keys.device)
    return replace_references(KVCache(keys, values, references, drawn), references)


def replace_references(cache: KVCache, references: ReferenceKeyValues) -> KVCache:
    """Put other references, of the same shape, in the place of those that are there."""
    cache.values[..., : references.values.shape[3], :] = references.values
    return cache._replace(references=references)


def cached_attention(
    generator: Generator, cache: KVCache, slots: CacheSlots
) -> list[list[AttentionPattern]]:
    """Return what each layer sees from `seat`, for each level of the memory."""
    config, present = generator.config, cache.references.has_reference
    _rotate_sink(generator.rotary, cache, slots.start + config.sink_distance)
    within = torch.arange(config.tokens_per_latent, device=slots.write.device)
    places = (slots.write[:, None] * config.tokens_per_latent + within).flatten()
    seen = slots.visible.expand(len(present), -1)
    hidden = ~torch.cat([present, seen], 1).repeat_interleave(config.tokens_per_latent, 1)[
        :, None, None
    ]
    bias = cache.keys.new_zeros(hidden.shape).masked_fill(hidden, -torch.inf)
    when = slots.start + torch.arange(len(slots.write), device=slots.start.device)
    rotation = generator.rotary.rotation_at(when)
    after_references = places + cache.references.keys.shape[3]
    levels = zip(cache.keys, cache.values, strict=True)
    return [
        [
            CachedAttention(KeyValues(keys, values), rotation, after_references, bias)
            for keys, values in zip(*level, strict=True)
        ]
        for level in levels
    ]


def _rotate_sink(rotary: RotaryEmbedding, memory: KVCache, when: Tensor) -> None:
    """Rotate the references to where they seem to lie now (rolling sink frame)."""
    keys, present = memory.references.keys, memory.references.has_reference
    rotation = rotary.rotation_at(when.expand(present.shape[1]))
    memory.keys[..., : keys.shape[3], :] = apply_rotary(keys, rotation)
