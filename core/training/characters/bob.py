"""A long bob with a side parting."""

from dataclasses import dataclass

import numpy as np
from numpy.random import Generator

from core.training.characters.canvas import Canvas, Colour, Mask, mixed
from core.training.characters.curves import points
from core.training.characters.locks import (
    Hair,
    Sheet,
    draw_lock,
    draw_strands,
    shade_below,
    sheet,
)

LEFT = (
    "9,-84.5 -8,-87.5 -36,-77 -53,-48 -57,-12 -61,18 -66,44 -54,66 -38,72",
    "13.5,-56 6,-53 -14,-47.5 -33,-29 -40.5,-2 -39,20 -35,38 -31,54 -24,64",
)
RIGHT = (
    "9,-84.5 24,-85 44,-71 55.5,-40 58,-6 62,22 67,46 55,66 39,71",
    "13.5,-56 20,-53 30.5,-40 39,-20 41.5,2 40,23 36,40 31,55 24,63",
)
"""The curtains' outer and inner edges, from the parting to the tips."""

LOCKS = (
    (0.10, 0.36, 0.99, 0.02, 0.016),
    (0.90, 0.30, 0.96, 0.03, 0.014),
    (0.32, 0.38, 1.0, 0.03, 0.018),
    (0.74, 0.34, 0.98, 0.04, 0.016),
    (0.52, 0.40, 1.0, 0.05, 0.018),
)
"""Each curtain's locks: place and width across it, length, curl inwards, wave."""

BEHIND = (
    "0,-60 40,-40 51,0 53,30 44,62",
    "0,-60 10,-20 12,20 13,40 10,66",
)


@dataclass(frozen=True)
class Bob:
    """Satisfies `HairStyle`."""

    hair: Hair
    seed: int

    def draw_behind(self, canvas: Canvas) -> None:
        """Draw what hangs behind the neck."""
        rng = np.random.default_rng(self.seed)
        dark = tuple(mixed(tone, self.hair.tones[0], 0.5) for tone in self.hair.tones)
        hair = Hair(dark, ())
        for side in (-1, 1):
            outer, inner = (points(text, side) for text in BEHIND)
            back_hair = sheet(outer, inner)
            draw_lock(canvas, hair, back_hair, rng, -0.1)
            for t, until, curl in ((0.25, 0.97, 0.0), (0.55, 1.0, -0.02), (0.85, 0.98, -0.03)):
                draw_lock(canvas, hair, back_hair.strip(t, 0.42, until, side * curl), rng, 0.02)

    def draw_front(self, canvas: Canvas, face: Mask, shade: Colour) -> None:
        """Draw the two curtains that frame the face, and their shadow on it."""
        rng = np.random.default_rng(self.seed)
        for side, (outer, inner) in ((1, RIGHT), (-1, LEFT)):
            curtain = sheet(points(outer), points(inner))
            shade_below(canvas, curtain, shade, face, 0.55)
            self._draw_curtain(canvas, curtain, rng, side)

    def _draw_curtain(self, canvas: Canvas, curtain: Sheet, rng: Generator, side: int) -> None:
        hair = self.hair
        draw_lock(canvas, hair, curtain.strip(0.5, 1.0, 0.94), rng, -0.08, 0.1)
        for t, wide, until, curl, wave in LOCKS:
            lock = curtain.strip(t, wide, until, -side * curl, wave)
            draw_lock(canvas, hair, lock, rng, rng.uniform(-0.03, 0.05))
        draw_strands(canvas, curtain, hair.tones[-1], rng, 26, 0.35)
        draw_strands(canvas, curtain, hair.tones[0], rng, 26, 0.5)
