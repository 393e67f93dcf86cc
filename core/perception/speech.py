"""What a mouth does while one hears this: shapes, opening and voicing from sound, live."""

from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn import functional

from core.audio import SAMPLE_RATE, Samples
from core.perception.mel import (
    DEPTH,
    PER_FRAME,
    LogMel,
    Loudness,
    LoudnessState,
    follow,
    initial_loudness,
)
from core.perception.visemes import VISEMES
from core.tensors import fill, load

FRAME = SAMPLE_RATE // 25
"""Samples of sound that one video frame spans."""
LAG = 2
"""Frames by which an answer is late."""
LOOK_AHEAD = LAG * FRAME
"""Samples after the end of a frame that its answer waits for: 80 ms."""
WEIGHTS = Path(__file__).parents[1] / "weights" / "speech.safetensors"
"""The network that the program ships with."""


@dataclass(frozen=True)
class SpeechConfig:
    """Shape of a `SpeechEncoder`."""

    bands: int = 64
    window: int = 512
    channels: int = 18
    """Of the first of three convolutions over time and pitch; the others have more."""
    width: int = 256
    layers: int = 2
    """Of the recurrent part."""
    features: int = 128


class Speech(NamedTuple):
    """What was heard. The first LAG frames of a stream belong to the time before it began."""

    visemes: Tensor
    """Share of each mouth shape, (batch, frames, 15); sums to 1."""
    opening: Tensor
    """Distance of the lips as a share of fully open, (batch, frames)."""
    voicing: Tensor
    """How much of the frame is voiced, (batch, frames)."""
    features: Tensor
    """What all of this was read from, (batch, frames, features)."""


class SpeechState(NamedTuple):
    """What a `SpeechEncoder` remembers of the sound so far."""

    mel: Tensor
    loudness: LoudnessState
    fine: Tensor
    middle: Tensor
    coarse: Tensor
    recent: Tensor
    memory: Tensor


class SpeechEncoder(nn.Module):
    """Causal: spectra, three convolutions over time and pitch, one over frames, a recurrent part.

    The answer for a frame leaves LAG frames after the frame went in; that is all the look-ahead
    there is, so training and streaming are the same computation.
    """

    def __init__(self, config: SpeechConfig) -> None:
        super().__init__()
        c, width = config.channels, config.width
        self.mel = LogMel(config.bands, config.window)
        self.fine = nn.Conv2d(2, c, (3, 5), (1, 2), (0, 2))
        self.middle = nn.Conv2d(c, c * 4 // 3, (4, 5), (2, 2), (0, 2))
        self.coarse = nn.Conv2d(c * 4 // 3, c * 2, (4, 3), (2, 2), (0, 1))
        self.join = nn.Linear(c * 2 * (config.bands // 8) + 1, width)
        self.calm = nn.LayerNorm(width)
        self.recent = nn.Linear(3 * width, width)
        self.memory = nn.GRU(width, width, config.layers, batch_first=True)
        self.feature = nn.Linear(2 * width, config.features)
        self.answer = nn.Linear(config.features, len(VISEMES) + 2)
        self.config = config

    def initial_state(self, batch: int) -> SpeechState:
        """Return the state before any sound: silence."""
        c, bands, width = self.config.channels, self.config.bands, self.config.width
        zeros = self.answer.weight.new_zeros
        return SpeechState(
            self.mel.initial_state(batch),
            initial_loudness(self.mel, batch),
            fine=zeros(batch, 2, 2, bands),
            middle=zeros(batch, c, 2, bands // 2),
            coarse=zeros(batch, c * 4 // 3, 2, bands // 4),
            recent=zeros(batch, 2, width),
            memory=zeros(self.config.layers, batch, width),
        )

    def forward(self, x: Tensor, state: SpeechState) -> tuple[Speech, SpeechState]:
        """Hear (batch, samples), any multiple of FRAME; answer one frame per FRAME, LAG late."""
        if x.shape[1] % FRAME:
            raise ValueError(f"{x.shape[1]} samples, expected a multiple of {FRAME}")
        mel, tail = self.mel(x, state.mel)
        return self.read(mel, state._replace(mel=tail))

    def read(self, mel: Tensor, state: SpeechState) -> tuple[Speech, SpeechState]:
        """Go on from log mel spectra, (batch, frames * PER_FRAME, bands); `state.mel` stays."""
        loudness, loudness_state = follow(mel, state.loudness)
        image, contrast = relative(mel, loudness)
        y, fine = _convolve(self.fine, image, state.fine)
        y, middle = _convolve(self.middle, y, state.middle)
        y, coarse = _convolve(self.coarse, y, state.coarse)
        y = y.transpose(1, 2).flatten(2)  # (batch, frames, channels * bands)
        y = functional.silu(self.calm(self.join(torch.cat([y, contrast], 2))))
        past = torch.cat([state.recent, y], 1)  # (batch, 2 + frames, width)
        three = torch.cat([past[:, :-2], past[:, 1:-1], past[:, 2:]], 2)
        y = y + functional.silu(self.recent(three))
        remembered, memory = self.memory(y, state.memory)
        features = functional.silu(self.feature(torch.cat([y, remembered], 2)))
        state = SpeechState(state.mel, loudness_state, fine, middle, coarse, past[:, -2:], memory)
        return self.told(features), state

    def told(self, features: Tensor) -> Speech:
        """Read the mouth from features (batch, frames, features)."""
        visemes, opening, voicing = self.answer(features).split([len(VISEMES), 1, 1], 2)
        return Speech(
            visemes.softmax(2), opening.sigmoid()[..., 0], voicing.sigmoid()[..., 0], features
        )


def relative(mel: Tensor, loudness: Loudness) -> tuple[Tensor, Tensor]:
    """Return spectra against level and against noise, and how far these two are apart.

    A gain moves all of them alike, so nothing that is returned knows it. No noise counts as less
    than DEPTH under the level: where a microphone is muted between words, the room that is heard
    with the words would else stand out as much as they do.
    Shapes (batch, 2, spectra, bands) and (batch, frames, 1).
    """
    noise = torch.maximum(loudness.noise, loudness.level[..., None] - DEPTH)
    contrast = (loudness.level - loudness.noise.logsumexp(2))[..., None] / 3
    level = loudness.level.repeat_interleave(PER_FRAME, 1)[..., None]
    loud = ((mel - level) / 3).clamp(min=-4)
    clear = ((mel - noise.repeat_interleave(PER_FRAME, 1)) / 3).clamp(-1, 3)
    return torch.stack([loud, clear], 1), contrast.clamp(max=3)


def _convolve(layer: nn.Conv2d, x: Tensor, past: Tensor) -> tuple[Tensor, Tensor]:
    """Convolve (batch, channels, time, bands) with its past before it; return the new past."""
    x = torch.cat([past, x], 2)
    return functional.relu(layer(x)), x[:, :, x.shape[2] - past.shape[2] :]


def load_encoder(path: Path = WEIGHTS) -> SpeechEncoder:
    """Return a trained encoder, ready to listen.

    Raises:
        BadCheckpoint: see `core.checkpoint.load`.
    """
    checkpoint = load(path, SpeechConfig)
    return fill(SpeechEncoder(checkpoint.config), checkpoint, path)


@dataclass(frozen=True)
class SpeechFrame:
    """What the mouth does in one video frame; see `Speech`."""

    visemes: NDArray[np.float32]
    opening: float
    voicing: float
    features: NDArray[np.float32]


class SpeechReader:
    """One voice, live: a frame of sound goes in, the mouth LAG frames before comes out.

    One thread makes and steps it.
    """

    def __init__(self, encoder: SpeechEncoder) -> None:
        self._encoder = encoder
        self._state = encoder.initial_state(1)
        self._heard = 0

    def step(self, samples: Samples) -> SpeechFrame | None:
        """Hear FRAME samples; return the frame that began LAG + 1 frames ago, if there was one."""
        with torch.inference_mode():
            x = torch.from_numpy(np.array(samples, np.float32))[None]
            speech, self._state = self._encoder(x, self._state)
        self._heard += len(samples)
        if self._heard <= LOOK_AHEAD:
            return None
        visemes, features = speech.visemes[0, -1].numpy(), speech.features[0, -1].numpy()
        return SpeechFrame(visemes, speech.opening.item(), speech.voicing.item(), features)
