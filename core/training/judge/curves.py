"""Curves in time, compared: how alike, how late, which way they go."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Curve = NDArray[np.float64]

FLAT = 1e-9
"""Deviation below which a curve does not move: rounding alone is no movement."""


class Agreement(NamedTuple):
    """How curves go together when one is moved against the other."""

    correlation: float
    """At the best lag."""
    lag: float
    """Frames by which the first curve is late; negative when early."""
    contrast: float
    """By how much the best lag is better than the median of all."""


def correlation_at(a: Curve, b: Curve, lag: int) -> float:
    """Return how alike two curves are when `a` is taken `lag` frames later; 0 if one is flat."""
    end = len(a) - abs(lag)
    a, b = a[max(0, lag) :][:end], b[max(0, -lag) :][:end]
    if min(a.std(), b.std()) < FLAT:
        return 0.0
    return float(np.corrcoef(a, b)[0, 1])


def agreement(pairs: Sequence[tuple[Curve, Curve]], reach: int) -> Agreement:
    """Compare pairs of curves, one lag for all of them, up to `reach` frames either way.

    Raises:
        ValueError: there are none, or they are too short.
    """
    if not pairs or min(len(a) for a, _ in pairs) < 2 * reach + 2:
        raise ValueError(f"expected curves of {2 * reach + 2} frames or more to compare")
    lags = np.arange(-reach, reach + 1)
    scores = np.array(
        [np.mean([correlation_at(*pair, int(lag)) for pair in pairs]) for lag in lags]
    )
    best = int(scores.argmax())
    late = float(lags[best]) + peak(scores, best)
    return Agreement(float(scores[best]), late, float(scores[best] - np.median(scores)))


def peak(scores: Curve, best: int) -> float:
    """Return where, between places, the top of a parabola through the best three lies."""
    if not 0 < best < len(scores) - 1:
        return 0.0
    before, top, after = scores[best - 1 : best + 2]
    bend = before - 2 * top + after
    return float(0.5 * (before - after) / bend) if bend < 0 else 0.0


class Slope(NamedTuple):
    """Which way a curve goes."""

    each: float
    """Change in a unit of time."""
    error: float
    """Standard error of that, as far as residuals tell; NaN from two points."""


def slope(times: Curve, values: Curve) -> Slope:
    """Fit a line.

    Raises:
        ValueError: there are fewer than two points.
    """
    if len(times) < 2:
        raise ValueError(f"{len(times)} points make no line; expected two or more")
    away = times - times.mean()
    spread = float((away**2).sum())
    each = float((away * values).sum()) / spread
    rest = values - values.mean() - each * away
    if len(times) == 2:
        return Slope(each, float("nan"))
    return Slope(each, float(np.sqrt((rest**2).sum() / (len(times) - 2) / spread)))
