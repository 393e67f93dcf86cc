"""Synthetic formant speech, without a recording: syllables and pauses, deterministic."""

import numpy as np

from core.audio import SAMPLE_RATE, Samples

SYLLABLE_SECONDS = 0.22
"""Seconds from one syllable to the next."""

VOWEL_FORMANTS = ((730, 1090), (270, 2290), (570, 840), (530, 1840), (300, 870))
"""First two formants, Hz."""


def synthetic_speech(seconds: float, seed: int = 0) -> Samples:
    """Synthesize `seconds` of syllables at 16 kHz, about one in seven a pause."""
    rng = np.random.default_rng(seed)
    count = round(seconds * SAMPLE_RATE)
    each = round(SYLLABLE_SECONDS * SAMPLE_RATE)
    parts = [_syllable(each, rng) for _ in range(-(-count // each))]
    return np.concatenate(parts)[:count] if parts else np.zeros(0, np.float32)


def _syllable(length: int, rng: np.random.Generator) -> Samples:
    if rng.random() < 0.15:
        return np.zeros(length, np.float32)
    time = np.arange(length) / SAMPLE_RATE
    pitch = 120 * (1 + 0.1 * rng.standard_normal())
    formants = VOWEL_FORMANTS[rng.integers(len(VOWEL_FORMANTS))]
    sound = np.zeros(length)
    for harmonic in range(1, 30):
        frequency = harmonic * pitch
        near = sum(np.exp(-(((frequency - f) / 150) ** 2)) for f in formants)
        sound += (0.05 / harmonic + near) * np.sin(2 * np.pi * frequency * time)
    swell = np.sin(np.pi * np.linspace(0, 1, length)) ** 0.7
    return np.asarray(0.1 * sound * swell / (sound.std() + 1e-9), dtype=np.float32)
