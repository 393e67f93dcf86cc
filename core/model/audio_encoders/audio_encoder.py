"""Streaming audio encoders: the contract, our own speech encoder, and the lag they add."""

from typing import Protocol, TypeVar

from torch import Tensor

from core.model.generator.generator_config import AudioConfig
from core.perception.speech.config import FRAME_SAMPLES, LATENCY_FRAMES
from core.perception.speech.encoder_torch import SpeechEncoder, SpeechState

MAX_LAG = 2
"""Frames of 40 ms that the picture may wait for sound, lookahead included."""

S = TypeVar("S")


class AudioEncoder(Protocol[S]):
    """Streaming encoder of sound at 16 kHz to features at 25 a second, `lag` frames late.

    A stream's first `lag` features belong to the time before it began.
    """

    @property
    def feature_size(self) -> int:
        """Return the number of features per frame."""
        ...

    @property
    def lag(self) -> int:
        """Return by how many frames features are late."""
        ...

    @property
    def hop(self) -> int:
        """Return the samples of which `encode` takes any multiple; whole frames."""
        ...

    def initial_state(self, batch: int) -> S:
        """Return the state before any sound."""
        ...

    def encode(self, samples: Tensor, state: S) -> tuple[Tensor, S]:
        """Encode (batch, frames * FRAME_SAMPLES) as (batch, frames, feature_size)."""
        ...


class SpeechAudioEncoder:
    """Our own speech encoder, frozen: the features from which `core.perception` reads visemes."""

    def __init__(self, encoder: SpeechEncoder) -> None:
        self._encoder = encoder.requires_grad_(False)
        self.feature_size = encoder.config.feature_width
        self.lag = LATENCY_FRAMES
        self.hop = FRAME_SAMPLES

    def initial_state(self, batch: int) -> SpeechState:
        """See `AudioEncoder`."""
        return self._encoder.initial_state(batch)

    def encode(self, samples: Tensor, state: SpeechState) -> tuple[Tensor, SpeechState]:
        """See `AudioEncoder`."""
        speech, state = self._encoder(samples, state)
        return speech.features, state


def total_lag(encoder: AudioEncoder[S], config: AudioConfig) -> int:
    """Return how many frames after a frame's own sound its latent can be sampled at the earliest.

    Raises:
        ValueError: encoder and config do not fit, or wait longer than MAX_LAG.
    """
    if encoder.feature_size != config.feature_size:
        raise ValueError(
            f"the audio encoder gives {encoder.feature_size} features, the generator was trained "
            f"on {config.feature_size}; choose the encoder it was trained with"
        )
    lag = encoder.lag + config.lookahead_frames
    if lag > MAX_LAG:
        raise ValueError(f"sound {lag} frames ahead of its picture, at most {MAX_LAG} are fine")
    return lag
