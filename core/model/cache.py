"""What a generator remembers of the latents it drew, and two policies of remembering.

The memory is one piece of fixed shape: references first, then places for latents. Positions are
counted on the device, so a block can be captured in a CUDA graph. A memory that is handed in is
spent: it is changed in place; `Memory.copy` keeps one.
"""

from dataclasses import dataclass
from typing import NamedTuple, Protocol

import torch
from torch import Tensor

from core.model.attention import Cached, KeyValues, View
from core.model.generator import Generator, References
from core.model.generator_config import GeneratorConfig
from core.model.rotary import Rotary, rotate


class Seat(NamedTuple):
    """Where a block sits in time and in memory."""

    start: Tensor
    """Position of its first latent, ()."""
    places: Tensor
    """Where its latents are written, (block,)."""
    seen: Tensor
    """Which places it sees, itself included, (places,)."""


class CachePolicy(Protocol):
    """Which past a block sees, and in which state."""

    @property
    def renews(self) -> bool:
        """Whether the stream's own first latent replaces the references."""
        ...

    def places(self) -> int:
        """Return how many latents are remembered."""
        ...

    def level(self, step: int) -> int:
        """Return which of the memories a denoising step reads and writes."""
        ...

    def seat(self, drawn: Tensor, block: int) -> Seat:
        """Return where the next block sits, `drawn` latents, (), after the beginning."""
        ...

    def settle(self, drawn: Tensor, block: int) -> Seat | None:
        """Return where to write the finished block, clean; None: its noisy past stays."""
        ...


@dataclass(frozen=True)
class CleanCache:
    """Clean keys and values, in windows (2606.01620).

    A finished block passes the network once more, without noise. The last block of a window does
    so as the first of the next: windows overlap by that block, and nothing is computed twice.
    """

    window: int
    block: int
    """Latents of the largest block to come."""
    renews: bool = False

    def places(self) -> int:
        """See `CachePolicy`."""
        return self.window

    def level(self, step: int) -> int:  # noqa: ARG002
        """See `CachePolicy`."""
        return 0

    def seat(self, drawn: Tensor, block: int) -> Seat:
        """See `CachePolicy`."""
        places = torch.arange(self.window, device=drawn.device)
        return Seat(drawn, drawn + places[:block], places < drawn + block)

    def settle(self, drawn: Tensor, block: int) -> Seat:
        """See `CachePolicy`."""
        another_fits = drawn + block + self.block <= self.window
        return self.seat(torch.where(another_fits, drawn, 0), block)


@dataclass(frozen=True)
class TimestepForcingCache:
    """A past as noisy as the present: a ring for each denoising step (2512.04677, Algorithm 3).

    No pass is needed after the last step. After the first block the stream's own first latent is
    the reference (adaptive attention sink).
    """

    history: int
    """Latents before its own block that a latent sees."""
    block: int
    """Latents of the largest block to come."""
    renews: bool = True

    def places(self) -> int:
        """See `CachePolicy`."""
        return self.history + self.block

    def level(self, step: int) -> int:
        """See `CachePolicy`."""
        return step

    def seat(self, drawn: Tensor, block: int) -> Seat:
        """See `CachePolicy`."""
        ring = self.places()
        places = torch.arange(ring, device=drawn.device)
        last = drawn + block - 1
        latent = last - (last - places) % ring  # the newest that lies, or is about to, at a place
        seen = latent >= (drawn - self.history).clamp(min=0)
        return Seat(drawn, (drawn + places[:block]) % ring, seen)

    def settle(self, drawn: Tensor, block: int) -> None:
        """See `CachePolicy`."""


class Memory(NamedTuple):
    """All that is remembered of a stream's latents."""

    keys: Tensor
    """(levels, layers, batch, heads, references' tokens + places' tokens, head_width), rotated."""
    values: Tensor
    references: References
    """As computed, keys not rotated, for they move along with the stream."""
    drawn: Tensor
    """Latents since the beginning of the window or, in a ring, of the stream; ()."""

    def copy(self) -> "Memory":
        """Return a memory that shares nothing with this one."""
        references = References(*(part.clone() for part in self.references))
        return Memory(self.keys.clone(), self.values.clone(), references, self.drawn.clone())


def initial_memory(
    config: GeneratorConfig, policy: CachePolicy, steps: int, references: References
) -> Memory:
    """Return a memory of `references` and of no latent, for streams of `steps` denoising steps."""
    levels = 1 + max(policy.level(step) for step in range(steps))
    layers, batch, heads, tokens, width = references.keys.shape
    places = tokens + policy.places() * config.tokens
    shape = (levels, layers, batch, heads, places, width)
    keys, values = (references.keys.new_zeros(shape) for _ in range(2))
    drawn = torch.zeros((), dtype=torch.long, device=keys.device)
    return renewed(Memory(keys, values, references, drawn), references)


def renewed(memory: Memory, references: References) -> Memory:
    """Put other references, of the same shape, in the place of those that are there."""
    memory.values[..., : references.values.shape[3], :] = references.values
    return memory._replace(references=references)


def open_views(generator: Generator, memory: Memory, seat: Seat) -> list[list[View]]:
    """Return what each layer sees from `seat`, for each level of the memory."""
    config, present = generator.config, memory.references.present
    _follow(generator.rotary, memory, seat.start + config.sink_distance)
    within = torch.arange(config.tokens, device=seat.places.device)
    places = (seat.places[:, None] * config.tokens + within).flatten()
    seen = seat.seen.expand(len(present), -1)
    hidden = ~torch.cat([present, seen], 1).repeat_interleave(config.tokens, 1)[:, None, None]
    bias = memory.keys.new_zeros(hidden.shape).masked_fill(hidden, -torch.inf)
    when = seat.start + torch.arange(len(seat.places), device=seat.start.device)
    rotation = generator.rotary.at(when)
    after_references = places + memory.references.keys.shape[3]
    levels = zip(memory.keys, memory.values, strict=True)
    return [
        [
            Cached(KeyValues(keys, values), rotation, after_references, bias)
            for keys, values in zip(*level, strict=True)
        ]
        for level in levels
    ]


def _follow(rotary: Rotary, memory: Memory, when: Tensor) -> None:
    """Rotate the references to where they seem to lie now (rolling sink frame)."""
    keys, present = memory.references.keys, memory.references.present
    rotation = rotary.at(when.expand(present.shape[1]))
    memory.keys[..., : keys.shape[3], :] = rotate(keys, rotation)
