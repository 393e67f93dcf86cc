"""Skin: neck, ears, face and nose, and the light on them, which comes from the upper left."""

from dataclasses import dataclass

import numpy as np

from core.perception.face.topology import OVAL
from core.training.characters.canvas import Canvas, Colour, Gradient, Mask, mixed
from core.training.characters.curves import (
    Points,
    both_sides,
    ellipse,
    moved,
    points,
    ribbon,
    smooth,
)
from core.training.characters.shape import Shape

LOWER_OVAL = OVAL[7:30]
"""The outline from the left temple round the chin to the right one."""

NOSE_TIP, NOSE_BASE, NOSE_WING = 4, 2, 278


@dataclass(frozen=True)
class Skin:
    """Colours of skin in light and shade."""

    base: Colour
    light: Colour
    shade: Colour
    deep: Colour
    """of the deepest shade: under the chin, in the ears"""
    blush: Colour
    line: Colour
    """of lines: nostrils, creases"""


def draw_neck(canvas: Canvas, skin: Skin, half: float, shape: Shape) -> Mask:
    """Draw the neck from under the jaw to below the collar; `half` is half its width."""
    side = points("-100,20 -100,52 -106,66 -150,76 -220,84 -220,110 0,112", half)
    neck = canvas.grow(canvas.mask(both_sides(smooth(side))), mixed(skin.base, skin.shade, 0.35))
    canvas.touch(ellipse(half * 1.1, 0.62, half * 0.55, 0.42), skin.deep, 0.45, 0.05, neck)
    canvas.touch(ellipse(-half * 1.15, 0.62, half * 0.30, 0.42), skin.deep, 0.35, 0.04, neck)
    chin = shape[list(LOWER_OVAL), :2]
    canvas.touch(smooth(moved(chin * [0.92, 1], 0.03, 0.10)), skin.deep, 0.55, 0.012, neck)
    canvas.touch(smooth(moved(chin, 0.02, 0.16)), skin.deep, 0.45, 0.05, neck)
    for flip in (-half, half):
        sinew = points("62,60 42,72 24,86", flip)
        canvas.touch(ribbon(sinew, (0, 0.05, 0.02)), skin.deep, 0.25, 0.014, neck)
    return neck


def draw_ear(canvas: Canvas, skin: Skin, side: int, x: float) -> None:
    """Draw the ear on one side, its middle `x` from the face's."""
    place = np.array([side * x, -0.075])
    outer = points("-5,-13 1,-16.5 5.6,-12.5 5.6,-5 3,3.5 1.2,9.5 -2.8,10.5 -6,5", side)
    low = mixed(skin.base, skin.shade, 0.6)
    ear = canvas.grow(
        canvas.mask(smooth(outer + place, closed=True)),
        Gradient((side * x, -0.24), (side * x, 0.05), (skin.base, low)),
    )
    bowl = points("-2,-9 1.8,-10.5 3.4,-6 1.2,0 -.8,4.5 -3,2", side) + place
    canvas.touch(smooth(bowl, closed=True), skin.deep, 0.55, 0.008, ear)
    fold = points("-3.5,-11.5 .8,-13.8 4,-10 3.8,-3 1.2,4", side) + place
    canvas.touch(ribbon(fold, (0, 0.010, 0.012, 0.004)), skin.line, 0.35, 0.003, ear)
    edge = points("-2,-14.5 1.5,-15.2 4.6,-11.5 4.8,-5", side) + place
    canvas.touch(ribbon(edge, (0, 0.014, 0)), skin.light, 0.5, 0.004, ear)
    canvas.touch(ellipse(side * (x - 0.075), -0.06, 0.04, 0.16), skin.deep, 0.35, 0.015, ear)


def face_outline(shape: Shape) -> Points:
    """Return the outline of the bare head: cheeks and jaw by the landmarks, and the skull."""
    low = shape[list(LOWER_OVAL), :2]
    skull = points("-102,-36 -97,-52 -78,-66 -42,-74.5 0,-76.5", low[0, 0])
    return smooth(np.concatenate([low, both_sides(skull)]), closed=True)


def draw_face(canvas: Canvas, skin: Skin, shape: Shape) -> Mask:
    """Draw the face without its features."""
    outline = face_outline(shape)
    tones = (skin.light, skin.base, skin.base, mixed(skin.base, skin.shade, 0.5))
    face = canvas.grow(canvas.mask(outline), Gradient((-0.25, -0.45), (0.25, 0.55), tones))
    for bright, soft, colour, strength in (
        (moved(outline * 0.90, -0.025, -0.01), 0.05, skin.shade, 0.75),
        (moved(outline * [0.98, 1], -0.15, -0.03), 0.06, skin.shade, 0.55),
        (outline * 0.985, 0.012, skin.deep, 0.35),
    ):
        canvas.paint(face.without(canvas.mask(bright, soft=soft)), colour, strength)
    for side, strength in ((-1, 0.45), (1, 0.42)):
        cheek = ellipse(side * 0.235, 0.065, 0.105, 0.07, side * -0.35)
        canvas.touch(cheek, skin.blush, strength, 0.045, face)
        hollow = ellipse(side * 0.31, 0.20, 0.05, 0.13, side * 0.5)
        canvas.touch(hollow, skin.shade, 0.30, 0.04, face)
    for spot, soft, strength in (
        (ellipse(-0.265, 0.0, 0.055, 0.022, 0.5), 0.02, 0.7),
        (ellipse(-0.05, -0.36, 0.15, 0.06), 0.05, 0.6),
        (ellipse(-0.015, 0.425, 0.055, 0.025), 0.025, 0.5),
    ):
        canvas.touch(spot, skin.light, strength, soft, face)
    return face


def draw_freckles(canvas: Canvas, skin: Skin, face: Mask, count: int) -> None:
    """Scatter freckles over nose and cheeks."""
    rng = np.random.default_rng(1)
    for _ in range(count):
        x = rng.choice([-1, 1]) * min(0.26, abs(rng.normal(0.13, 0.08)))
        y = float(rng.normal(0.030, 0.024)) + 0.06 * abs(x)
        size = rng.uniform(0.0022, 0.0045)
        canvas.touch(ellipse(x, y, size, size), skin.shade, rng.uniform(0.35, 0.8), 0.0012, face)


def draw_stubble(canvas: Canvas, colour: Colour, face: Mask, strength: float) -> None:
    """Darken jaw, chin and the upper lip as a day's beard does."""
    line = points("-60,-8 -38,-8 -35.5,8 -30,21 -22,25 -18,21 -10,16.5 -3,18.5 0,19")
    low = points("60,70 -60,70")
    for soft, share in ((0.030, 0.35), (0.010, 0.65)):
        beard = np.concatenate([smooth(both_sides(line)), low])
        canvas.touch(beard, colour, strength * share, soft, face)
    clear = ellipse(0, 0.352, 0.10, 0.020)
    canvas.touch(clear, colour, 0.3 * strength, 0.016, face)


def draw_nose(canvas: Canvas, skin: Skin, shape: Shape) -> None:
    """Draw the nose by its shade, its wings and a highlight."""
    tip, low, wide = shape[NOSE_TIP, 1], shape[NOSE_BASE, 1], shape[NOSE_WING, 0]
    for side, strength in ((-1, 0.28), (1, 0.60)):
        flank = np.array([[7.5, -23.5], [5, -15], [4.5, -5], [55 * wide, 100 * tip - 3]]) / 100
        line = ribbon(flank * [side, 1], (0.012, 0.03, 0.03, 0.035, 0.02))
        canvas.touch(line, skin.shade, strength, 0.013)
    under = points("-70,1 -30,-.5 0,.9 30,-.5 74,.4 40,-2.2 0,-.4 -36,-2", wide, low)
    canvas.touch(smooth(under, closed=True), skin.shade, 0.8, 0.007)
    drop = points("-75,.6 8,3 95,.6", wide, low)
    canvas.touch(ribbon(drop, (0.0, 0.035, 0.0)), skin.shade, 0.5, 0.012)
    for side, strength in ((-1, 0.45), (1, 0.7)):
        wing = points("88,-6 104,-4.6 108,-2.4 98,-.6 78,-.4", side * wide, low)
        canvas.touch(ribbon(wing, (0.0, 0.011, 0.014, 0.012, 0.0)), skin.shade, 0.9, 0.0045)
        crease = points("107,-3.4 108,-2.2 99,-.7 84,-.4", side * wide, low)
        canvas.touch(ribbon(crease, (0.0, 0.006, 0.007, 0.0)), skin.deep, strength, 0.0025)
        hole = points("72,-1.5 56,-2.1 38,-1.1 30,-.1 44,.1 62,-.3", side * wide, low)
        canvas.touch(smooth(hole, closed=True), skin.line, 0.85, 0.0025)
    bridge = np.array([[-0.010, -0.20], [-0.012, -0.10], [-0.012, tip - 0.05]])
    canvas.touch(ribbon(bridge, (0.006, 0.022, 0.020, 0.010)), skin.light, 0.75, 0.009)
    shine = ellipse(-0.014, tip - 0.008, 0.018, 0.014, 0.5)
    canvas.touch(shine, mixed(skin.light, "#ffffff", 0.5), 0.75, 0.008)
