"""Catmull-Rom curves, ribbons and ellipses; all lengths in face heights."""

from collections.abc import Sequence
from typing import TypeAlias

import numpy as np
from numpy.typing import ArrayLike, NDArray

Points: TypeAlias = NDArray[np.float64]
"""(n, 2): x right, y down, from the middle of the face."""

STEPS = 14
"""Points of a smooth curve for each it was led through."""


def points(text: str, wide: float = 1.0, down: float = 0.0) -> Points:
    """Return the points written as in SVG, "x,y x,y", in hundredths.

    They are made `wide` times as wide (mirrored, if that is negative) and moved `down`.
    """
    pairs = np.array([pair.split(",") for pair in text.split()], np.float64) / 100
    return np.asarray(pairs * [wide, 1] + [0, down])


def moved(line: Points, right: float, down: float) -> Points:
    """Return points moved by so much."""
    return np.asarray(line + np.array([right, down]))


def smooth(through: ArrayLike, closed: bool = False) -> Points:
    """Return the curve through points (n, 2) (Catmull and Rom 1974)."""
    p = np.asarray(through, np.float64)
    if closed:
        p = np.concatenate([p[-1:], p, p[:2]])
    else:
        p = np.concatenate([2 * p[:1] - p[1:2], p, 2 * p[-1:] - p[-2:-1]])
    t = np.linspace(0, 1, STEPS, endpoint=False)[:, None]
    pieces = [_piece(p[i : i + 4], t) for i in range(len(p) - 3)]
    return np.concatenate(pieces if closed else [*pieces, p[-2:-1]])


def _piece(p: Points, t: Points) -> Points:
    a, b, c, d = p
    return np.asarray(
        b
        + t * (c - a) / 2
        + t**2 * (a - 2.5 * b + 2 * c - d / 2)
        + t**3 * (1.5 * (b - c) + (d - a) / 2)
    )


def resampled(line: Points, count: int) -> Points:
    """Return `count` points at even distances along a line."""
    along = np.concatenate([[0], np.cumsum(np.linalg.norm(np.diff(line, axis=0), axis=1))])
    at = np.linspace(0, along[-1], count)
    return np.stack([np.interp(at, along, line[:, i]) for i in (0, 1)], axis=1)


def ribbon(line: ArrayLike, widths: Sequence[float]) -> Points:
    """Return the outline of a smooth stroke, as wide as `widths` says evenly along it."""
    middle = resampled(smooth(line), 48)
    way = np.gradient(middle, axis=0)
    aside = np.stack([-way[:, 1], way[:, 0]], axis=1)
    aside /= np.maximum(np.linalg.norm(aside, axis=1, keepdims=True), 1e-9)
    at = np.linspace(0, 1, len(middle))
    wide = np.interp(at, np.linspace(0, 1, len(widths)), widths)[:, None] / 2
    return np.concatenate([middle + aside * wide, (middle - aside * wide)[::-1]])


def ellipse(x: float, y: float, across: float, down: float, turn: float = 0.0) -> Points:
    """Return an ellipse with these half axes, turned clockwise by `turn` radians."""
    angle = np.linspace(0, 2 * np.pi, 72, endpoint=False)
    flat = np.stack([across * np.cos(angle), down * np.sin(angle)], axis=1)
    cos, sin = np.cos(turn), np.sin(turn)
    return np.asarray(flat @ np.array([[cos, sin], [-sin, cos]]) + [x, y])


def both_sides(line: Points) -> Points:
    """Return a line that ends in the middle of the face, and goes on to its other side."""
    return np.concatenate([line, line[-2::-1] * [-1, 1]])
