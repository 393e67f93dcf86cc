"""From sound to what each latent hears: the audio encoder's contract, ours, and the embedder."""

from typing import Protocol, TypeVar

import torch
from torch import Tensor, nn

from core.model.generator.generator_config import AudioConfig
from core.perception.speech.config import FRAME_SAMPLES, LATENCY_FRAMES
from core.perception.speech.encoder_torch import SpeechEncoder, SpeechState

FRAMES_PER_LATENT = 4
"""Video frames that a latent spans; a stream's first latent spans one."""
MAX_LAG = 2
"""Frames of 40 ms that the picture may wait for sound, all in all."""

S = TypeVar("S")


class AudioEncoder(Protocol[S]):
    """Turns sound at 16 kHz into features at 25 a second, `lag` frames late.

    A stream's first `lag` answers belong to the time before it began.
    """

    @property
    def feature_size(self) -> int:
        """Return how many numbers a frame gets."""
        ...

    @property
    def lag(self) -> int:
        """Return by how many frames answers are late."""
        ...

    @property
    def hop(self) -> int:
        """Return the samples of which it takes any multiple; whole frames."""
        ...

    def initial_state(self, batch: int) -> S:
        """Return the state before any sound."""
        ...

    def encode(self, samples: Tensor, state: S) -> tuple[Tensor, S]:
        """Turn (batch, frames * FRAME) into (batch, frames, features); the state is spent."""
        ...


class SpeechAudioEncoder:
    """Our own encoder, as it is: what `core.perception.speech.encoder_torch` reads visemes from."""

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
    """Return how many frames after a frame's own sound its latent can be drawn at the earliest.

    Raises:
        ValueError: encoder and config do not fit, or wait longer than LONGEST_LAG.
    """
    if encoder.feature_size != config.feature_size:
        raise ValueError(
            f"the audio encoder gives {encoder.feature_size} features, the generator was trained on "
            f"{config.feature_size}; choose the encoder it was trained with"
        )
    lag = encoder.lag + config.lookahead_frames
    if lag > MAX_LAG:
        raise ValueError(f"sound {lag} frames ahead of its picture, at most {MAX_LAG} are fine")
    return lag


class AudioEmbedder(nn.Module):
    """Tells each latent the sound of its frames, and of `past` before and `ahead` after them.

    A stream's first latent, a single frame, has a perceptron of its own (2606.01620).
    """

    def __init__(self, config: AudioConfig) -> None:
        super().__init__()
        self.config = config
        self.norm = nn.LayerNorm(config.feature_size)
        self.first_mlp = self._perceptron(1 + config.lookahead_frames)
        self.mlp = self._perceptron(config.past_frames + FRAMES_PER_LATENT + config.lookahead_frames)

    def _perceptron(self, frames: int) -> nn.Sequential:
        return nn.Sequential(
            nn.Linear(frames * self.config.feature_size, self.config.hidden),
            nn.SiLU(),
            nn.Linear(self.config.hidden, self.config.width),
        )

    def start(self, x: Tensor) -> tuple[Tensor, Tensor]:
        """Begin a stream with its first frame and the `ahead` next, (batch, frames, features).

        Returns:
            The first latent's (batch, 1, width), and the state.
        """
        silence = x.new_zeros(len(x), self.config.past_frames - 1, x.shape[2])
        first: Tensor = self.first_mlp(self.norm(x).flatten(1))
        return first[:, None], torch.cat([silence, x], 1)

    def forward(self, x: Tensor, state: Tensor) -> tuple[Tensor, Tensor]:
        """Go on with (batch, FRAMES * latents, features); return (batch, latents, width).

        The state is the last `past + ahead` frames before x; a clip that is cut from the middle
        of a longer one may begin with these. With `ahead`, x runs so far ahead of the latents.
        """
        if x.shape[1] % FRAMES_PER_LATENT:
            raise ValueError(f"{x.shape[1]} frames, expected a multiple of {FRAMES_PER_LATENT}")
        x = torch.cat([state, x], 1)
        heard = self.norm(x).unfold(1, state.shape[1] + FRAMES_PER_LATENT, FRAMES_PER_LATENT)
        y: Tensor = self.mlp(heard.transpose(2, 3).flatten(2))
        return y, x[:, x.shape[1] - state.shape[1] :]

    def embed_clip(self, x: Tensor) -> Tensor:
        """Turn a clip from its start, (batch, 1 + FRAMES * n + ahead, features), into 1 + n."""
        head = 1 + self.config.lookahead_frames
        first, state = self.start(x[:, :head])
        others, _ = self(x[:, head:], state)
        return torch.cat([first, others], 1)
