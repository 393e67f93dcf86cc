"""Streaming audio conditioning: hops of sound to one conditioning vector per latent."""

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
    """Streaming state of the audio encoder and of the embedder; spent by the next step."""

    encoder: S
    embedder: Tensor


class AudioConditioner(Generic[S]):
    """Turns each hop of sound into the conditioning of one block of latents.

    A stream's clip begins `preroll` frames before its sound does, in silence: so its first
    latent, a single frame, is sampled before any sound is there, and every hop completes a block.
    """

    def __init__(self, encoder: AudioEncoder[S], embedder: AudioEmbedder, block: int) -> None:
        """Raises ValueError if encoder and embedder do not fit."""
        self.lag = total_lag(encoder, embedder.config)
        """Look-ahead in frames: how long after a frame's own sound it can be sampled."""
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
        """Return the first latent's conditioning, (1, 1, width), and the state."""
        # A coarse encoder takes no single frames: rounding up only lengthens the silence before.
        needed = self.preroll * FRAME_SAMPLES
        count = -(-needed // self._encoder.hop) * self._encoder.hop
        silence = torch.zeros(1, count, device=device)
        features, state = self._encoder.encode(silence, self._encoder.initial_state(1))
        recent = features[:, -1 - self._embedder.config.lookahead_frames :]
        first, embedder = self._embedder.start(self._as_embedder_dtype(recent))
        return first, ConditionerState(state, embedder)

    def step(self, audio: Tensor, state: ConditionerState[S]) -> tuple[Tensor, ConditionerState[S]]:
        """Return the conditioning (1, block, width) of the block `audio` (1, hop) completes."""
        features, encoder = self._encoder.encode(audio, state.encoder)
        conditioning, embedder = self._embedder(self._as_embedder_dtype(features), state.embedder)
        return conditioning, ConditionerState(encoder, embedder)

    def _as_embedder_dtype(self, features: Tensor) -> Tensor:
        """Cast the encoder's features to the embedder's dtype."""
        return features.to(self._embedder.norm.weight.dtype)


def as_batch(audio: Samples, device: torch.device) -> Tensor:
    """Return sound (samples,) as a batch of one."""
    return torch.tensor(audio, dtype=torch.float32, device=device)[None]
