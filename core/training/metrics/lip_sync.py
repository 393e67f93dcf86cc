"""Lip-sync metrics: bilabial closures, stillness in silence, retrieval of the matching sound."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from core.perception.speech.visemes import BILABIAL, SILENCE
from core.training.metrics.correlation import CONSTANT_STD, Curve
from core.video import FPS

LIPS_CLOSED = 0.012
"""Opening in face heights below which lips count as closed; see docs/lab.md."""
BILABIAL_SHARE = 0.5
"""Share of p, b or m from which lips should close."""
VOWEL_OPENING = 0.5
"""Target opening, 0..1, from which lips should not be closed."""
CLOSURE_TOLERANCE = 1
"""Frames by which a closure may be early or late."""
SILENCE_SHARE = 0.9
"""Share of the silent viseme from which nothing is said."""
SETTLING_FRAMES = 5
"""Silent frames on both sides of a frame before its lips are expected to be still."""
MAX_LAG = 10
"""Frames either way in which the best lag is sought."""
MS_PER_FRAME = 1000 / FPS

VisemeShares = NDArray[np.float64]
"""(frames, 15), share of each viseme."""


class Closures(NamedTuple):
    """How many bilabial closures there are, and how many should be."""

    met: int
    expected: int


def count_closures(opening: Curve, visemes: VisemeShares) -> Closures:
    """Count the p, b and m of `visemes` at which the opening (face heights) closes."""
    bilabial = np.concatenate([[0], visemes[:, BILABIAL] >= BILABIAL_SHARE, [0]]).astype(int)
    starts, ends = (np.flatnonzero(np.diff(bilabial) == way) for way in (1, -1))
    met = sum(
        opening[max(0, start - CLOSURE_TOLERANCE) : end + CLOSURE_TOLERANCE].min() < LIPS_CLOSED
        for start, end in zip(starts, ends, strict=True)
    )
    return Closures(int(met), len(starts))


def closed_vowel_rate(openings: Sequence[Curve], targets: Sequence[Curve]) -> float:
    """Return the share of closed frames among those whose target is VOWEL_OPENING or more.

    It exposes a mouth that never opens, which meets every closure. NaN without such frames.
    """
    opening, want = np.concatenate(openings), np.concatenate(targets)
    wide = want >= VOWEL_OPENING
    return float((opening[wide] < LIPS_CLOSED).mean()) if wide.any() else float("nan")


class SilenceMotion(NamedTuple):
    """Motion of the lips while nobody speaks, in face heights; NaN without silence."""

    opening: float
    """99th percentile."""
    movement: float
    """Mean change of the opening from frame to frame."""
    frames: int


def silence_motion(openings: Sequence[Curve], visemes: Sequence[VisemeShares]) -> SilenceMotion:
    """Measure all silent frames of some clips."""
    masks = [settled_silence(shape) for shape in visemes]
    quiet = np.concatenate([o[mask] for o, mask in zip(openings, masks, strict=True)])
    pairs = zip(openings, masks, strict=True)
    steps = np.concatenate([np.abs(np.diff(o))[mask[1:] & mask[:-1]] for o, mask in pairs])
    if not len(quiet) or not len(steps):
        return SilenceMotion(float("nan"), float("nan"), len(quiet))
    return SilenceMotion(float(np.percentile(quiet, 99)), float(steps.mean()), len(quiet))


def settled_silence(visemes: VisemeShares) -> NDArray[np.bool_]:
    """Mark frames with nothing but silence for SETTLING_FRAMES on both sides."""
    loud = visemes[:, SILENCE] < SILENCE_SHARE
    near = np.convolve(loud, np.ones(2 * SETTLING_FRAMES + 1), mode="full")[
        SETTLING_FRAMES : SETTLING_FRAMES + len(loud)
    ]
    return near < 0.5


def retrieval_accuracy(videos: NDArray[np.float64], sounds: NDArray[np.float64]) -> float:
    """Return the top-1 accuracy of retrieving a video's own sound, 0 to 1; 1 / n is chance.

    Both (n, frames), as from `normalized_windows`. Ties share the point.
    """
    distances = np.square(videos[:, None] - sounds).mean(2)
    nearest = distances <= distances.min(1, keepdims=True) + 1e-12
    return float(np.mean(np.diag(nearest) / nearest.sum(1)))


def normalized_windows(curves: Sequence[Curve], length: int) -> NDArray[np.float64]:
    """Cut standardized curves of some clips into windows (n, length) without overlap.

    Each clip's curve has mean 0 and standard deviation 1; a constant one is 0.

    Raises:
        ValueError: no clip is that long.
    """
    parts = [
        alike[start : start + length]
        for alike in map(_standardized, curves)
        for start in range(0, len(alike) - length + 1, length)
    ]
    if not parts:
        raise ValueError(f"no clip has {length} frames; expected longer ones")
    return np.stack(parts)


def _standardized(curve: Curve) -> Curve:
    deviation = curve.std()
    return np.zeros_like(curve) if deviation < CONSTANT_STD else (curve - curve.mean()) / deviation
