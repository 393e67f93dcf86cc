"""Cross-correlation of curves in time, their lag, and linear trends."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Curve = NDArray[np.float64]

CONSTANT_STD = 1e-9
"""Standard deviation below which a curve is constant: rounding alone is no movement."""


class LaggedCorrelation(NamedTuple):
    """The peak of a cross-correlation."""

    correlation: float
    """At the best lag."""
    lag: float
    """Frames by which the first curve is late; negative when early."""
    peak_contrast: float
    """By how much the best lag exceeds the median of all."""


def correlation_at_lag(a: Curve, b: Curve, lag: int) -> float:
    """Return the Pearson correlation when `a` is taken `lag` frames later; 0 if one is constant."""
    end = len(a) - abs(lag)
    a, b = a[max(0, lag) :][:end], b[max(0, -lag) :][:end]
    if min(a.std(), b.std()) < CONSTANT_STD:
        return 0.0
    return float(np.corrcoef(a, b)[0, 1])


def best_lag_correlation(pairs: Sequence[tuple[Curve, Curve]], max_lag: int) -> LaggedCorrelation:
    """Find the lag, one for all pairs of curves and up to `max_lag` frames, of highest correlation.

    Raises:
        ValueError: there are none, or they are too short.
    """
    if not pairs or min(len(a) for a, _ in pairs) < 2 * max_lag + 2:
        raise ValueError(f"expected curves of {2 * max_lag + 2} frames or more to compare")
    lags = np.arange(-max_lag, max_lag + 1)
    scores = np.array(
        [np.mean([correlation_at_lag(*pair, int(lag)) for pair in pairs]) for lag in lags]
    )
    best = int(scores.argmax())
    late = float(lags[best]) + parabolic_peak(scores, best)
    return LaggedCorrelation(float(scores[best]), late, float(scores[best] - np.median(scores)))


def parabolic_peak(scores: Curve, best: int) -> float:
    """Return the sub-frame offset of the best score, by a parabola through its neighbours."""
    if not 0 < best < len(scores) - 1:
        return 0.0
    before, top, after = scores[best - 1 : best + 2]
    bend = before - 2 * top + after
    return float(0.5 * (before - after) / bend) if bend < 0 else 0.0


class Trend(NamedTuple):
    """A linear regression's slope."""

    slope: float
    """Change in a unit of time."""
    standard_error: float
    """Of the slope, from the residuals; NaN from two points."""


def linear_trend(times: Curve, values: Curve) -> Trend:
    """Fit a line by least squares.

    Raises:
        ValueError: there are fewer than two points.
    """
    if len(times) < 2:
        raise ValueError(f"{len(times)} points make no line; expected two or more")
    centred = times - times.mean()
    spread = float((centred**2).sum())
    slope = float((centred * values).sum()) / spread
    residuals = values - values.mean() - slope * centred
    if len(times) == 2:
        return Trend(slope, float("nan"))
    return Trend(slope, float(np.sqrt((residuals**2).sum() / (len(times) - 2) / spread)))
