"""Sound as loudness per pitch band, and how loud speech and noise have been of late."""

import math
from typing import NamedTuple

import torch
from torch import Tensor, nn

from core.audio import SAMPLE_RATE

FLOOR = 1e-11
"""Power added to every band: below the rounding of 16-bit sound, above that of float32."""
EMPHASIS = 0.97
"""How much of the sample before is taken off each; takes the direct current off, too."""
LOWEST, HIGHEST = 80.0, 7600.0
"""Hertz that the bands span."""
PER_FRAME = 4
"""Spectra per video frame."""
HOP = SAMPLE_RATE // 25 // PER_FRAME
"""Samples from one spectrum to the next."""


def decibels(value: float) -> float:
    """Return a ratio of powers, given in dB, in the natural logarithms used here."""
    return value * math.log(10) / 10


DEPTH = decibels(50)
"""How far below the level of speech a band may be and still count as above the noise."""
NOISE_RISE = decibels(3) / 25
"""How fast the noise floor follows a louder room, per frame."""
LEVEL_FALL = decibels(2) / 25
"""How fast the level of speech is forgotten, per frame."""
ATTACK = 0.7
"""Share of the way to a louder level taken at once; less than 1 so that a click does not rule."""
OVERSHOOT = decibels(6)
"""How far a sound may be above the level: the first word after silence is no louder than others."""
HEADROOM = decibels(15)
"""Least distance of the level of speech from the noise: no quiet room is turned up to a voice."""


class LogMel(nn.Module):
    """Log power in mel bands, every 10 ms, from the last 32 ms; sees nothing of the future."""

    window: Tensor
    bank: Tensor

    def __init__(self, bands: int, size: int) -> None:
        super().__init__()
        window = torch.hann_window(size, dtype=torch.float64)
        self.register_buffer("window", (window / window.sum()).float(), persistent=False)
        self.register_buffer("bank", _bank(bands, size), persistent=False)

    def initial_state(self, batch: int) -> Tensor:
        """Return silence, (batch, samples)."""
        return self.window.new_zeros(batch, len(self.window) - HOP + 1)

    def forward(self, x: Tensor, state: Tensor) -> tuple[Tensor, Tensor]:
        """Turn (batch, samples) into (batch, samples / HOP, bands)."""
        x = torch.cat([state, x], 1)
        flat = x[:, 1:] - EMPHASIS * x[:, :-1]
        pieces = flat.unfold(1, len(self.window), HOP) * self.window
        power = torch.fft.rfft(pieces).abs().square()
        return (power @ self.bank + FLOOR).log(), x[:, x.shape[1] - state.shape[1] :]


class LoudnessState(NamedTuple):
    """What a `Loudness` remembers."""

    noise: Tensor
    """Noise floor of each band, (batch, bands)."""
    level: Tensor
    """Level of speech, (batch,)."""


class Loudness(NamedTuple):
    """Noise floor (batch, frames, bands) and level of speech (batch, frames), natural logs."""

    noise: Tensor
    level: Tensor


def initial_loudness(mel: LogMel, batch: int) -> LoudnessState:
    """Return the state of one who has heard nothing: any noise is possible, no speech was."""
    noise = mel.bank.new_full((batch, mel.bank.shape[1]), 100.0)
    return LoudnessState(noise, mel.bank.new_full((batch,), math.log(FLOOR)))


def follow(mel: Tensor, state: LoudnessState) -> tuple[Loudness, LoudnessState]:
    """Track noise and level through (batch, frames * PER_FRAME, bands), frame by frame.

    The noise floor falls at once and rises slowly; the level of speech the other way round.
    """
    frames = mel.reshape(len(mel), -1, PER_FRAME, mel.shape[2])  # (batch, frames, PER_FRAME, bands)
    means = frames.mean(2)
    loud = frames.flatten(2).logsumexp(2) - math.log(PER_FRAME)
    noise, level, noises, levels = state.noise, state.level, [], []
    for mean, now in zip(means.unbind(1), loud.unbind(1), strict=True):
        noise = torch.minimum(mean, noise + NOISE_RISE)
        level = torch.maximum(level + ATTACK * (now - level), level - LEVEL_FALL)
        level = torch.maximum(level, now - OVERSHOOT)
        level = torch.maximum(level, noise.logsumexp(1) + HEADROOM)
        noises.append(noise)
        levels.append(level)
    return Loudness(torch.stack(noises, 1), torch.stack(levels, 1)), LoudnessState(noise, level)


def _bank(bands: int, size: int) -> Tensor:
    """Return triangles over the bins of a spectrum, equally wide in mel, (bins, bands)."""
    lowest, highest = (2595 * math.log10(1 + f / 700) for f in (LOWEST, HIGHEST))
    mel = torch.linspace(lowest, highest, bands + 2, dtype=torch.float64)
    edges = 700 * (10 ** (mel / 2595) - 1)
    bins = torch.linspace(0, SAMPLE_RATE / 2, size // 2 + 1, dtype=torch.float64)[:, None]
    rise = (bins - edges[:-2]) / (edges[1:-1] - edges[:-2])
    fall = (edges[2:] - bins) / (edges[2:] - edges[1:-1])
    # Narrow bands may fall between two bins; a floor under their width keeps them alive.
    bank = torch.minimum(rise, fall).clamp(min=0)
    nearest = (bins - edges[1:-1]).abs().argmin(0)
    bank[nearest, torch.arange(bands)] = bank[nearest, torch.arange(bands)].clamp(min=0.5)
    return bank.float()
