"""Coarticulation: what the mouth does, from time-aligned phonemes.

Lips do not jump from sound to sound. The opening is the mean of the visemes' openings, weighted
by `Viseme.dominance` and a bell 150 ms wide, after Cohen and Massaro's dominance functions. Vowels
open in proportion to their loudness. What must touch, touches: around p, b and m the curve is
brought to zero within 50 ms, and the frame in the middle of the closure is shut, so that a closure
shorter than a frame is seen.
"""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from core.perception.speech.phonemes import PhonemeArticulation
from core.perception.speech.visemes import BILABIAL, INDEX, SILENCE, VISEMES, VOWELS

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
    """What the mouth should do, frame by frame."""

    visemes: Curve
    """(frames, 15), sums to 1."""
    opening: Curve
    voicing: Curve
    closures: Curve
    """1 in the frame in the middle of a p, b or m, (frames,)."""


def phoneme_rows(
    known: PhonemeArticulation, start: float, end: float
) -> Iterator[tuple[int, float, float, float, float, bool]]:
    """Yield the visemes of one phoneme, as rows of SEGMENT_DTYPE."""
    edges = np.linspace(start, end, len(known.visemes) + 1)
    for viseme, first, last in zip(known.visemes, edges[:-1], edges[1:], strict=True):
        shape = VISEMES[viseme]
        pull = shape.dominance * (
            min(1.0, (last - first) / SHORT_PAUSE) if viseme == SILENCE else 1
        )
        yield viseme, first, last, shape.opening, pull, known.voiced


def open_by_loudness(segments: NDArray[np.void], decibels: NDArray[np.float64]) -> None:
    """Let vowels open by their loudness (segments,), 0 being that of the loud ones: 0.6 to 1.1."""
    vowels = np.isin(segments["viseme"], list(VOWELS))
    segments["opening"][vowels] *= np.clip(1 + decibels[vowels] / 25, 0.6, 1.1)


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
