"""Monotone cubic curves along a short axis, tabulated in evenly spaced columns."""

import numpy as np
from numpy.typing import NDArray

from core.puppet.arrays import Array, array_namespace, as_float32, floor_to_int, take_along_last

COLUMNS = 65

Vector = NDArray[np.float32]


def monotone_cubic(u: Vector, v: Vector, span: float) -> Vector:
    """Tabulate the monotone cubic spline through (u, v) at COLUMNS places from -span to span.

    u: (k,) rising; v: (k,). Fritsch and Butland (1984): no overshoot. Constant beyond the first
    and the last point.
    """
    at = np.linspace(-span, span, COLUMNS, dtype=np.float32).clip(u[0], u[-1])
    step, rise = np.diff(u), np.diff(v)
    slope = rise / step
    product, both = slope[1:] * slope[:-1], slope[1:] + slope[:-1]
    one_way = product > 0
    inner = np.where(one_way, 2 * product / np.where(one_way, both, 1), 0)
    tangent = np.concat([slope[:1], inner, slope[-1:]])
    i = np.searchsorted(u, at, side="right").clip(1, len(u) - 1) - 1
    t = (at - u[i]) / step[i]
    ends = v[i] * (1 + 2 * t) * (1 - t) ** 2 + v[i + 1] * t**2 * (3 - 2 * t)
    bends = tangent[i] * t * (1 - t) ** 2 + tangent[i + 1] * t**2 * (t - 1)
    return np.asarray(ends + step[i] * bends, np.float32)


def interpolate(columns: Array, u: Array, span: float) -> Array:
    """Interpolate the curve(s) `columns` (..., COLUMNS) linearly at u (..., n); both broadcast."""
    xp = array_namespace(columns)
    at = xp.clip(((u / span + 1) / 2 * (COLUMNS - 1)), 0, COLUMNS - 1 - 1e-4)
    low = floor_to_int(at)
    part = at - as_float32(low)
    before, after = (take_along_last(columns, low + end) for end in (0, 1))
    return before * (1 - part) + after * part
