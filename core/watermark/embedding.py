"""Embeds the watermark: noise of one or two grey levels, only where a picture is busy enough."""

import cv2
import numpy as np
from numpy.typing import NDArray

from core.licences import version
from core.pixels import averaged, grey, resized, shrunk, stretched
from core.video import Cover, Picture, VideoFormat
from core.watermark.key import TILES, Version, tile

FINENESS = 2
"""Samples per sample of the key's grid before the pattern is brought to a picture's size."""

QUIET = 0.3
"""Mean grey levels of local detail up to which nothing is added: it would be seen there."""

STRENGTH, STRONGEST = 2.5, 2.2
"""Deviation of the noise per grey level of detail above that, and at most, in grey levels."""

BUDGET = 0.7
"""Mean square of the noise in a whole picture, at most: busy ones bear it weaker in each place, so
PSNR is 49 dB, and those with few busy places stronger, so it is found in them as well."""

DETAIL_REACH, SPREAD_REACH = 2, 3
"""Pixels of half the size around a place that say what is detail, and how much of it there is."""

STRIPS = 25
"""Parts of a picture of which one is measured anew with every frame: the measure is a second old at
most, and a frame costs a twenty-fifth of it."""

BAND_ROWS = 120
"""Rows that are changed at a time: so much stays in a processor's cache."""


class Watermark:
    """Added to any number of pictures of one size, one after the other. One thread."""

    def __init__(self, format: VideoFormat, made_by: Version | None = None) -> None:
        self._pattern = pattern(format, made_by or Version.parse(version()))
        shape = format.height, format.width
        self._raised, self._lowered = np.zeros(shape, np.uint8), np.zeros(shape, np.uint8)
        self._scratch = np.empty((min(BAND_ROWS, format.height), format.width, 3), np.uint8)
        self._strips = _strips(format.height)
        self._energies = np.zeros(len(self._strips))
        """Mean square of each strip's noise before the budget, times its share of the rows."""
        self._next: int | None = None

    def apply(self, picture: Picture, cover: Cover | None = None) -> None:  # noqa: ARG002
        """Add the watermark to `picture`, which must be the caller's own; it covers nothing."""
        if self._next is None:
            self._next = 0
            self._measure(picture, range(len(self._strips)))
        else:
            self._measure(picture, range(self._next, self._next + 1))
            self._next = (self._next + 1) % len(self._strips)
        for top in range(0, len(picture), BAND_ROWS):
            rows = picture[top : top + BAND_ROWS]
            for change, levels in ((cv2.add, self._raised), (cv2.subtract, self._lowered)):
                grey_levels = levels[top : top + BAND_ROWS]
                scratch = self._scratch[: len(rows)]
                change(rows, cv2.cvtColor(grey_levels, cv2.COLOR_GRAY2RGB, scratch), rows)

    def _measure(self, picture: Picture, strips: range) -> None:
        """Work out what is added to the rows of some strips, and what is taken away."""
        rows = slice(self._strips[strips[0]][0], self._strips[strips[-1]][1])
        noise, amount = self._pattern[rows], strength(picture[rows])
        for number in strips:
            top, end = self._strips[number]
            energy = cv2.norm(amount[top - rows.start : end - rows.start], cv2.NORM_L2SQR)
            self._energies[number] = energy / self._pattern.size
        share = min(1.0, float(np.sqrt(BUDGET / max(self._energies.sum(), BUDGET))))
        for sign, part in ((1, self._raised), (-1, self._lowered)):
            cv2.multiply(noise, amount, part[rows], scale=sign * share, dtype=cv2.CV_8U)


def pattern(format: VideoFormat, made_by: Version) -> NDArray[np.float32]:
    """Return the noise for pictures of this size, (height, width); deviation about 1."""
    noise = tile(made_by, FINENESS)
    height = TILES * len(noise)
    width = max(1, round(height * format.width / format.height))
    across = -(-width // len(noise))
    return resized(np.tile(noise, (TILES, across))[:, :width], format.width, format.height)


def strength(picture: Picture) -> NDArray[np.float32]:
    """Return how strong the noise may be at each pixel, (height, width), in grey levels.

    Local activity masks it, as in JAWS: detail is what differs from the mean around it.
    """
    height, width = picture.shape[:2]
    half = grey(shrunk(picture, 2))
    detail = cv2.absdiff(half, averaged(half, DETAIL_REACH)).astype(np.float32)
    amount = np.clip(STRENGTH * (averaged(detail, SPREAD_REACH) - QUIET), 0, STRONGEST)
    return stretched(np.asarray(amount, np.float32), width, height)


def _strips(height: int) -> list[tuple[int, int]]:
    """Cut the rows into parts of an even number of rows; return where each begins and ends."""
    rows = max(2, 2 * -(-height // (2 * STRIPS)))
    return [(top, min(top + rows, height)) for top in range(0, height, rows)]
