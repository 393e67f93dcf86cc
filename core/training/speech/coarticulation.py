"""Coarticulation: training targets of the mouth from time-aligned phonemes.

Lips do not jump from sound to sound. The opening is the mean of the visemes' openings, weighted
by `Viseme.dominance` and a bell 150 ms wide, after Cohen and Massaro's dominance functions. Vowels
open in proportion to their loudness. What must touch, touches: around p, b and m the curve is
brought to zero within 50 ms, and the frame in the middle of the closure is shut, so that a closure
shorter than a frame is seen.
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from core.audio import SAMPLE_RATE, Samples
from core.perception.speech.phonemes import articulation
from core.perception.speech.visemes import BILABIAL, INDEX, SILENCE, VISEMES, VOWELS
from core.training.speech.voices import Utterance

Curve = NDArray[np.float32]

POINTS_PER_FRAME = 4
"""Points of the curves per video frame, before they are averaged."""
POINT_SECONDS = 0.04 / POINTS_PER_FRAME
"""Seconds between two points."""
OPENING_KERNEL = 15
"""Points of the Hann kernel that blends openings: 150 ms."""
VISEME_KERNEL = 7
"""Points of the Hann kernel that blends visemes: 70 ms."""
CLOSING_SECONDS = 0.05
"""Seconds in which lips come together and part."""
SHORT_PAUSE = 0.15
"""Seconds of silence below which lips do not get to close."""
LABIODENTAL_OPENING = 0.12
"""Opening at f and v."""

SEGMENT_DTYPE = np.dtype(
    [
        ("viseme", np.int64),
        ("start", np.float64),
        ("end", np.float64),
        ("opening", np.float64),
        ("pull", np.float64),
        ("voiced", np.bool_),
    ]
)
"""One viseme in time: seconds, target opening, dominance, and whether it is voiced."""


class MouthTargets(NamedTuple):
    """What an encoder should output, frame by frame."""

    visemes: Curve
    """(frames, 15), sums to 1."""
    opening: Curve
    voicing: Curve
    closures: Curve
    """1 in the frame in the middle of a p, b or m, (frames,)."""


def viseme_segments(utterance: Utterance) -> NDArray[np.void]:
    """Return the visemes of an utterance, (segments,) of SEGMENT_DTYPE."""
    rows = []
    for segment in utterance.segments:
        known = articulation(utterance.alphabet, segment.symbol)
        edges = np.linspace(segment.start, segment.end, len(known.visemes) + 1)
        for viseme, start, end in zip(known.visemes, edges[:-1], edges[1:], strict=True):
            shape = VISEMES[viseme]
            pull = shape.dominance * (
                min(1.0, (end - start) / SHORT_PAUSE) if viseme == SILENCE else 1
            )
            rows.append((viseme, start, end, shape.opening, pull, known.voiced))
    found = np.array(rows, SEGMENT_DTYPE)
    vowels = np.isin(found["viseme"], list(VOWELS))
    found["opening"][vowels] *= _loudness_factors(utterance.samples, found[vowels])
    return found


def articulate(segments: NDArray[np.void], frames: int) -> MouthTargets:
    """Return the targets of `frames` video frames from time 0 on."""
    count = frames * POINTS_PER_FRAME
    owner = _active_segments(segments, count)
    visemes = np.zeros((count, len(VISEMES)), np.float32)
    visemes[np.arange(count), np.where(owner >= 0, segments["viseme"][owner], SILENCE)] = 1
    voiced = np.where(owner >= 0, segments["voiced"][owner], False).astype(np.float32)
    opening, closed = _apply_closures(_opening(segments, owner), segments, frames)
    return MouthTargets(
        _frame_means(_smooth_curve(visemes, VISEME_KERNEL)),
        opening.astype(np.float32),
        _frame_means(voiced),
        closed,
    )


def _active_segments(segments: NDArray[np.void], count: int) -> NDArray[np.int64]:
    """Return for each point the index of the segment it lies in, or -1."""
    times = (np.arange(count) + 0.5) * POINT_SECONDS
    owner = np.searchsorted(segments["start"], times, "right") - 1
    held = (owner >= 0) & (times < segments["end"][owner])
    return np.where(held, owner, -1)


def _opening(segments: NDArray[np.void], owner: NDArray[np.int64]) -> Curve:
    pull = np.where(owner >= 0, segments["pull"][owner], VISEMES[SILENCE].dominance)
    aim = np.where(owner >= 0, segments["opening"][owner], 0.0)
    return _smooth_curve(pull * aim, OPENING_KERNEL) / _smooth_curve(pull, OPENING_KERNEL)


def _apply_closures(opening: Curve, segments: NDArray[np.void], frames: int) -> tuple[Curve, Curve]:
    """Return the opening per frame with lip and teeth closures applied, and the lip closures."""
    times = (np.arange(len(opening)) + 0.5) * POINT_SECONDS
    closed, teeth = np.zeros(frames, np.float32), np.zeros(frames, np.bool_)
    for shape in segments[np.isin(segments["viseme"], [BILABIAL, INDEX["FF"]])]:
        start, end = closure_interval(shape)
        middle = int((start + end) / 2 / POINT_SECONDS / POINTS_PER_FRAME)
        if shape["viseme"] == BILABIAL:
            away = np.maximum(start - times, times - end).clip(0, CLOSING_SECONDS) / CLOSING_SECONDS
            opening = opening * (1 - np.cos(np.pi * away)) / 2
            closed[min(middle, frames - 1)] = 1
        else:
            teeth[min(middle, frames - 1)] = True
    opening = _frame_means(opening)
    opening[teeth] = opening[teeth].clip(max=LABIODENTAL_OPENING)
    return opening * (1 - closed), closed


def closure_interval(segment: np.void) -> tuple[float, float]:
    """Return when the lips of a p, b, m, f or v meet and part; a stop ends in a burst of air."""
    length = segment["end"] - segment["start"]
    share = 0.9 if segment["voiced"] else 0.7
    return segment["start"] + 0.1 * length, segment["start"] + share * length


def _loudness_factors(samples: Samples, vowels: NDArray[np.void]) -> NDArray[np.float64]:
    """Return a factor per vowel, 0.6 to 1.1, from its loudness relative to the others."""
    loud = np.zeros(len(vowels))
    for index, vowel in enumerate(vowels):
        span = samples[int(vowel["start"] * SAMPLE_RATE) : int(vowel["end"] * SAMPLE_RATE)]
        loud[index] = 10 * np.log10(np.mean(np.square(span)) + 1e-10) if len(span) else -100
    reference = np.percentile(loud, 80) if len(loud) else 0.0
    return np.clip(1 + (loud - reference) / 25, 0.6, 1.1)


def _smooth_curve(curve: NDArray[np.floating], size: int) -> Curve:
    """Convolve over time with a Hann kernel of `size` points; edges are replicated."""
    bell = np.hanning(size + 2)[1:-1]
    bell /= bell.sum()
    padded = np.pad(curve, [(size // 2, size // 2)] + [(0, 0)] * (curve.ndim - 1), "edge")
    windows = np.lib.stride_tricks.sliding_window_view(padded, size, axis=0)
    return np.asarray(windows @ bell, np.float32)


def _frame_means(curve: NDArray[np.floating]) -> Curve:
    """Average a curve over each video frame."""
    return np.asarray(curve.reshape(-1, POINTS_PER_FRAME, *curve.shape[1:]).mean(1), np.float32)


def concatenate_segments(pieces: Sequence[tuple[NDArray[np.void], float]]) -> NDArray[np.void]:
    """Concatenate segment lists after a silence, each shifted to its start in seconds."""
    before = (SILENCE, -1.0, 0.0, 0.0, VISEMES[SILENCE].dominance, False)
    moved = [np.array([before], SEGMENT_DTYPE)]
    for shapes, start in pieces:
        later = shapes.copy()
        later["start"] += start
        later["end"] += start
        moved.append(later)
    return np.concatenate(moved)
