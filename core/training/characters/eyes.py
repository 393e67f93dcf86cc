"""Eyes and brows, drawn along the landmarks that the puppet moves."""

from dataclasses import dataclass

import numpy as np

from core.perception.face.topology import (
    LEFT_BROW_LOWER,
    LEFT_EYE_CORNERS,
    LEFT_IRIS,
    LEFT_LOWER_LID,
    LEFT_UPPER_LID,
    RIGHT_BROW_LOWER,
    RIGHT_EYE_CORNERS,
    RIGHT_IRIS,
    RIGHT_LOWER_LID,
    RIGHT_UPPER_LID,
)
from core.training.characters.canvas import Canvas, Colour, Gradient, Mask, mixed
from core.training.characters.curves import Points, ellipse, moved, resampled, ribbon, smooth
from core.training.characters.shape import LEFT_BROW_UPPER, RIGHT_BROW_UPPER, Shape
from core.training.characters.skin import Skin

WHITES = ("#cfc3c4", "#f1ecea", "#fbf8f5")
PUPIL = "#120c0e"
BROW_HAIRS = 56


@dataclass(frozen=True)
class EyeLook:
    """Colours of eyes and brows."""

    iris: Colour
    glow: Colour
    """of the iris where light falls through it"""
    lash: Colour
    lid: Colour
    """of the skin above the lashes"""
    brow: Colour
    lashes: float = 1.0
    """how long they are"""


def draw_eye(canvas: Canvas, skin: Skin, look: EyeLook, shape: Shape, side: int) -> None:
    """Draw one eye; side is -1 for the subject's right."""
    corners, upper, lower, iris = (
        (RIGHT_EYE_CORNERS, RIGHT_UPPER_LID, RIGHT_LOWER_LID, RIGHT_IRIS)
        if side < 0
        else (LEFT_EYE_CORNERS[::-1], LEFT_UPPER_LID[::-1], LEFT_LOWER_LID[::-1], LEFT_IRIS)
    )
    at = shape[:, :2]
    outer, inner = corners
    top = smooth(at[[outer, *upper, inner]])
    low = smooth(at[[outer, *lower, inner]])
    _draw_socket(canvas, skin, look, top, low, side)
    ball = canvas.mask(np.concatenate([top, low[::-1]]))
    canvas.paint(ball, Gradient((0, top[:, 1].min()), (0, top[:, 1].min() + 0.075), WHITES))
    tear = ellipse(top[-1, 0], top[-1, 1], 0.018, 0.012)
    canvas.touch(tear, mixed(skin.blush, "#e08f86", 0.6), 0.8, 0.005, ball)
    _draw_iris(canvas, look, at[iris[0]], abs(at[iris[1], 0] - at[iris[0], 0]), ball)
    shadow = ribbon(moved(top, 0, 0.008), (0.0, 0.028, 0.028, 0.0))
    canvas.touch(shadow, mixed(look.lash, "#3a2a3a", 0.5), 0.55, 0.006, ball)
    _draw_sparks(canvas, at[iris[0]], abs(at[iris[1], 0] - at[iris[0], 0]), ball)
    _draw_lids(canvas, skin, look, top, low, side)


def _draw_socket(
    canvas: Canvas, skin: Skin, look: EyeLook, top: Points, low: Points, side: int
) -> None:
    x, y = (top[0] + top[-1]) / 2
    half = abs(top[0, 0] - top[-1, 0]) / 2
    above = np.concatenate([moved(top, 0, 0.004), moved(top, 0, -0.042)[::-1]])
    canvas.touch(above, look.lid, 0.55, 0.012)
    canvas.touch(ellipse(x - side * half * 0.95, y - 0.035, 0.03, 0.05), skin.shade, 0.55, 0.022)
    bag = ribbon(moved(low, 0, 0.022), (0.0, 0.022, 0.028, 0.01))
    canvas.touch(bag, skin.shade, 0.38, 0.012)
    crease = moved(top, 0, -0.026)
    crease[:, 0] += (crease[:, 0] - x) * 0.06
    canvas.touch(ribbon(crease[2:-6], (0.002, 0.008, 0.007, 0.0)), skin.line, 0.6, 0.002)


def _draw_iris(canvas: Canvas, look: EyeLook, middle: Points, radius: float, ball: Mask) -> None:
    x, y = middle
    dark = mixed(look.iris, "#000000", 0.45)
    tones = Gradient((x, y - radius), (x, y + radius), (dark, look.iris, look.glow))
    disc = canvas.touch(ellipse(x, y, radius, radius), tones, on=ball)
    inner = canvas.mask(ellipse(x, y, radius * 0.86, radius * 0.86), soft=0.004)
    canvas.paint(disc.without(inner), mixed(look.iris, "#000000", 0.6), 0.8)
    glow = ellipse(x, y + radius * 0.42, radius * 0.52, radius * 0.34)
    canvas.touch(glow, look.glow, 0.75, 0.006, disc)
    canvas.touch(ellipse(x, y, radius * 0.46, radius * 0.46), PUPIL, 1, 0.0015, disc)


def _draw_sparks(canvas: Canvas, middle: Points, radius: float, ball: Mask) -> None:
    for right, down, size, strength in ((-0.34, -0.36, 0.26, 0.97), (0.36, 0.40, 0.12, 0.75)):
        x, y = moved(middle, right * radius, down * radius)
        spark = ellipse(x, y, size * radius, size * radius)
        canvas.touch(spark, "#ffffff", strength, 0.0012, ball)


def _draw_lids(
    canvas: Canvas, skin: Skin, look: EyeLook, top: Points, low: Points, side: int
) -> None:
    rim = ribbon(moved(low, 0, 0.001), (0.005, 0.008, 0.008, 0.005))
    canvas.touch(rim, mixed(skin.blush, skin.light, 0.4), 0.95, 0.001)
    line = ribbon(moved(low, 0, 0.0065), (0.007, 0.006, 0.004, 0.0))
    canvas.touch(line, skin.line, 0.75, 0.0015)
    wing = top[0] + np.array([side * 0.022, -0.014]) * look.lashes
    edge = moved(np.concatenate([wing[None], top]), 0, -0.006)
    canvas.touch(ribbon(edge, (0.001, 0.014, 0.017, 0.015, 0.010, 0.003)), look.lash, 1, 0.001)
    for i, length in enumerate((0.022, 0.024, 0.021)):
        root = moved(top[3 + 8 * i], 0, -0.005)
        end = root + np.array([side * (0.95 - 0.15 * i), -0.62]) * length * look.lashes
        bend = (root + end) / 2 + np.array([side * 0.2, 0.25]) * length * look.lashes
        canvas.touch(ribbon([root, bend, end], (0.009, 0.005, 0.0)), look.lash, 1, 0.0008)


def draw_brow(canvas: Canvas, look: EyeLook, shape: Shape, side: int, seed: int) -> None:
    """Draw one brow: its shape, and hairs in it."""
    upper, lower = (
        (RIGHT_BROW_UPPER[::-1], RIGHT_BROW_LOWER[::-1])
        if side < 0
        else (LEFT_BROW_UPPER, LEFT_BROW_LOWER)
    )
    high, deep = (smooth(shape[list(row), :2]) for row in (upper, lower))  # from nose to temple
    tail = moved((high[-1] + deep[-1]) / 2, side * 0.018, 0.012)
    body = canvas.mask(np.concatenate([high[6:], tail[None], deep[:5:-1]]), soft=0.0045)
    canvas.paint(body, look.brow, 0.8)
    rng = np.random.default_rng(seed)
    high, deep = resampled(high, BROW_HAIRS + 9), resampled(deep, BROW_HAIRS + 9)
    for i in range(BROW_HAIRS):
        root = deep[i] + (high[i] - deep[i]) * rng.uniform(0.0, 1.0)
        ahead = high[i + 8] * 0.6 + deep[i + 8] * 0.4
        end = root + (ahead - root) * rng.uniform(0.6, 1.0)
        end = moved(end, 0, -0.006 * (1 - i / BROW_HAIRS))
        hair = ribbon([root, moved((root + end) / 2, 0, -0.002), end], (0.003, 0.004, 0.0))
        tone = mixed(look.brow, "#000000", rng.uniform(0, 0.35))
        canvas.touch(hair, tone, 0.7 * min(1.0, (i + 3) / 14), 0.0008)
