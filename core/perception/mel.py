"""In torch: sound as loudness per pitch band, and how loud speech and noise have been of late."""

import math
from typing import NamedTuple

import torch
from torch import Tensor, nn

from core.perception.pitch import (
    ANY_NOISE,
    ATTACK,
    EMPHASIS,
    FLOOR,
    HEADROOM,
    HOP,
    LEVEL_FALL,
    NOISE_RISE,
    OVERSHOOT,
    PER_FRAME,
    bank,
    window,
)


class LogMel(nn.Module):
    """Log power in mel bands, every 10 ms, from the last 32 ms; sees nothing of the future."""

    window: Tensor
    bank: Tensor

    def __init__(self, bands: int, size: int) -> None:
        super().__init__()
        self.register_buffer("window", torch.from_numpy(window(size)), persistent=False)
        self.register_buffer("bank", torch.from_numpy(bank(bands, size)), persistent=False)

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
    """What `follow` remembers."""

    noise: Tensor
    """Noise floor of each band, (batch, bands)."""
    level: Tensor
    """Level of speech, (batch,)."""


class Loudness(NamedTuple):
    """Noise floor (batch, frames, bands) and level of speech (batch, frames), natural logs."""

    noise: Tensor
    level: Tensor


def initial_loudness(mel: LogMel, batch: int) -> LoudnessState:
    """Return the state of one who has heard nothing."""
    noise = mel.bank.new_full((batch, mel.bank.shape[1]), ANY_NOISE)
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
