"""What the sound of a stream tells its latents, hop by hop."""

from typing import Generic, NamedTuple, TypeVar

import torch
from torch import Tensor

from core.audio import Samples
from core.model.audio_encoders.audio_encoder import AudioEncoder, total_lag
from core.model.generator.audio_embedder import AudioEmbedder
from core.perception.speech.config import FRAME_SAMPLES
from core.sentence import said

S = TypeVar("S")


class ConditionerState(NamedTuple, Generic[S]):
    """What is remembered of the sound so far."""

    encoder: S
    embedder: Tensor


class AudioConditioner(Generic[S]):
    """Turns hops of sound into what blocks of latents hear; as many latents each time.

    A stream's clip begins `ahead_of` frames before its sound does, in silence: so its first
    latent, a single frame, is drawn before any sound is there, and every hop completes a block.
    """

    def __init__(self, encoder: AudioEncoder[S], embedder: AudioEmbedder, block: int) -> None:
        """Raises ValueError if encoder and embedder do not fit."""
        self.lag = total_lag(encoder, embedder.config)
        """Frames after a frame's own sound that it can be drawn."""
        self.preroll = 1 + self.lag
        """Frames of the clip that lie before the first sound."""
        self.hop = block * embedder.config.frames_per_latent * FRAME_SAMPLES
        if self.hop % encoder.hop:
            raise ValueError(
                said(
                    "a block of {0} samples is no multiple of the audio encoder's {1}",
                    self.hop,
                    encoder.hop,
                    remedy="choose another block size",
                )
            )
        self._encoder, self._embedder = encoder, embedder

    def start(self, device: torch.device) -> tuple[Tensor, ConditionerState[S]]:
        """Return what the first latent hears, (1, 1, width), and the state."""
        # A coarse encoder takes no single frames: rounding up only lengthens the silence before.
        needed = self.preroll * FRAME_SAMPLES
        count = -(-needed // self._encoder.hop) * self._encoder.hop
        silence = torch.zeros(1, count, device=device)
        features, state = self._encoder.encode(silence, self._encoder.initial_state(1))
        recent = features[:, -1 - self._embedder.config.lookahead_frames :]
        first, embedder = self._embedder.start(self._precise(recent))
        return first, ConditionerState(state, embedder)

    def step(self, audio: Tensor, state: ConditionerState[S]) -> tuple[Tensor, ConditionerState[S]]:
        """Return what the latents hear that `sound` (1, hop) completes, (1, block, width)."""
        features, encoder = self._encoder.encode(audio, state.encoder)
        heard, embedder = self._embedder(self._precise(features), state.embedder)
        return heard, ConditionerState(encoder, embedder)

    def _precise(self, features: Tensor) -> Tensor:
        """Bring the encoder's features to the embedder's precision."""
        return features.to(self._embedder.norm.weight.dtype)


def as_batch(audio: Samples, device: torch.device) -> Tensor:
    """Return sound (samples,) as a batch of one."""
    return torch.tensor(audio, dtype=torch.float32, device=device)[None]
