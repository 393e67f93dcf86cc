"""Short curls on top, faded to the skin at the sides."""

from dataclasses import dataclass

import numpy as np
from numpy.random import Generator

from core.training.characters.canvas import Canvas, Colour, Mask, mixed
from core.training.characters.curves import Points, both_sides, moved, points, smooth
from core.training.characters.locks import ALONG, Hair, Sheet, draw_lock, shade_below

ROWS = ((0.345, 17), (0.27, 17), (0.20, 16), (0.13, 15), (0.06, 14), (0.0, 13))
"""How far from the hairline curls grow, and how many, from the crown to the forehead."""

CAP = "94,-42 102,-60 88,-77 48,-87 0,-89"
HAIRLINE = "-94,-42 -80,-50 -45,-53 0,-54"
TEMPLE = "50,-70 52,-50 76,-47 80,-38 85,-31 89,-20 88,-8 93,-1 120,-2 120,-70"
"""Outlines, hundredths of a face height down and of half the face's width across."""


@dataclass(frozen=True)
class Curls:
    """Satisfies `HairStyle`."""

    hair: Hair
    wide: float
    """half the face's width"""
    seed: int

    def draw_behind(self, canvas: Canvas) -> None:
        """Nothing hangs behind the neck."""

    def draw_front(self, canvas: Canvas, face: Mask, shade: Colour) -> None:
        """Draw the short sides, then the curls, those of the crown first."""
        self._draw_sides(canvas, face)
        rng = np.random.default_rng(self.seed)
        edge = both_sides(points(CAP, -self.wide)), both_sides(points(HAIRLINE, self.wide))[::-1]
        cap = smooth(np.concatenate(edge), closed=True)
        canvas.touch(moved(cap, 0.01, 0.045), shade, 0.5, 0.02, face)
        dark = mixed(self.hair.tones[0], self.hair.tones[1], 0.6)
        canvas.grow(canvas.mask(cap, soft=0.006), dark)
        for up, count in ROWS:
            for i in rng.permutation(count):
                t = (i + 0.5 + rng.uniform(-0.3, 0.3)) / count
                root = self._root(t, up + rng.uniform(-0.02, 0.02))
                self._draw_curl(canvas, face, shade, root, rng)

    def _draw_sides(self, canvas: Canvas, face: Mask) -> None:
        for side in (-1, 1):
            edge = smooth(points(TEMPLE, side * self.wide), closed=True)
            region = canvas.mask(edge, soft=0.006).within(face)
            for start, end, strength in ((-0.34, 0.02, 0.8), (-0.50, -0.22, 0.9)):
                faded = canvas.faded(region, (0, start), (0, end))
                canvas.paint(faded, self.hair.tones[0], strength)

    def _root(self, t: float, up: float) -> Points:
        """Return a place on the head: t from its one side to the other, `up` from the hairline."""
        angle = np.pi * (t - 0.5)
        x = 0.92 * self.wide * np.sin(angle) * (1 + 0.25 * up)
        y = -0.445 - 0.065 * np.cos(angle) - up * (0.50 + 0.62 * np.cos(angle) ** 0.7)
        return np.array([x, y])

    def _draw_curl(
        self, canvas: Canvas, face: Mask, shade: Colour, root: Points, rng: Generator
    ) -> None:
        lock = _spiral(root, rng)
        shade_below(canvas, lock, shade, face, 0.2)
        from_left = 0.10 * (1 - 2 * np.clip(root[0] + 0.3, 0, 1))
        from_above = 0.25 * np.clip(-root[1] - 0.62, 0, 0.3)
        tone = from_left + from_above + rng.uniform(-0.06, 0.04)
        draw_lock(canvas, self.hair, lock, rng, float(tone), 0.30)


def _spiral(root: Points, rng: Generator) -> Sheet:
    """Return a lock that winds round its root."""
    turn, start = rng.choice([-1, 1]), rng.uniform(0, 2 * np.pi)
    sweep, size = rng.uniform(1.2, 1.7) * np.pi, rng.uniform(0.040, 0.056)
    s = np.linspace(0, 1, ALONG + 1)
    angle = start + turn * sweep * s
    away = np.stack([np.cos(angle), np.sin(angle)], axis=1)
    line = root + away * (size * (1 - 0.45 * s))[:, None]
    way = np.gradient(line, axis=0)
    aside = np.stack([-way[:, 1], way[:, 0]], axis=1)
    aside /= np.linalg.norm(aside, axis=1, keepdims=True)
    half = 0.030 * np.sin(np.pi * np.clip(s, 0.04, 0.97)) ** 0.55
    return Sheet(line + aside * half[:, None], line - aside * half[:, None])
