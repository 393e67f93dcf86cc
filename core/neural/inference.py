"""An avatar at work, part by part: hear a hop, draw its latents, decode them."""

from typing import Generic, NamedTuple, TypeVar

import torch
from torch import Tensor

from core.model.audio import AudioEncoder
from core.model.avatar import Avatar
from core.model.cache import CachePolicy, CleanCache, TimestepForcingCache
from core.model.decoder import DecoderState, References
from core.model.field import Composition
from core.model.generator_config import GeneratorConfig, Sampling
from core.model.rollout import Rollout, RolloutState
from core.neural.step_capture import CapturedStep
from core.neural.audio_conditioning import AudioConditioner, ConditionerState

S = TypeVar("S")


def cache_policy(config: GeneratorConfig, sampling: Sampling, forcing: bool) -> CachePolicy:
    """Return the cache that a generator was trained for: its own noise level, or clean."""
    if forcing:
        return TimestepForcingCache(config.history, sampling.block)
    return CleanCache(config.window, sampling.block)


class InferenceState(NamedTuple, Generic[S]):
    """What a stream has come to; spent by the next part."""

    listening: ConditionerState[S]
    drawn: RolloutState
    decoded: DecoderState


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
        self.listener = AudioConditioner(encoder, avatar.generator.audio, sampling.block)
        self._references = references
        self._known, self._latents = self._see(references)
        self._hearing: CapturedStep[ConditionerState[S]] = CapturedStep(self.listener.step)
        self._drawing: CapturedStep[RolloutState] = CapturedStep(self._drawn, avatar.generator)
        self._decoding: CapturedStep[DecoderState] = CapturedStep(self._decoded)

    @torch.inference_mode()
    def begin(self, seed: int) -> InferenceState[S]:
        """Begin a stream: its first latent, a single frame of silence, is drawn and decoded."""
        self._random = torch.Generator(self.device).manual_seed(seed)
        heard, listening = self.listener.start(self.device)
        drawn = self._rollout.start(self._latents, self._present())
        latents, drawn = self._drawn(self.noise(1), heard, drawn)
        _, decoded = self._decoded(latents, None)
        return InferenceState(listening, drawn, decoded)

    @torch.inference_mode()
    def hear(self, sound: Tensor, state: InferenceState[S]) -> tuple[Tensor, InferenceState[S]]:
        """Return what the next block hears of sound (1, hop)."""
        listen = self.listener.step if sound.is_cuda else self._hearing
        heard, listening = listen(sound, state=state.listening)
        return heard, state._replace(listening=listening)

    @torch.inference_mode()
    def draw(self, heard: Tensor, state: InferenceState[S]) -> tuple[Tensor, InferenceState[S]]:
        """Return the next block of latents, (1, block, channels, grid, grid)."""
        latents, drawn = self._drawing(self.noise(heard.shape[1]), heard, state=state.drawn)
        return latents, state._replace(drawn=drawn)

    @torch.inference_mode()
    def decode(self, latents: Tensor, state: InferenceState[S]) -> tuple[Composition, InferenceState[S]]:
        """Return what a block's frames are composed of."""
        layers, decoded = self._decoding(latents, state=state.decoded)
        return Composition(*layers), state._replace(decoded=decoded)

    @property
    def device(self) -> torch.device:
        """Where it runs."""
        return self._references.device

    def noise(self, latents: int) -> Tensor:
        """Draw what a block begins with, in full precision, in which latents then stay."""
        config = self._avatar.generator.config
        shape = (1, latents, config.channels, config.grid, config.grid)
        return torch.randn(shape, generator=self._random, device=self.device)

    @torch.inference_mode()
    def _see(self, references: Tensor) -> tuple[References, Tensor]:
        """Compute once what the decoder and the generator need of the references."""
        vae = self._avatar.vae
        alone, _ = vae.encode(references.transpose(0, 1))  # each a clip of one frame
        latents = self._avatar.drawable(alone.mean).transpose(0, 1).to(references.dtype)
        return vae.refer(references), latents

    def _present(self) -> Tensor:
        return torch.ones(self._references.shape[:2], dtype=torch.bool, device=self.device)

    def _drawn(
        self, noise: Tensor, heard: Tensor, state: RolloutState
    ) -> tuple[Tensor, RolloutState]:
        return self._rollout.step(noise, heard, state)

    def _decoded(
        self, latents: Tensor, state: DecoderState | None
    ) -> tuple[Composition, DecoderState]:
        decodable = self._avatar.decodable(latents).to(self._references.dtype)
        decoded, state = self._avatar.vae.decode(decodable, self._known, state)
        return decoded.layers, state
