"""Anti-aliased drawing with subpixel coordinates, in place."""

from collections.abc import Sequence
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

Canvas = NDArray[np.uint8]
Tone = Sequence[float]
Points = NDArray[np.floating[Any]]
"""(n, 2): x and y in pixels."""

_SHIFT = 4
FILLED = -1


def fill(canvas: Canvas, points: Points, tone: Tone | float) -> None:
    """Fill a polygon; one number is the tone of a canvas of one channel."""
    cv2.fillPoly(canvas, [_fixed(points)], _tone(tone), cv2.LINE_AA, _SHIFT)


def stroke(canvas: Canvas, points: Points, tone: Tone, wide: float, closed: bool = False) -> None:
    """Draw a polyline."""
    thick = max(1, round(wide))
    cv2.polylines(canvas, [_fixed(points)], closed, _tone(tone), thick, cv2.LINE_AA, _SHIFT)


def ellipse(
    canvas: Canvas,
    middle: Sequence[float] | Points,
    axes: tuple[float, float],
    tone: Tone | float,
    turn: float = 0.0,
    wide: int = FILLED,
) -> None:
    """Draw an ellipse with these half axes, rotated by `turn` degrees."""
    at = (round(float(middle[0]) * 16), round(float(middle[1]) * 16))
    half = (max(8, round(float(axes[0]) * 16)), max(8, round(float(axes[1]) * 16)))
    cv2.ellipse(canvas, at, half, turn, 0, 360, _tone(tone), wide, cv2.LINE_AA, _SHIFT)


def disc(canvas: Canvas, middle: Sequence[float] | Points, radius: float, tone: Tone) -> None:
    """Draw a filled circle."""
    ellipse(canvas, middle, (radius, radius), tone)


def write(
    canvas: Canvas, text: str, at: tuple[int, int], size: float, tone: Tone, wide: int
) -> None:
    """Write text of about 22 pixels times `size` from the lower left corner `at`."""
    cv2.putText(canvas, text, at, cv2.FONT_HERSHEY_SIMPLEX, size, _tone(tone), wide, cv2.LINE_AA)


def _fixed(points: Points) -> NDArray[np.int32]:
    return np.round(np.clip(points, -4000, 4000) * (1 << _SHIFT)).astype(np.int32)


def _tone(tone: Tone | float) -> tuple[float, ...]:
    return (float(tone),) if isinstance(tone, int | float) else tuple(float(t) for t in tone)
