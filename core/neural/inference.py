"""An avatar at work, part by part: hear a hop, draw its latents, decode them."""

from typing import Generic, NamedTuple, TypeVar

import torch
from torch import Tensor

from core.model.audio_encoders.audio_encoder import AudioEncoder
from core.model.avatar import Avatar
from core.model.generator.generator_config import GeneratorConfig, Sampling
from core.model.generator.kv_cache import CachePolicy, CleanCachePolicy, TimestepForcingPolicy
from core.model.generator.rollout import Rollout, RolloutState
from core.model.vae.decoder import DecoderReferences, DecoderState
from core.model.vae.flow_field import Composition
from core.neural.audio_conditioning import AudioConditioner, ConditionerState
from core.neural.step_capture import CapturedStep

S = TypeVar("S")


def cache_policy(config: GeneratorConfig, sampling: Sampling, forcing: bool) -> CachePolicy:
    """Return the cache that a generator was trained for: its own noise level, or clean."""
    if forcing:
        return TimestepForcingPolicy(config.history, sampling.block)
    return CleanCachePolicy(config.window, sampling.block)


class InferenceState(NamedTuple, Generic[S]):
    """What a stream has come to; spent by the next part."""

    audio: ConditionerState[S]
    rollout: RolloutState
    decoder: DecoderState


class StreamingInference(Generic[S]):
    """One avatar model with one profile's references; begins any number of streams, one at a time.

    A block's hearing, drawing and decoding are recorded at the first block, which wants frozen
    weights: as a CUDA graph each (but for the hearing), or on a processor as TorchScript.
    """

    def __init__(
        self,
        avatar: Avatar,
        encoder: AudioEncoder[S],
        references: Tensor,
        sampling: Sampling,
        policy: CachePolicy,
    ) -> None:
        """`references` (1, n, 3, size, size) in [-1, 1], on the avatar's device."""
        self._avatar, self._sampling = avatar, sampling
        self._rollout = Rollout(avatar.generator, policy, sampling)
        self.conditioner = AudioConditioner(
            encoder, avatar.generator.audio_embedder, sampling.block
        )
        self._references = references
        self._decoder_references, self._reference_latents = self._encode_references(references)
        self._captured_conditioning: CapturedStep[ConditionerState[S]] = CapturedStep(
            self.conditioner.step
        )
        self._captured_sample: CapturedStep[RolloutState] = CapturedStep(
            self._sample, avatar.generator
        )
        self._captured_decode: CapturedStep[DecoderState] = CapturedStep(self._decode)

    @torch.inference_mode()
    def start(self, seed: int) -> InferenceState[S]:
        """Begin a stream: its first latent, a single frame of silence, is drawn and decoded."""
        self._rng = torch.Generator(self.device).manual_seed(seed)
        heard, listening = self.conditioner.start(self.device)
        drawn = self._rollout.start(self._reference_latents, self._reference_mask())
        latents, drawn = self._sample(self.sample_noise(1), heard, drawn)
        _, decoded = self._decode(latents, None)
        return InferenceState(listening, drawn, decoded)

    @torch.inference_mode()
    def encode_audio(
        self, audio: Tensor, state: InferenceState[S]
    ) -> tuple[Tensor, InferenceState[S]]:
        """Return what the next block hears of sound (1, hop)."""
        listen = self.conditioner.step if audio.is_cuda else self._captured_conditioning
        heard, listening = listen(audio, state=state.audio)
        return heard, state._replace(audio=listening)

    @torch.inference_mode()
    def sample(
        self, conditioning: Tensor, state: InferenceState[S]
    ) -> tuple[Tensor, InferenceState[S]]:
        """Return the next block of latents, (1, block, channels, grid, grid)."""
        latents, drawn = self._captured_sample(
            self.sample_noise(conditioning.shape[1]), conditioning, state=state.rollout
        )
        return latents, state._replace(rollout=drawn)

    @torch.inference_mode()
    def decode(
        self, latents: Tensor, state: InferenceState[S]
    ) -> tuple[Composition, InferenceState[S]]:
        """Return what a block's frames are composed of."""
        layers, decoded = self._captured_decode(latents, state=state.decoder)
        return Composition(*layers), state._replace(decoder=decoded)

    @property
    def device(self) -> torch.device:
        """Where it runs."""
        return self._references.device

    def sample_noise(self, latents: int) -> Tensor:
        """Draw what a block begins with, in full precision, in which latents then stay."""
        config = self._avatar.generator.config
        shape = (1, latents, config.latent_channels, config.grid, config.grid)
        return torch.randn(shape, generator=self._rng, device=self.device)

    @torch.inference_mode()
    def _encode_references(self, references: Tensor) -> tuple[DecoderReferences, Tensor]:
        """Compute once what the decoder and the generator need of the references."""
        vae = self._avatar.vae
        alone, _ = vae.encode(references.transpose(0, 1))  # each a clip of one frame
        latents = self._avatar.normalize(alone.mean).transpose(0, 1).to(references.dtype)
        return vae.encode_references(references), latents

    def _reference_mask(self) -> Tensor:
        return torch.ones(self._references.shape[:2], dtype=torch.bool, device=self.device)

    def _sample(
        self, noise: Tensor, heard: Tensor, state: RolloutState
    ) -> tuple[Tensor, RolloutState]:
        return self._rollout.step(noise, heard, state)

    def _decode(
        self, latents: Tensor, state: DecoderState | None
    ) -> tuple[Composition, DecoderState]:
        decodable = self._avatar.denormalize(latents).to(self._references.dtype)
        decoded, state = self._avatar.vae.decode(decodable, self._decoder_references, state)
        return decoded.composition, state
