"""Smooth curves along a short axis, kept as evenly spaced columns."""

import torch
from torch import Tensor

COLUMNS = 65


def curve(u: Tensor, v: Tensor, span: float) -> Tensor:
    """Return COLUMNS values of the smooth curve through (u, v), for u from -span to span.

    u: (k,) rising; v: (k,). Monotone cubic pieces (Fritsch and Butland 1984): no overshoot.
    Level beyond the first and the last point.
    """
    at = torch.linspace(-span, span, COLUMNS).clamp(float(u[0]), float(u[-1]))
    step, rise = u.diff(), v.diff()
    slope = rise / step
    product = slope[1:] * slope[:-1]
    both = (slope[1:] + slope[:-1]).abs().clamp(min=1e-9) * (slope[1:] + slope[:-1]).sign()
    inner = torch.where(product > 0, 2 * product / both, torch.zeros_like(product))
    tangent = torch.cat([slope[:1], inner, slope[-1:]])
    i = torch.searchsorted(u, at, right=True).clamp(1, len(u) - 1) - 1
    t = (at - u[i]) / step[i]
    return (
        v[i] * (1 + 2 * t) * (1 - t) ** 2
        + v[i + 1] * t**2 * (3 - 2 * t)
        + step[i] * (tangent[i] * t * (1 - t) ** 2 + tangent[i + 1] * t**2 * (t - 1))
    )


def look_up(columns: Tensor, u: Tensor, span: float) -> Tensor:
    """Return the curve(s) `columns` (..., COLUMNS) at u (..., n), between its columns linear."""
    at = ((u / span + 1) / 2 * (COLUMNS - 1)).clamp(0, COLUMNS - 1 - 1e-4)
    low = at.floor().long()
    part = at - low
    return columns.gather(-1, low) * (1 - part) + columns.gather(-1, low + 1) * part
