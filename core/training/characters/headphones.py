"""Headphones worn round the neck."""

import numpy as np

from core.training.characters.canvas import Canvas, Gradient, Mask
from core.training.characters.curves import ellipse, moved, points, ribbon
from core.training.characters.garments import Build, Cloth

CUSHION = ("#3d3944", "#17151a")


def draw_headphones(canvas: Canvas, shell: Cloth, build: Build, neck: Mask) -> None:
    """Draw cups on the collarbones, and the band that runs from them behind the mask `neck`."""
    for side in (-1, 1):
        _draw_band(canvas, shell, build, neck, side)
        _draw_cup(canvas, shell, build, side)


def _draw_band(canvas: Canvas, shell: Cloth, build: Build, neck: Mask, side: int) -> None:
    line = points("168,22 184,2 176,-10 138,-17 84,-21", side * build.neck, build.top)
    shadow = canvas.mask(ribbon(moved(line, 0.006, 0.020), (0.07,)), soft=0.014).without(neck)
    canvas.paint(shadow, "#000000", 0.35)
    tones = (shell.light, shell.base) if side < 0 else (shell.base, shell.shade)
    band = canvas.mask(ribbon(line, (0.05, 0.062, 0.062))).without(neck)
    canvas.grow(band, Gradient((0, build.top - 0.2), (0, build.top + 0.1), tones))
    groove = ribbon(moved(line, 0, 0.012), (0.020, 0.024))
    canvas.touch(groove, shell.shade, 0.7, 0.006, band)
    near = canvas.mask(ellipse(side * build.neck, build.top - 0.17, 0.06, 0.10), soft=0.02)
    canvas.paint(near.within(band), shell.deep, 0.55)


def _draw_cup(canvas: Canvas, shell: Cloth, build: Build, side: int) -> None:
    x, y, turn = side * build.neck * 1.66, build.top + 0.20, side * -0.32
    canvas.touch(ellipse(x + 0.012, y + 0.035, 0.10, 0.145, turn), "#000000", 0.45, 0.025)
    cushion = ellipse(x - side * 0.035, y, 0.090, 0.138, turn)
    canvas.grow(canvas.mask(cushion), Gradient((x, y - 0.1), (x, y + 0.12), CUSHION))

    def disc(size: float, right: float = 0.014) -> Mask:
        return canvas.mask(ellipse(x + side * right, y, 0.088 * size, 0.135 * size, turn))

    tones = (shell.light, shell.base, shell.shade)
    light = Gradient((x - 0.08, y - 0.12), (x + 0.08, y + 0.12), tones)
    cup = canvas.grow(disc(1.0, 0.010), light)
    canvas.paint(disc(0.74), light._replace(colours=(shell.base, shell.shade)))
    canvas.paint(disc(0.60).without(disc(0.50)), shell.trim)
    shine = ellipse(x - 0.036, y - 0.072, 0.014, 0.040, turn + np.pi / 6)
    canvas.touch(shine, "#ffffff", 0.55, 0.008, cup)
