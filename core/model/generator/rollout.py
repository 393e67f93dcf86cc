"""Drawing latents without end: block after block, each from noise, sound and memory."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import torch
from torch import Tensor

from core.model.attention import AttentionPattern
from core.model.generator.dit_block import Modulation
from core.model.generator.flow_transformer import Generator, ReferenceKeyValues
from core.model.generator.generator_config import Sampling
from core.model.generator.kv_cache import (
    CachePolicy,
    KVCache,
    cached_attention,
    initial_kv_cache,
    replace_references,
)
from core.model.generator.rectified_flow import apply_cfg, euler_sample, timestep_schedule


class RolloutState(NamedTuple):
    """What a stream has come to; spent by the next step, see `core.model.generator.kv_cache`."""

    cache: KVCache
    modulations: tuple[Modulation, ...]
    """What the times mean at which the network is asked: those of the steps, and clean."""
    at_start: bool
    """Whether no block was drawn yet."""

    def copy(self) -> "RolloutState":
        """Return a state that shares nothing with this one."""
        return self._replace(cache=self.cache.copy())


@dataclass(frozen=True)
class Rollout:
    """Draws streams of latents. It remembers nothing itself, so it serves any number of them."""

    generator: Generator
    policy: CachePolicy
    sampling: Sampling

    @torch.no_grad()
    def start(self, references: Tensor, has_reference: Tensor) -> RolloutState:
        """Begin with (batch, references, channels, grid, grid), present (batch, references)."""
        offer = cfg_reference_key_values(self.generator, self.sampling, references, has_reference)
        steps = self.sampling.steps
        memory = initial_kv_cache(self.generator.config, self.policy, steps, offer)
        moments = (
            self.generator.modulate_at(references.new_full((1, 1), time))
            for time in self._timesteps
        )
        return RolloutState(memory, tuple(moments), at_start=True)

    @torch.no_grad()
    def step(
        self, noise: Tensor, audio: Tensor, state: RolloutState
    ) -> tuple[Tensor, RolloutState]:
        """Turn noise into the next block of latents, (batch, block, channels, grid, grid).

        `audio` is from `Generator.audio`, (batch, block, audio.width). A block may be smaller
        than `sampling.block`, from one step to the next.

        Raises:
            ValueError: it is larger.
        """
        memory, size = state.cache, noise.shape[1]
        if size > self.sampling.block:
            raise ValueError(f"a block of {size} latents, at most {self.sampling.block} fit")
        block = BlockVelocity(self.generator, self.sampling.cfg_scale, audio, state.at_start)
        seat = self.policy.slots(memory.length, size)
        views = cached_attention(self.generator, memory, seat)

        def velocity(point: Tensor, step: int) -> Tensor:
            return block.velocity(
                point, state.modulations[step], views[self.policy.cache_index(step)]
            )

        latents = euler_sample(velocity, noise, self._timesteps)
        settled = self.policy.commit(memory.length, size)
        if settled is not None:
            clean = cached_attention(self.generator, memory, settled)[0]
            block.velocity(latents, state.modulations[-1], clean)
            seat = settled
        memory = memory._replace(length=seat.start + size)
        if state.at_start and self.policy.replaces_sink:
            memory = replace_sink(self.generator, self.sampling, memory, latents[:, :1])
        return latents, RolloutState(memory, state.modulations, at_start=False)

    @property
    def _timesteps(self) -> tuple[float, ...]:
        return timestep_schedule(self.sampling.steps, self.sampling.shift)


def cfg_reference_key_values(
    generator: Generator, sampling: Sampling, references: Tensor, has_reference: Tensor
) -> ReferenceKeyValues:
    """Return what references offer; with guidance there is a second half that knows none."""
    if sampling.cfg_scale != 1:
        references = torch.cat([references, references])
        has_reference = torch.cat([has_reference, torch.zeros_like(has_reference)])
    return generator.reference_key_values(references, has_reference)


def replace_sink(
    generator: Generator, sampling: Sampling, cache: KVCache, first: Tensor
) -> KVCache:
    """Let the first latent drawn, (batch, 1, ...), be the only reference."""
    count = cache.references.has_reference.shape[1]
    only = torch.arange(count, device=first.device).expand(len(first), -1) == 0
    many = first.expand(-1, count, -1, -1, -1)
    return replace_references(cache, cfg_reference_key_values(generator, sampling, many, only))


class BlockVelocity:
    """A block's conditions, and the velocity they give; doubled where there is guidance."""

    def __init__(
        self, generator: Generator, cfg_scale: float, audio: Tensor, at_start: bool
    ) -> None:
        self._generator, self._cfg_scale = generator, cfg_scale
        self._copies = 1 if cfg_scale == 1 else 2
        batch, block, _ = audio.shape
        heard = torch.arange(self._copies * batch, device=audio.device) < batch
        self._audio = generator.apply_null_audio(torch.cat([audio] * self._copies), heard)
        first = torch.arange(block, device=audio.device) == (0 if at_start else -1)
        self._first = first.expand(len(heard), -1)

    def velocity(
        self, latents: Tensor, modulation: Modulation, patterns: Sequence[AttentionPattern]
    ) -> Tensor:
        """Say where latents (batch, block, ...) must go at a moment, as seen from `views`."""
        x = torch.cat([latents] * self._copies)
        velocity, _ = self._generator.predict_velocity(
            x, modulation, self._audio, self._first, patterns
        )
        return velocity if self._copies == 1 else apply_cfg(velocity, self._cfg_scale)
