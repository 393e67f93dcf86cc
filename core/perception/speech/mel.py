"""Causal log-mel spectra, noise floor and speech level tracking, in torch."""

import math
from typing import NamedTuple

import torch
from torch import Tensor, nn

from core.perception.speech.mel_constants import (
    ATTACK,
    HOP_SAMPLES,
    HOPS_PER_FRAME,
    INITIAL_NOISE,
    LEVEL_DECAY,
    MIN_SPEECH_SNR,
    NOISE_RISE,
    OVERSHOOT,
    POWER_FLOOR,
    PREEMPHASIS,
    hann_window,
    mel_filterbank,
)


class LogMel(nn.Module):
    """Causal log-mel filterbank, hop 10 ms, window 32 ms."""

    window: Tensor
    filterbank: Tensor

    def __init__(self, bands: int, window_size: int) -> None:
        super().__init__()
        self.register_buffer("window", torch.from_numpy(hann_window(window_size)), persistent=False)
        self.register_buffer(
            "filterbank", torch.from_numpy(mel_filterbank(bands, window_size)), persistent=False
        )

    def initial_state(self, batch: int) -> Tensor:
        """Return silence, (batch, samples)."""
        return self.window.new_zeros(batch, len(self.window) - HOP_SAMPLES + 1)

    def forward(self, x: Tensor, state: Tensor) -> tuple[Tensor, Tensor]:
        """Turn (batch, samples) into (batch, samples / HOP_SAMPLES, bands)."""
        x = torch.cat([state, x], 1)
        emphasised = x[:, 1:] - PREEMPHASIS * x[:, :-1]
        frames = emphasised.unfold(1, len(self.window), HOP_SAMPLES) * self.window
        power = torch.fft.rfft(frames).abs().square()
        return (power @ self.filterbank + POWER_FLOOR).log(), x[:, x.shape[1] - state.shape[1] :]


class LevelState(NamedTuple):
    """State of `track_levels`."""

    noise_floor: Tensor
    """Noise floor of each band, (batch, bands)."""
    speech_level: Tensor
    """Level of speech, (batch,)."""


class SpeechLevels(NamedTuple):
    """Noise floor (batch, frames, bands) and level of speech (batch, frames), natural logs."""

    noise_floor: Tensor
    speech_level: Tensor


def initial_levels(mel: LogMel, batch: int) -> LevelState:
    """Return the state before any sound."""
    noise = mel.filterbank.new_full((batch, mel.filterbank.shape[1]), INITIAL_NOISE)
    return LevelState(noise, mel.filterbank.new_full((batch,), math.log(POWER_FLOOR)))


def track_levels(mel: Tensor, state: LevelState) -> tuple[SpeechLevels, LevelState]:
    """Track noise floor and speech level through (batch, frames * HOPS_PER_FRAME, bands).

    The noise floor falls at once and rises slowly; the level of speech the other way round.
    """
    # (batch, frames, HOPS_PER_FRAME, bands)
    frames = mel.reshape(len(mel), -1, HOPS_PER_FRAME, mel.shape[2])
    means = frames.mean(2)
    frame_levels = frames.flatten(2).logsumexp(2) - math.log(HOPS_PER_FRAME)
    noise, level, noises, levels = state.noise_floor, state.speech_level, [], []
    for mean, frame_level in zip(means.unbind(1), frame_levels.unbind(1), strict=True):
        noise = torch.minimum(mean, noise + NOISE_RISE)
        level = torch.maximum(level + ATTACK * (frame_level - level), level - LEVEL_DECAY)
        level = torch.maximum(level, frame_level - OVERSHOOT)
        level = torch.maximum(level, noise.logsumexp(1) + MIN_SPEECH_SNR)
        noises.append(noise)
        levels.append(level)
    return SpeechLevels(torch.stack(noises, 1), torch.stack(levels, 1)), LevelState(noise, level)
