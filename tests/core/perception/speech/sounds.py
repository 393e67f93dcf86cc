"""Sounds that a mouth makes."""

import numpy as np

from core.perception.speech.config import FRAME_SAMPLES


def vowel(frames: int) -> np.ndarray:
    """A buzz through the resonances of an `a` in frames 10 to 25 of faint noise."""
    times = np.arange(15 * FRAME_SAMPLES) / 16_000
    pitch = 2 * np.pi * np.cumsum(120 + 15 * np.sin(2 * np.pi * 3 * times)) / 16_000
    voice = np.zeros_like(times)
    for partial in range(1, 40):
        hertz = 120 * partial
        peaks = ((750, 90, 1.0), (1200, 110, 0.6), (2600, 160, 0.2), (3500, 250, 0.1))
        gain = sum(g / (1 + ((hertz - centre) / width) ** 2) for centre, width, g in peaks)
        voice += (gain + 0.003) / partial**0.3 * np.sin(partial * pitch)
    swell = np.minimum(1, np.minimum(times, times[::-1]) / 0.03)
    sound = np.random.default_rng(3).standard_normal(frames * FRAME_SAMPLES) * 3e-4
    sound[10 * FRAME_SAMPLES : 25 * FRAME_SAMPLES] += 0.3 * voice * swell
    return sound
