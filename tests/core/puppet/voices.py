"""Speech at random, for tests that need something to be heard."""

import numpy as np

from core.puppet.performance import VISEMES, SpeechTrack


def speech(frames: int, people: int = 3) -> SpeechTrack:
    """Return syllables that come and go at random."""
    random = np.random.default_rng(4)
    shares = random.random((people, frames, len(VISEMES)), np.float32) ** 4
    opening, chance = random.random((2, people, frames), np.float32)
    voicing = (chance > 0.3).astype(np.float32)
    return SpeechTrack(shares / shares.sum(2, keepdims=True), opening, voicing)
