"""What a mouth does while one hears this: shapes, opening and voicing from sound, in torch.

One live voice is heard by `core.perception.ear`, which computes the same and needs no torch.
"""

from pathlib import Path
from typing import NamedTuple

import torch
from torch import Tensor, nn
from torch.nn import functional

from core.perception.hearing import FRAME, WEIGHTS, Convolution, SpeechConfig
from core.perception.mel import LogMel, Loudness, LoudnessState, follow, initial_loudness
from core.perception.pitch import BURIED, CLEAREST, DEPTH, FAINTEST, PER_FRAME, STEP
from core.perception.visemes import VISEMES
from core.tensors import fill, load


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
        width = config.width
        self.mel = LogMel(config.bands, config.window)
        self.fine, self.middle, self.coarse = map(_convolution, config.convolutions.values())
        self.join = nn.Linear(config.joined, width)
        self.calm = nn.LayerNorm(width)
        self.recent = nn.Linear(3 * width, width)
        self.memory = nn.GRU(width, width, config.layers, batch_first=True)
        self.feature = nn.Linear(2 * width, config.features)
        self.answer = nn.Linear(config.features, len(VISEMES) + 2)
        self.config = config

    def initial_state(self, batch: int) -> SpeechState:
        """Return the state before any sound: silence."""
        zeros, width = self.answer.weight.new_zeros, self.config.width
        shapes = self.config.convolutions.values()
        fine, middle, coarse = (zeros(batch, s.inputs, s.past, s.bands) for s in shapes)
        recent, memory = zeros(batch, 2, width), zeros(self.config.layers, batch, width)
        loudness = initial_loudness(self.mel, batch)
        mel = self.mel.initial_state(batch)
        return SpeechState(mel, loudness, fine, middle, coarse, recent, memory)

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
    contrast = (loudness.level - loudness.noise.logsumexp(2))[..., None] / STEP
    level = loudness.level.repeat_interleave(PER_FRAME, 1)[..., None]
    loud = ((mel - level) / STEP).clamp(min=FAINTEST)
    clear = ((mel - noise.repeat_interleave(PER_FRAME, 1)) / STEP).clamp(BURIED, CLEAREST)
    return torch.stack([loud, clear], 1), contrast.clamp(max=CLEAREST)


def _convolution(shape: Convolution) -> nn.Conv2d:
    return nn.Conv2d(shape.inputs, shape.outputs, shape.kernel, shape.stride, (0, shape.margin))


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
