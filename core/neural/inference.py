"""Streaming inference of an avatar model: encode audio, sample latents, decode, block by block."""

from typing import Generic, NamedTuple, TypeVar

import torch
from torch import Tensor

from core.model.audio_encoders.audio_encoder import AudioEncoder
from core.model.avatar import Avatar
from core.model.generator.generator_config import GeneratorConfig, Sampling
from core.model.generator.kv_cache import cache_policy
from core.model.generator.rollout import Rollout, RolloutState
from core.model.vae.flow_field import Composition
from core.neural.audio_conditioning import AudioConditioner, ConditionerState
from core.neural.latent_decoder import DecodingState, LatentDecoder
from core.neural.opened_photo import EyeRegions
from core.neural.step_capture import CapturedStep

S = TypeVar("S")


class InferenceState(NamedTuple, Generic[S]):
    """Streaming state of the three networks; spent by the next step."""

    audio: ConditionerState[S]
    rollout: RolloutState
    decoder: DecodingState


class StreamingInference(Generic[S]):
    """One avatar model with one profile's references; starts any number of streams, one at a time.

    The three steps are captured at the first block, which needs frozen weights: as CUDA graphs
    (but for the audio encoder), or on a CPU as TorchScript traces.
    """

    def __init__(
        self,
        avatar: Avatar,
        encoder: AudioEncoder[S],
        references: Tensor,
        sampling: Sampling,
        eyes: EyeRegions | None = None,
    ) -> None:
        """`references` (1, n, 3, size, size) in [-1, 1], on the avatar's device, and `eyes`: see
        `LatentDecoder`."""
        self._config = avatar.config.generator
        policy = cache_policy(self._config, sampling)
        self._rollout = Rollout(avatar.generator, policy, sampling)
        self.conditioner = AudioConditioner(
            encoder, avatar.generator.audio_embedder, sampling.block
        )
        self.decoder = LatentDecoder(avatar, references, eyes)
        self._captured_conditioning: CapturedStep[ConditionerState[S]] = CapturedStep(
            self.conditioner.step
        )
        self._captured_sample: CapturedStep[RolloutState] = CapturedStep(
            self._sample, avatar.generator
        )

    @torch.inference_mode()
    def start(self, seed: int) -> InferenceState[S]:
        """Start a stream: its first latent, a single frame of silence, is sampled and decoded."""
        self._rng = torch.Generator(self.device).manual_seed(seed)
        conditioning, audio = self.conditioner.start(self.device)
        references = self.decoder.reference_latents
        present = torch.ones(references.shape[:2], dtype=torch.bool, device=self.device)
        rollout = self._rollout.start(references, present)
        latents, rollout = self._sample(
            sample_noise(self._config, 1, self._rng), conditioning, rollout
        )
        return InferenceState(audio, rollout, self.decoder.start(latents))

    @torch.inference_mode()
    def encode_audio(
        self, audio: Tensor, state: InferenceState[S]
    ) -> tuple[Tensor, InferenceState[S]]:
        """Return the next block's conditioning, (1, block, width), for `audio` (1, hop)."""
        step = self.conditioner.step if audio.is_cuda else self._captured_conditioning
        conditioning, after = step(audio, state=state.audio)
        return conditioning, state._replace(audio=after)

    @torch.inference_mode()
    def sample(
        self, conditioning: Tensor, state: InferenceState[S]
    ) -> tuple[Tensor, InferenceState[S]]:
        """Return the next block of latents, (1, block, channels, grid, grid)."""
        noise = sample_noise(self._config, conditioning.shape[1], self._rng)
        latents, after = self._captured_sample(noise, conditioning, state=state.rollout)
        return latents, state._replace(rollout=after)

    def decode(
        self, latents: Tensor, state: InferenceState[S]
    ) -> tuple[Composition, InferenceState[S]]:
        """Return the layers of a block's frames; overwritten by the next call."""
        layers, after = self.decoder.decode(latents, state.decoder)
        return layers, state._replace(decoder=after)

    @property
    def device(self) -> torch.device:
        """Where all of it runs."""
        return self.decoder.reference_latents.device

    def _sample(
        self, noise: Tensor, conditioning: Tensor, state: RolloutState
    ) -> tuple[Tensor, RolloutState]:
        return self._rollout.step(noise, conditioning, state)


def sample_noise(config: GeneratorConfig, latents: int, rng: torch.Generator) -> Tensor:
    """Sample a block's initial noise, in full precision, in which latents then stay."""
    shape = (1, latents, config.latent_channels, config.grid, config.grid)
    return torch.randn(shape, generator=rng, device=rng.device)
