"""Log-mel filterbank and level tracking constants, shared by the torch and numpy encoders."""

import math

import numpy as np
from numpy.typing import NDArray

from core.audio import SAMPLE_RATE

POWER_FLOOR = 1e-11
"""Power added to every band: below the rounding of 16-bit sound, above that of float32."""
PREEMPHASIS = 0.97
"""First-order high-pass: this share of the previous sample is subtracted."""
MIN_HZ, MAX_HZ = 80.0, 7600.0
"""Frequency range of the bands, hertz."""
HOPS_PER_FRAME = 4
"""Spectra per video frame."""
HOP_SAMPLES = SAMPLE_RATE // 25 // HOPS_PER_FRAME
"""Samples from one spectrum to the next."""


def nats_from_decibels(value: float) -> float:
    """Convert a power ratio from dB to nats, the unit of log-mel values."""
    return value * math.log(10) / 10


DYNAMIC_RANGE = nats_from_decibels(50)
"""How far below the level of speech a band may be and still count as above the noise."""
NOISE_RISE = nats_from_decibels(3) / 25
"""How fast the noise floor follows a louder room, per frame."""
LEVEL_DECAY = nats_from_decibels(2) / 25
"""How fast the speech level falls, per frame."""
ATTACK = 0.7
"""Share of the way to a louder level taken in one frame; below 1, so that no click rules."""
OVERSHOOT = nats_from_decibels(6)
"""How far a sound may exceed the level: the first word after silence is no louder than others."""
MIN_SPEECH_SNR = nats_from_decibels(15)
"""Least distance of speech level and noise: a quiet room is never amplified into a voice."""
INITIAL_NOISE = 100.0
"""Noise floor before any sound: any noise is possible."""

LOG_UNIT = 3.0
"""Nats per unit of the network's input."""
RELATIVE_MIN = -4.0
"""Least band power relative to the speech level, in units."""
SNR_MIN, SNR_MAX = -1.0, 3.0
"""Range of a band's SNR, in units; SNR_MAX also bounds the speech level's."""


def hann_window(size: int) -> NDArray[np.float32]:
    """Return a periodic Hann window (size,) whose sum is 1."""
    raised = 1 - np.cos(2 * np.pi * np.arange(size) / size)
    return np.asarray(raised / raised.sum(), np.float32)


def mel_filterbank(bands: int, size: int) -> NDArray[np.float32]:
    """Return a triangular mel filterbank, (bins, bands), for spectra of windows of `size`."""
    lowest, highest = (2595 * math.log10(1 + f / 700) for f in (MIN_HZ, MAX_HZ))
    edges = 700 * (10 ** (np.linspace(lowest, highest, bands + 2) / 2595) - 1)
    bins = np.linspace(0, SAMPLE_RATE / 2, size // 2 + 1)[:, None]
    rise = (bins - edges[:-2]) / (edges[1:-1] - edges[:-2])
    fall = (edges[2:] - bins) / (edges[2:] - edges[1:-1])
    # Narrow bands may fall between two bins; a floor under their width keeps them alive.
    triangles = np.minimum(rise, fall).clip(min=0)
    nearest = np.abs(bins - edges[1:-1]).argmin(0), np.arange(bands)
    triangles[nearest] = triangles[nearest].clip(min=0.5)
    return np.asarray(triangles, np.float32)
