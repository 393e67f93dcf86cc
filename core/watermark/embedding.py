"""Embeds the watermark: noise of one or two grey levels, only where a picture is busy enough."""

import cv2
import numpy as np
from numpy.typing import NDArray

from core.licences import version
from core.pixels import averaged, grey, resized, shrunk, stretched
from core.video import Cover, Picture, VideoFormat
from core.watermark.key import GRID, TILES, Version, tile

QUIET = 0.3
"""Mean grey levels of local detail up to which nothing is added: it would be seen there."""

GROWTH, STRONGEST = 0.6, 2.5
"""Deviation of the noise before the budget: what exceeds `QUIET` to this power, and at most, in
grey levels. The eye forgives more where more is going on, but less than in proportion."""

BUDGET = 0.7
"""Mean square of the noise in a whole picture, at most: busy ones bear it weaker in each place, so
PSNR is 49 dB, and those with few busy places stronger, so it is found in them as well."""

DETAIL_REACH, SPREAD_REACH = 2, 3
"""Pixels of half the size around a place that say what is detail, and how much of it there is."""

TEXTURE = 13
"""Pixels of half the size that detail must fill in both directions to count: an outline before
something flat does not, hair and cloth do."""

SOFTENED = 2
"""Pixels of half the size over which the noise fades in where texture begins."""

REACH = 2 * (DETAIL_REACH + SPREAD_REACH + TEXTURE - 1 + SOFTENED + 1)
"""Rows above and below that have a say in what a row bears."""

LEVELS = 16
"""Steps of a grey level in which detail is counted; a byte holds more than `STRONGEST` needs."""

STRIPS = 25
"""Parts of a picture of which one is measured anew with every frame: the measure is a second old at
most, and a frame costs a twenty-fifth of it."""

BAND = 3
"""Strips that are changed at a time: so much stays in a processor's cache."""

SIGN = np.uint8(0x80)
"""The bit in which unsigned levels and signed ones, 128 lower, differ."""


class Watermark:
    """Added to any number of pictures of one size, one after the other. One thread.

    Levels are taken for signed ones while the noise is added, so that one saturated addition does.
    """

    def __init__(self, format: VideoFormat, made_by: Version | None = None) -> None:
        self._pattern = pattern(format, made_by or Version.parse(version()))
        self._noise = np.zeros((format.height, format.width, 3), np.int8)
        """What is added, in grey levels, the same to all channels."""
        self._strips = _strips(format.height)
        self._columns = [(0, 0)] * len(self._strips)
        """Where the noise of each strip begins and ends; nothing is added beside it."""
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
        for first in range(0, len(self._strips), BAND):
            self._add(picture, slice(first, first + BAND))

    def _add(self, picture: Picture, strips: slice) -> None:
        """Add the noise of some strips."""
        (top, _), *_, (_, end) = self._strips[strips] * 2
        lefts, rights = zip(*self._columns[strips], strict=True)
        left, right = min(lefts), max(rights)
        if left < right:
            levels, noise = picture[top:end, left:right], self._noise[top:end, left:right]
            np.bitwise_xor(levels, SIGN, levels)
            signed = levels.view(np.int8)
            cv2.add(signed, noise, signed)
            np.bitwise_xor(levels, SIGN, levels)

    def _measure(self, picture: Picture, strips: range) -> None:
        """Work out what is added to the rows of some strips."""
        rows = slice(self._strips[strips[0]][0], self._strips[strips[-1]][1])
        above = min(REACH, rows.start)
        amount = strength(picture[rows.start - above : rows.stop + REACH])
        amount = amount[above : above + rows.stop - rows.start]
        for number in strips:
            top, end = self._strips[number]
            part = amount[top - rows.start : end - rows.start]
            self._energies[number] = cv2.norm(part, cv2.NORM_L2SQR) / self._pattern.size
            self._columns[number] = _ends(part)
        share = min(1.0, float(np.sqrt(BUDGET / max(self._energies.sum(), BUDGET))))
        noise = cv2.multiply(self._pattern[rows], amount, scale=share, dtype=cv2.CV_8S)
        cv2.cvtColor(noise.view(np.uint8), cv2.COLOR_GRAY2RGB, self._noise[rows].view(np.uint8))


def pattern(format: VideoFormat, made_by: Version) -> NDArray[np.float32]:
    """Return the noise for pictures of this size, (height, width); deviation about 1."""
    noise = tile(made_by, max(GRID // 2, -(-format.height // TILES)))
    height = TILES * len(noise)
    width = max(1, round(height * format.width / format.height))
    across = -(-width // len(noise))
    return resized(np.tile(noise, (TILES, across))[:, :width], format.width, format.height)


def strength(picture: Picture) -> NDArray[np.float32]:
    """Return how strong the noise may be at each pixel, (height, width), in grey levels.

    Local activity masks it, as in JAWS: detail is what differs from the mean around it. Only what
    fills an area counts (a morphological opening), for beside an outline noise is seen.
    """
    height, width = picture.shape[:2]
    half = grey(shrunk(picture, 2))
    detail = cv2.convertScaleAbs(cv2.absdiff(half, averaged(half, DETAIL_REACH)), alpha=LEVELS)
    filled = cv2.morphologyEx(averaged(detail, SPREAD_REACH), cv2.MORPH_OPEN, _SQUARE)
    amount = cv2.LUT(averaged(filled, SOFTENED), _STRENGTHS)
    return stretched(np.asarray(amount, np.float32), width, height)


_SQUARE = np.ones((TEXTURE, TEXTURE), np.uint8)

_STRENGTHS = np.minimum(
    np.maximum(np.arange(256, dtype=np.float32) / LEVELS - QUIET, 0) ** GROWTH, STRONGEST
)
"""Deviation of the noise for each count of detail."""


def _ends(amount: NDArray[np.float32]) -> tuple[int, int]:
    """Return the first column with noise, and the one after the last."""
    columns = np.flatnonzero(amount.any(0))
    return (int(columns[0]), int(columns[-1]) + 1) if len(columns) else (amount.shape[1], 0)


def _strips(height: int) -> list[tuple[int, int]]:
    """Cut the rows into parts of an even number of rows; return where each begins and ends."""
    rows = max(2, 2 * -(-height // (2 * STRIPS)))
    return [(top, min(top + rows, height)) for top in range(0, height, rows)]
