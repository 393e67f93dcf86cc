"""Hair in locks: strips between two guiding curves, lit and streaked along their strands."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.random import Generator
from numpy.typing import ArrayLike

from core.pixels import blurred
from core.pixels import smooth as smooth_pixels
from core.training.characters.canvas import Canvas, Colour, Mask, Plane, between
from core.training.characters.curves import Points, moved, resampled, ribbon, smooth

ALONG, ACROSS = 56, 72
"""Tones of a lock that are made up."""

DENSE = 0.55
"""Places for each pixel of a lock's length and width that they are laid on."""


@dataclass(frozen=True)
class Hair:
    """Colours from the deepest shade to the highlight."""

    tones: tuple[Colour, ...]
    shine: tuple[float, ...] = (0.22,)
    """where along the strands the highlights lie, 0 at the roots"""


@dataclass(frozen=True)
class Sheet:
    """Hair that flows between two curves, both from root to tip."""

    one: Points
    other: Points

    def strand(self, t: float | Points) -> Points:
        """Return the strand at share t (0..1) of the way from one edge to the other."""
        return np.asarray(self.one + (self.other - self.one) * t)

    def strip(
        self, middle: float, wide: float, until: float, curl: float = 0.0, wave: float = 0.0
    ) -> "Sheet":
        """Return a lock of this sheet: where it lies and how wide it is, in shares of the sheet.

        It ends `until` of the way down; `curl` bends its tip aside, `wave` makes it swing.
        """
        s = np.linspace(0, 1, len(self.one))[:, None]
        blunt = np.sqrt(np.clip(1 - ((s - 0.55) / 0.45).clip(0, 1) ** 2.6, 0, 1))
        taper = np.minimum(blunt, 0.8 + 0.2 * np.clip(s / 0.15, 0, 1))
        bend = np.array([1.0, 0.0]) * (
            curl * s**3 + wave * s * np.sin(2 * np.pi * (1.3 * s + middle))
        )
        core = _cut(self.strand(middle), until) + bend
        sides = []
        for sign in (-1, 1):
            edge = self.strand(np.clip(middle + sign * wide / 2, -0.02, 1.02))
            sides.append(core + _cut(edge - self.strand(middle), until) * taper)
        return Sheet(sides[0], sides[1])

    @property
    def outline(self) -> Points:
        return np.concatenate([self.one, self.other[::-1]])


def sheet(one: ArrayLike, other: ArrayLike) -> Sheet:
    """Return the hair between the smooth curves through two rows of points."""
    return Sheet(resampled(smooth(one), ALONG + 1), resampled(smooth(other), ALONG + 1))


def _cut(line: Points, until: float) -> Points:
    """Return a line's first part, in as many points as the whole."""
    at = np.linspace(0, (len(line) - 1) * until, len(line))
    return np.stack([np.interp(at, np.arange(len(line)), line[:, i]) for i in (0, 1)], axis=1)


def draw_lock(
    canvas: Canvas, hair: Hair, lock: Sheet, rng: Generator, tone: float = 0.0, relief: float = 0.16
) -> None:
    """Draw one lock; `tone` makes it lighter or darker, `relief` rounds it."""
    mask = canvas.mask(lock.outline, soft=0.0006)
    values = _tones(hair, rng, relief) + tone
    canvas.grow(mask, _laid(canvas, mask, lock, between(hair.tones, values)))


def shade_below(canvas: Canvas, lock: Sheet, colour: Colour, on: Mask, strength: float) -> None:
    """Darken what lies under a lock, on what the mask `on` holds."""
    canvas.touch(moved(lock.outline, 0.012, 0.022), colour, strength, 0.016, on)


def draw_strands(
    canvas: Canvas, strands: Sheet, colour: Colour, rng: Generator, count: int, strength: float
) -> None:
    """Draw single hairs over a sheet."""
    for _ in range(count):
        t, start, end = rng.uniform(0.0, 1.0), rng.uniform(0, 0.5), rng.uniform(0.6, 1)
        line = strands.strand(t)[round(start * ALONG) : round(end * ALONG) + 1]
        hair = ribbon(line[::4], (0, 0.0035, 0.0035, 0))
        canvas.touch(hair, colour, strength * rng.uniform(0.4, 1.0), 0.0006)


def _tones(hair: Hair, rng: Generator, relief: float) -> Plane:
    """Return how light (0..1) each patch (ALONG, ACROSS) is."""
    s = ((np.arange(ALONG) + 0.5) / ALONG)[:, None]
    t = ((np.arange(ACROSS) + 0.5) / ACROSS)[None]
    streak = _streaks(rng, (6, 14, 30))
    tone = 0.42 + 0.26 * streak + relief * (np.sin(np.pi * t) - 0.6)
    for place in hair.shine:
        band = np.exp(-(((s - place - 0.05 * _streaks(rng, (5, 12))) / 0.10) ** 2))
        tone = tone + band * (0.26 + 0.42 * streak) * np.sin(np.pi * t) ** 0.5
    tone = tone - 0.20 * np.exp(-((s / 0.07) ** 2)) - 0.06 * np.clip((s - 0.6) / 0.4, 0, 1)
    return np.asarray(tone, np.float32)


def _streaks(rng: Generator, bands: Sequence[int]) -> Plane:
    """Return noise (ALONG, ACROSS) that runs along the strands, about -1..1."""
    total = np.zeros((ALONG, ACROSS))
    for count in bands:
        rough = rng.uniform(-1, 1, (4, count))
        at = np.linspace(0, count - 1, ACROSS)
        fine = np.stack([np.interp(at, np.arange(count), row) for row in rough])
        along = np.linspace(0, 3, ALONG)
        total += np.stack([np.interp(along, np.arange(4), column) for column in fine.T], axis=1)
    return np.asarray(total / np.sqrt(len(bands)), np.float32)


def _laid(canvas: Canvas, mask: Mask, lock: Sheet, colours: Plane) -> Plane:
    """Lay the colours of a lock over its mask's box: scatter many samples, and close the gaps."""
    one, other = canvas.to_pixels(lock.one), canvas.to_pixels(lock.other)
    count = 8 + round(DENSE * float(np.linalg.norm(np.diff(one, axis=0), axis=1).sum()))
    rows = 8 + round(DENSE * float(np.linalg.norm(one - other, axis=1).max()))
    one, other = resampled(one, count), resampled(other, count)
    t = np.linspace(0, 1, rows)[:, None, None]
    spots = (one + (other - one) * t) - [mask.left, mask.top]
    tall, wide = mask.values.shape
    x, y = spots.reshape(-1, 2).round().astype(np.int64).T
    inside = (x >= 0) & (x < wide) & (y >= 0) & (y < tall)
    at = y[inside] * wide + x[inside]
    fine = smooth_pixels(colours.transpose(1, 0, 2), count, rows).reshape(-1, 3)[inside]
    seen = [np.bincount(at, weight, tall * wide) for weight in (None, *fine.T)]
    total = np.stack(seen, axis=1).reshape(tall, wide, 4).astype(np.float32)
    middle = np.append(1, colours.mean((0, 1))).astype(np.float32)
    total = blurred(total, 0.002 * canvas.unit) + np.float32(1e-3) * middle
    return np.asarray(total[..., 1:] / np.maximum(total[..., :1], 1e-9), dtype=np.float32)
