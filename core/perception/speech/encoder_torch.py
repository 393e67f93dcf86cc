"""Causal speech encoder: visemes, lip opening and voicing from sound, in torch.

`encoder_numpy` computes the same for one live voice and needs no torch.
"""

from pathlib import Path
from typing import NamedTuple

import torch
from torch import Tensor, nn
from torch.nn import functional

from core.perception.speech.config import FRAME_SAMPLES, WEIGHTS, ConvSpec, SpeechConfig
from core.perception.speech.mel import (
    LevelState,
    LogMel,
    SpeechLevels,
    initial_levels,
    track_levels,
)
from core.perception.speech.mel_constants import (
    DYNAMIC_RANGE,
    HOPS_PER_FRAME,
    LOG_UNIT,
    RELATIVE_MIN,
    SNR_MAX,
    SNR_MIN,
)
from core.perception.speech.visemes import VISEMES
from core.sentence import said
from core.tensors import fill, load


class SpeechFrames(NamedTuple):
    """The encoder's output. The first LATENCY_FRAMES of a stream precede its beginning."""

    visemes: Tensor
    """Share of each mouth shape, (batch, frames, 15); sums to 1."""
    opening: Tensor
    """Distance of the lips as a share of fully open, (batch, frames)."""
    voicing: Tensor
    """How much of the frame is voiced, (batch, frames)."""
    features: Tensor
    """Last hidden layer, (batch, frames, feature_width)."""


class SpeechState(NamedTuple):
    """Streaming state of a `SpeechEncoder`."""

    mel: Tensor
    levels: LevelState
    fine: Tensor
    middle: Tensor
    coarse: Tensor
    context: Tensor
    gru: Tensor


class SpeechEncoder(nn.Module):
    """Log-mel spectra, three causal 2D convolutions, a temporal one over three frames, GRU, heads.

    The output for a frame comes LATENCY_FRAMES after the frame went in; that is all the
    look-ahead there is, so training and streaming are the same computation.
    """

    def __init__(self, config: SpeechConfig) -> None:
        super().__init__()
        width = config.width
        self.mel = LogMel(config.mel_bands, config.window_size)
        self.fine, self.middle, self.coarse = map(_conv_layer, config.convolutions.values())
        self.projection = nn.Linear(config.projection_inputs, width)
        self.norm = nn.LayerNorm(width)
        self.temporal = nn.Linear(3 * width, width)
        self.gru = nn.GRU(width, width, config.gru_layers, batch_first=True)
        self.feature = nn.Linear(2 * width, config.feature_width)
        self.output = nn.Linear(config.feature_width, len(VISEMES) + 2)
        self.config = config

    def initial_state(self, batch: int) -> SpeechState:
        """Return the state before any sound: silence."""
        zeros, width = self.output.weight.new_zeros, self.config.width
        specs = self.config.convolutions.values()
        fine, middle, coarse = (
            zeros(batch, s.in_channels, s.left_context, s.in_bands) for s in specs
        )
        context, gru = zeros(batch, 2, width), zeros(self.config.gru_layers, batch, width)
        levels = initial_levels(self.mel, batch)
        mel = self.mel.initial_state(batch)
        return SpeechState(mel, levels, fine, middle, coarse, context, gru)

    def forward(self, x: Tensor, state: SpeechState) -> tuple[SpeechFrames, SpeechState]:
        """Encode (batch, samples), a multiple of FRAME_SAMPLES; one output per frame, delayed."""
        if x.shape[1] % FRAME_SAMPLES:
            raise ValueError(
                said("{0} samples, expected a multiple of {1}", x.shape[1], FRAME_SAMPLES)
            )
        mel, tail = self.mel(x, state.mel)
        return self.forward_mel(mel, state._replace(mel=tail))

    def forward_mel(self, mel: Tensor, state: SpeechState) -> tuple[SpeechFrames, SpeechState]:
        """Encode log-mel spectra, (batch, frames * HOPS_PER_FRAME, bands); `state.mel` stays."""
        levels, level_state = track_levels(mel, state.levels)
        image, snr = normalize_levels(mel, levels)
        y, fine = _causal_conv(self.fine, image, state.fine)
        y, middle = _causal_conv(self.middle, y, state.middle)
        y, coarse = _causal_conv(self.coarse, y, state.coarse)
        y = y.transpose(1, 2).flatten(2)  # (batch, frames, channels * bands)
        y = functional.silu(self.norm(self.projection(torch.cat([y, snr], 2))))
        context = torch.cat([state.context, y], 1)  # (batch, 2 + frames, width)
        three = torch.cat([context[:, :-2], context[:, 1:-1], context[:, 2:]], 2)
        y = y + functional.silu(self.temporal(three))
        hidden, gru = self.gru(y, state.gru)
        features = functional.silu(self.feature(torch.cat([y, hidden], 2)))
        state = SpeechState(state.mel, level_state, fine, middle, coarse, context[:, -2:], gru)
        return self.decode(features), state

    def decode(self, features: Tensor) -> SpeechFrames:
        """Apply the output heads to features (batch, frames, feature_width)."""
        visemes, opening, voicing = self.output(features).split([len(VISEMES), 1, 1], 2)
        return SpeechFrames(
            visemes.softmax(2), opening.sigmoid()[..., 0], voicing.sigmoid()[..., 0], features
        )


def normalize_levels(mel: Tensor, levels: SpeechLevels) -> tuple[Tensor, Tensor]:
    """Return spectra relative to the speech level and to the noise floor, and the speech SNR.

    All are gain invariant. The noise floor counts as at most DYNAMIC_RANGE below the level: where
    a microphone is muted between words, the room that is heard with the words would otherwise
    stand out as much as they do.
    Shapes (batch, 2, spectra, bands) and (batch, frames, 1).
    """
    noise = torch.maximum(levels.noise_floor, levels.speech_level[..., None] - DYNAMIC_RANGE)
    speech_snr = (levels.speech_level - levels.noise_floor.logsumexp(2))[..., None] / LOG_UNIT
    level = levels.speech_level.repeat_interleave(HOPS_PER_FRAME, 1)[..., None]
    relative = ((mel - level) / LOG_UNIT).clamp(min=RELATIVE_MIN)
    snr = ((mel - noise.repeat_interleave(HOPS_PER_FRAME, 1)) / LOG_UNIT).clamp(SNR_MIN, SNR_MAX)
    return torch.stack([relative, snr], 1), speech_snr.clamp(max=SNR_MAX)


def _conv_layer(spec: ConvSpec) -> nn.Conv2d:
    return nn.Conv2d(
        spec.in_channels, spec.out_channels, spec.kernel, spec.stride, (0, spec.band_padding)
    )


def _causal_conv(layer: nn.Conv2d, x: Tensor, past: Tensor) -> tuple[Tensor, Tensor]:
    """Convolve (batch, channels, time, bands) after its left context; return the new context."""
    x = torch.cat([past, x], 2)
    return functional.relu(layer(x)), x[:, :, x.shape[2] - past.shape[2] :]


def load_speech_encoder(path: Path = WEIGHTS) -> SpeechEncoder:
    """Return the trained encoder in evaluation mode.

    Raises:
        BadCheckpoint: see `core.checkpoint.load`.
    """
    checkpoint = load(path, SpeechConfig)
    return fill(SpeechEncoder(checkpoint.config), checkpoint, path)
