"""Raster canvas in units of face heights: anti-aliased masks, and paint composited through them."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple, TypeAlias

import cv2
import numpy as np
from numpy.typing import NDArray

from core.pixels import blurred, resized, stretched
from core.training.characters.curves import Points

Plane: TypeAlias = NDArray[np.float32]
Colour: TypeAlias = str
"""As in "#f2c4a0"."""

SHIFT = 4
"""Bits of a pixel's fraction that OpenCV takes for outlines."""


def rgb(colour: Colour) -> Plane:
    """Return the colour (3,), 0..1."""
    return np.array([int(colour[i : i + 2], 16) for i in (1, 3, 5)], np.float32) / np.float32(255)


def mixed(one: Colour, other: Colour, share: float) -> Colour:
    """Return `one` with `share` (0..1) of `other` in it."""
    both = rgb(one) * (1 - share) + rgb(other) * share
    return "#" + "".join(f"{round(float(v) * 255):02x}" for v in both)


def between(colours: Sequence[Colour], at: NDArray[np.floating[Any]]) -> Plane:
    """Return the colours (h, w, 3) of a scale at the places (h, w), 0 its first and 1 its last."""
    scale = np.stack([rgb(colour) for colour in colours])
    stops = np.linspace(0, 1, len(scale))
    shown = [np.interp(at, stops, channel) for channel in scale.T]
    return np.stack(shown, axis=-1).astype(np.float32)


class Gradient(NamedTuple):
    """Colours at even steps along a way; level beyond its ends."""

    start: tuple[float, float]
    end: tuple[float, float]
    colours: tuple[Colour, ...]


Paint: TypeAlias = Colour | Gradient | Plane
"""A plane (h, w, 3) covers the mask it is used with."""


class Mask(NamedTuple):
    """Coverage of a rectangle of the canvas."""

    left: int
    top: int
    values: Plane
    """(h, w) 0..1"""

    @property
    def box(self) -> tuple[int, int, int, int]:
        """Left, top, right, bottom."""
        height, width = self.values.shape
        return self.left, self.top, self.left + width, self.top + height

    def within(self, other: "Mask") -> "Mask":
        """Return the product of both masks."""
        return self._replace(values=self.values * other.seen_in(self))

    def without(self, other: "Mask") -> "Mask":
        """Return this mask minus the other."""
        return self._replace(values=self.values * (1 - other.seen_in(self)))

    def seen_in(self, frame: "Mask") -> Plane:
        """Return the values in the frame of another mask, nothing beyond one's own."""
        left, top, right, bottom = frame.box
        mine = self.box
        x0, y0 = max(left, mine[0]), max(top, mine[1])
        x1, y1 = max(x0, min(right, mine[2])), max(y0, min(bottom, mine[3]))
        seen = np.zeros_like(frame.values)
        seen[y0 - top : y1 - top, x0 - left : x1 - left] = self.values[
            y0 - self.top : y1 - self.top, x0 - self.left : x1 - self.left
        ]
        return seen


@dataclass
class Canvas:
    """Pixels and the person's alpha."""

    width: int
    height: int
    unit: float
    """pixels of a face height"""
    middle: tuple[float, float]
    """pixels from the corner to the face's middle"""
    pixels: Plane = field(init=False)
    """(h, w, 3) 0..1"""
    cover: Plane = field(init=False)
    """(h, w) 0..1"""

    def __post_init__(self) -> None:
        self.pixels = np.zeros((self.height, self.width, 3), np.float32)
        self.cover = np.zeros((self.height, self.width), np.float32)

    def to_pixels(self, at: Points) -> Points:
        """Return points in pixels, whose centres are whole numbers."""
        return np.asarray(at * self.unit + self.middle - 0.5)

    def everything(self) -> Mask:
        return Mask(0, 0, np.ones((self.height, self.width), np.float32))

    def glow(self, middle: tuple[float, float], reach: float) -> Mask:
        """Return a round light that fades over `reach` face heights."""
        x, y = self.to_pixels(np.array([middle]))[0]
        across = ((np.arange(self.width) - x) / (reach * self.unit)) ** 2
        down = ((np.arange(self.height) - y) / (reach * self.unit)) ** 2
        return Mask(0, 0, np.exp(-(across + down[:, None])).astype(np.float32))

    def mask(self, *outlines: Points, soft: float = 0.0) -> Mask:
        """Return what the outlines enclose, blurred by `soft` face heights."""
        sigma = soft * self.unit
        shapes = [self.to_pixels(outline) for outline in outlines]
        left, top, right, bottom = self._room(shapes, 3 * sigma + 2)
        drawn = np.zeros((bottom - top, right - left), np.uint8)
        for shape in shapes:
            fixed = np.round((shape - np.array([left, top])) * (1 << SHIFT)).astype(np.int32)
            cv2.fillPoly(drawn, [fixed], (255.0,), cv2.LINE_AA, SHIFT)
        values = drawn.astype(np.float32) / np.float32(255)
        return Mask(left, top, _softened(values, sigma))

    def faded(self, mask: Mask, start: tuple[float, float], end: tuple[float, float]) -> Mask:
        """Return the mask running out from all of it at `start` to nothing at `end`."""
        ramp = self._graded(Gradient(start, end, ("#ffffff", "#000000")), mask)[..., 0]
        return mask._replace(values=mask.values * ramp)

    def _room(self, shapes: Sequence[Points], margin: float) -> tuple[int, int, int, int]:
        every = np.concatenate(shapes)
        low, high = every.min(0) - margin, every.max(0) + margin
        left, right = np.clip([low[0], high[0] + 2], 0, self.width).astype(int).tolist()
        top, bottom = np.clip([low[1], high[1] + 2], 0, self.height).astype(int).tolist()
        left, top = min(left, self.width - 1), min(top, self.height - 1)
        return left, top, max(left + 1, right), max(top + 1, bottom)

    def grow(self, mask: Mask, paint: Paint) -> Mask:
        """Paint something that belongs to the person, and return its mask."""
        left, top, right, bottom = mask.box
        spot = self.cover[top:bottom, left:right]
        np.maximum(spot, mask.values, out=spot)
        self.paint(mask, paint)
        return mask

    def paint(self, mask: Mask, paint: Paint, strength: float = 1.0) -> None:
        """Lay paint over what the mask holds."""
        left, top, right, bottom = mask.box
        spot = self.pixels[top:bottom, left:right]
        share = (mask.values * np.float32(strength))[..., None]
        spot += (self._colours(paint, mask) - spot) * share

    def touch(
        self, outline: Points, paint: Paint, strength: float = 1.0, soft: float = 0.0,
        on: Mask | None = None,
    ) -> Mask:  # fmt: skip
        """Lay paint over what an outline encloses, only where the mask `on` is."""
        mask = self.mask(outline, soft=soft)
        mask = mask.within(on) if on else mask
        self.paint(mask, paint, strength)
        return mask

    def rim(self, colour: Colour, reach: float, strength: float) -> None:
        """Light the person's edge from behind, on the right."""
        person = Mask(0, 0, self.cover)
        away = round(reach * self.unit)
        edge = person.without(Mask(-away, away // 3, self.cover))
        soft = edge._replace(values=_softened(edge.values, reach * self.unit / 3)).within(person)
        self.paint(soft, colour, strength)

    def _colours(self, paint: Paint, mask: Mask) -> Plane:
        if isinstance(paint, str):
            return rgb(paint)
        if isinstance(paint, Gradient):
            return self._graded(paint, mask)
        return paint

    def _graded(self, paint: Gradient, mask: Mask) -> Plane:
        start, end = (self.to_pixels(np.array([p]))[0] for p in (paint.start, paint.end))
        way = (end - start) / ((end - start) ** 2).sum()
        left, top, right, bottom = mask.box
        along = (np.arange(left, right) - start[0]) * way[0]
        along = along + ((np.arange(top, bottom) - start[1]) * way[1])[:, None]
        return between(paint.colours, along)


def _softened(values: Plane, sigma: float) -> Plane:
    """Gaussian blur; a wide one is computed on a downscaled copy."""
    if sigma <= 0:
        return values
    factor = int(sigma / 4)
    if factor < 2 or min(values.shape) < 4 * factor:
        return blurred(values, sigma)
    height, width = values.shape
    small = resized(values, max(1, width // factor), max(1, height // factor))
    return stretched(blurred(small, sigma * small.shape[1] / width), width, height)
