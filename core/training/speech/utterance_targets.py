"""Training targets of the mouth from an utterance: its visemes, and how far its vowels open."""

import numpy as np
from numpy.typing import NDArray

from core.audio import SAMPLE_RATE, Samples
from core.perception.speech.coarticulation import SEGMENT_DTYPE, open_by_loudness, phoneme_rows
from core.perception.speech.phonemes import articulation
from core.perception.speech.visemes import VOWELS
from core.training.speech.voices import Utterance


def viseme_segments(utterance: Utterance) -> NDArray[np.void]:
    """Return the visemes of an utterance, (segments,) of SEGMENT_DTYPE."""
    rows = [
        row
        for segment in utterance.segments
        for row in phoneme_rows(
            articulation(utterance.alphabet, segment.symbol), segment.start, segment.end
        )
    ]
    found = np.array(rows, SEGMENT_DTYPE)
    open_by_loudness(found, _vowel_levels(utterance.samples, found))
    return found


def _vowel_levels(samples: Samples, segments: NDArray[np.void]) -> NDArray[np.float64]:
    """Return the loudness of each vowel in dB relative to the loud ones; 0 for all others."""
    loud, vowels = np.zeros(len(segments)), np.isin(segments["viseme"], list(VOWELS))
    for index in np.flatnonzero(vowels):
        start, end = (int(segments[edge][index] * SAMPLE_RATE) for edge in ("start", "end"))
        span = samples[start:end]
        loud[index] = 10 * np.log10(np.mean(np.square(span)) + 1e-10) if len(span) else -100
    loud[vowels] -= np.percentile(loud[vowels], 80) if vowels.any() else 0.0
    return loud
