"""Closed lips: two shapes that meet in a seam, where the puppet parts them."""

from dataclasses import dataclass

import numpy as np

from core.perception.face.topology import (
    LEFT_CORNER,
    LOWER_INNER,
    LOWER_OUTER,
    RIGHT_CORNER,
    UPPER_INNER,
    UPPER_OUTER,
)
from core.training.characters.canvas import Canvas, Colour, Gradient, mixed
from core.training.characters.curves import Points, ellipse, moved, ribbon, smooth
from core.training.characters.shape import Shape
from core.training.characters.skin import Skin


@dataclass(frozen=True)
class LipLook:
    """Colours of the lips."""

    upper: Colour
    lower: Colour
    seam: Colour


def draw_lips(canvas: Canvas, skin: Skin, look: LipLook, shape: Shape) -> None:
    """Draw the lips and the shade around them."""
    top, seam, low = _edges(shape)
    y0, y1, y2 = (float(y) for y in (top[:, 1].min(), seam[:, 1].max(), low[:, 1].max()))
    _draw_shade(canvas, skin, y0, y2, shape)
    inside = mixed(look.upper, look.seam, 0.38)
    tones = Gradient((0, y0), (0, y1), (look.upper, inside))
    upper = canvas.touch(np.concatenate([top, seam[::-1]]), tones, 1, 0.0018)
    inside, edge = mixed(look.lower, look.seam, 0.22), mixed(look.lower, look.upper, 0.5)
    tones = Gradient((0, y1), (0, y2), (inside, look.lower, edge))
    lower = canvas.touch(np.concatenate([seam, low[::-1]]), tones, 1, 0.0018)
    above = canvas.mask(
        ribbon(moved(top[8:-8], 0, -0.003), (0, 0.006, 0.006, 0.006, 0)), soft=0.003
    )
    canvas.paint(above.without(upper), skin.light, 0.5)
    shine = ellipse(-0.022, (y1 + y2) / 2 + 0.002, 0.042, 0.0075, -0.03)
    canvas.touch(shine, mixed(look.lower, "#ffffff", 0.55), 0.75, 0.005, lower)
    shine = ellipse(-0.040, (y0 + y1) / 2 - 0.004, 0.020, 0.004, -0.1)
    canvas.touch(shine, mixed(look.upper, "#ffffff", 0.4), 0.5, 0.004, upper)
    widths = (0.006, 0.005, 0.006, 0.007, 0.006, 0.005, 0.006)
    canvas.touch(ribbon(seam, widths), look.seam, 0.92, 0.0012)


def _edges(shape: Shape) -> tuple[Points, Points, Points]:
    """Return the upper lip's outline, the seam and the lower lip's outline."""
    at = shape[:, :2]
    right, left = at[RIGHT_CORNER][None], at[LEFT_CORNER][None]
    between = (at[list(UPPER_INNER)] + at[list(LOWER_INNER)]) / 2
    rows = (at[list(UPPER_OUTER)], between, at[list(LOWER_OUTER)])
    top, seam, low = (smooth(np.concatenate([right, row, left])) for row in rows)
    return top, seam, low


def _draw_shade(canvas: Canvas, skin: Skin, top: float, low: float, shape: Shape) -> None:
    canvas.touch(ellipse(0.012, low + 0.030, 0.075, 0.018), skin.shade, 0.7, 0.014)
    canvas.touch(ellipse(0.006, top - 0.030, 0.010, 0.024), skin.shade, 0.5, 0.010)
    for side, corner in ((-1, RIGHT_CORNER), (1, LEFT_CORNER)):
        x, y = shape[corner, :2]
        canvas.touch(ellipse(x + side * 0.012, y + 0.004, 0.016, 0.02), skin.shade, 0.65, 0.010)
