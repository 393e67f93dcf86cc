"""Streaming, blockwise autoregressive sampling: each block from noise, audio and the KV cache."""

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
    """State of a stream; spent by the next step, see `core.model.generator.kv_cache`."""

    cache: KVCache
    modulations: tuple[Modulation, ...]
    """At the timesteps of the schedule, the last of which is clean."""
    at_start: bool
    """Whether no block has been sampled yet."""

    def copy(self) -> "RolloutState":
        """Return a state that shares no memory with this one."""
        return self._replace(cache=self.cache.copy())


@dataclass(frozen=True)
class Rollout:
    """Samples streams of latents. It has no state of its own, so it serves any number of them."""

    generator: Generator
    policy: CachePolicy
    sampling: Sampling

    @torch.no_grad()
    def start(self, references: Tensor, has_reference: Tensor) -> RolloutState:
        """Begin with references (batch, references, channels, grid, grid).

        `has_reference` is (batch, references).
        """
        generator, sampling = self.generator, self.sampling
        key_values = cfg_reference_key_values(generator, sampling, references, has_reference)
        cache = initial_kv_cache(generator.config, self.policy, sampling.steps, key_values)
        modulations = tuple(map(generator.modulate_block, self._timesteps))
        return RolloutState(cache, modulations, at_start=True)

    @torch.no_grad()
    def step(
        self, noise: Tensor, audio: Tensor, state: RolloutState
    ) -> tuple[Tensor, RolloutState]:
        """Denoise the next block of latents, (batch, block, channels, grid, grid).

        `noise` is standard normal; see `Generator.scale_noise`.
        `audio` is from `Generator.audio_embedder`, (batch, block, audio.width). A block may be
        smaller than `sampling.block`, from one step to the next.

        Raises:
            ValueError: it is larger.
        """
        cache, size = state.cache, noise.shape[1]
        if size > self.sampling.block:
            raise ValueError(f"a block of {size} latents, at most {self.sampling.block} fit")
        block = BlockVelocity(self.generator, self.sampling.cfg_scale, audio, state.at_start)
        slots = self.policy.slots(cache.length, size)
        patterns = cached_attention(self.generator, cache, slots)

        noise = self.generator.scale_noise(noise, self.sampling)

        def velocity(point: Tensor, step: int) -> Tensor:
            pattern = patterns[self.policy.cache_index(step)]
            return block.velocity(point, state.modulations[step], pattern)

        latents = euler_sample(velocity, noise, self._timesteps)
        committed = self.policy.commit(cache.length, size)
        if committed is not None:
            slots = committed
            clean_pass = cached_attention(self.generator, cache, slots)[0]
            block.velocity(latents, state.modulations[-1], clean_pass)
        cache = cache._replace(length=slots.start + size)
        if state.at_start and self.policy.replaces_sink:
            cache = replace_sink(self.generator, self.sampling, cache, latents[:, :1])
        return latents, RolloutState(cache, state.modulations, at_start=False)

    @property
    def _timesteps(self) -> tuple[float, ...]:
        return timestep_schedule(self.sampling.steps, self.sampling.shift)


def stream_blocks(count: int, block: int) -> list[int]:
    """Return the sizes of blocks in which a stream's `count` latents are sampled live.

    The first latent, a single frame, comes alone, before any sound is there.
    """
    return [1, *(min(block, count - start) for start in range(1, count, block))]


def cfg_reference_key_values(
    generator: Generator, sampling: Sampling, references: Tensor, has_reference: Tensor
) -> ReferenceKeyValues:
    """Return the references' keys and values; with CFG twice the batch, the second half without."""
    if sampling.cfg_scale != 1:
        references = torch.cat([references, references])
        has_reference = torch.cat([has_reference, torch.zeros_like(has_reference)])
    return generator.reference_key_values(references, has_reference)


def replace_sink(
    generator: Generator, sampling: Sampling, cache: KVCache, first: Tensor
) -> KVCache:
    """Make the first latent, (batch, 1, ...), the only reference (adaptive attention sink)."""
    count = cache.references.has_reference.shape[1]
    has_reference = torch.arange(count, device=first.device).expand(len(first), -1) == 0
    references = first.expand(-1, count, -1, -1, -1)
    key_values = cfg_reference_key_values(generator, sampling, references, has_reference)
    return replace_references(cache, key_values)


class BlockVelocity:
    """The velocity of a block, given its audio; with classifier-free guidance at `cfg_scale`."""

    def __init__(
        self, generator: Generator, cfg_scale: float, audio: Tensor, at_start: bool
    ) -> None:
        self._generator, self._cfg_scale = generator, cfg_scale
        self._copies = 1 if cfg_scale == 1 else 2
        batch, block, _ = audio.shape
        has_audio = torch.arange(self._copies * batch, device=audio.device) < batch
        self._audio = generator.apply_null_audio(torch.cat([audio] * self._copies), has_audio)
        is_first = torch.arange(block, device=audio.device) == (0 if at_start else -1)
        self._is_first = is_first.expand(len(has_audio), -1)

    def velocity(
        self, latents: Tensor, modulation: Modulation, patterns: Sequence[AttentionPattern]
    ) -> Tensor:
        """Return the velocity of latents (batch, block, ...); `patterns` write to the cache."""
        x = torch.cat([latents] * self._copies)
        velocity, _ = self._generator.predict_velocity(
            x, modulation, self._audio, self._is_first, patterns
        )
        return velocity if self._copies == 1 else apply_cfg(velocity, self._cfg_scale)
