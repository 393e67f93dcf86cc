"""The ranks of a timestep-forcing pipeline, live: each hears, denoises once and passes latents on.

The last one has the VAE: it tells the others what the references look like, and renders what comes
out of the pipeline. See `core.model.generator.timestep_pipeline`.
"""

from collections.abc import Callable, Iterable, Iterator
from typing import Generic, TypeVar

import torch
from torch import Tensor

from core.audio import Samples
from core.model.audio_encoders.audio_encoder import AudioEncoder
from core.model.avatar import Avatar
from core.model.generator.flow_transformer import Generator
from core.model.generator.generator_config import GeneratorConfig
from core.model.generator.kv_cache import TimestepForcingPolicy, cache_policy
from core.model.generator.timestep_pipeline import (
    DenoisingRank,
    DenoisingRankState,
    RankLink,
    receive_latents,
    run_denoising_rank,
)
from core.neural.audio_conditioning import AudioConditioner, as_batch
from core.neural.inference import sample_noise
from core.neural.latent_decoder import FrameRenderer, LatentDecoder
from core.neural.references import ReferenceFrames
from core.neural.step_capture import CapturedStep
from core.sentence import said
from core.video import Frame

S = TypeVar("S")


def timestep_forcing_policy(config: GeneratorConfig) -> TimestepForcingPolicy:
    """Return the cache policy of a generator whose steps can run apart.

    Raises:
        ValueError: a block's first step needs the last one's result of the block before.
    """
    policy = cache_policy(config, config.sampling)
    if not isinstance(policy, TimestepForcingPolicy):
        raise ValueError(
            said(
                "this model's steps cannot run apart: it looks back at finished blocks",
                remedy="choose the neural engine, or export the model with timestep forcing",
            )
        )
    return policy


class StreamingDenoiser(Generic[S]):
    """A denoising rank that hears for itself; starts any number of streams, one at a time."""

    def __init__(
        self, generator: Generator, encoder: AudioEncoder[S], references: int, link: RankLink
    ) -> None:
        """Waits for the latents of so many references; `link.rank` is the step it does.

        Raises:
            ValueError: the model's steps cannot run apart, or the encoder is not its own.
            RankLost: another rank is gone.
        """
        config = generator.config
        policy, sampling = timestep_forcing_policy(config), config.sampling
        self.conditioner = AudioConditioner(encoder, generator.audio_embedder, sampling.block)
        self._rank = DenoisingRank(generator, policy, sampling, link.rank)
        self._captured: CapturedStep[DenoisingRankState] = CapturedStep(
            self._rank.denoise, generator
        )
        weight = generator.velocity_proj.weight
        shape = (1, references, config.latent_channels, config.grid, config.grid)
        self._references = link.broadcast(weight.new_empty(shape), sampling.steps)
        self._link, self._device = link, weight.device

    @torch.inference_mode()
    def run(self, hops: Iterable[Samples], seed: int) -> None:
        """Do this rank's step of every block of a stream, for each hop of sound one."""
        present = torch.ones(self._references.shape[:2], dtype=torch.bool, device=self._device)
        state = self._rank.start(self._references, present)
        audio, noise = self._conditionings(hops), self._noise(seed)
        run_denoising_rank(self._rank, state, audio, noise, self._link, self._denoise)

    def _conditionings(self, hops: Iterable[Samples]) -> Iterator[Tensor]:
        conditioning, state = self.conditioner.start(self._device)
        yield conditioning
        for hop in hops:
            conditioning, state = self.conditioner.step(as_batch(hop, self._device), state)
            yield conditioning

    def _noise(self, seed: int) -> Iterator[Tensor]:
        config = self._rank.generator.config
        rng = torch.Generator(self._device).manual_seed(seed)
        yield sample_noise(config, 1, rng)
        while True:
            yield sample_noise(config, config.sampling.block, rng)

    def _denoise(
        self, point: Tensor, audio: Tensor, state: DenoisingRankState
    ) -> tuple[Tensor, DenoisingRankState]:
        """Denoise a block; all but the first, which is smaller, by the captured step."""
        if state.at_start:
            return self._rank.denoise(point, audio, state)
        point, state = self._captured(point, audio, state=state)
        return point.clone(), state  # the next block overwrites it, maybe while it is sent


class RenderingRank:
    """The last rank, which decodes; starts any number of streams, one at a time."""

    def __init__(self, avatar: Avatar, frames: ReferenceFrames, link: RankLink) -> None:
        """Tells the other ranks what the references' latents are.

        Raises:
            ValueError: the model's steps cannot run apart.
            RankLost: another rank is gone.
        """
        self._config, self._link = avatar.config.generator, link
        self._replaces_sink = timestep_forcing_policy(self._config).replaces_sink
        references = frames.references.to(avatar.mean.device, avatar.mean.dtype)
        self._decoder = LatentDecoder(avatar, references, frames.eyes)
        self._renderer = FrameRenderer(self._decoder, frames, references.device)
        self._references = link.broadcast(self._decoder.reference_latents, link.rank)

    @torch.inference_mode()
    def run(self, hops: Iterable[object], lag: int, show: Callable[[list[Frame]], None]) -> None:
        """Render every block of a stream; `lag` frames of it lie before the first sound.

        Raises:
            RuntimeError: what the model gives are no numbers.
        """
        blocks = receive_latents(self._shapes(hops), self._replaces_sink, self._link)
        self._renderer.start(self._decoder.start(next(blocks)), lag)
        for latents in blocks:
            show(self._renderer.render(latents))

    def _shapes(self, hops: Iterable[object]) -> Iterator[Tensor]:
        config, device = self._config, self._references.device
        cell = (config.latent_channels, config.grid, config.grid)
        yield torch.empty(1, 1, *cell, device=device)
        for _ in hops:
            yield torch.empty(1, config.sampling.block, *cell, device=device)
