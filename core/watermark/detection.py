"""Finds the watermark: phase-only correlation with the key, with a bound on false alarms.

How sure a finding is does not rest on what pictures are like. Whatever a picture without the
watermark shows, the key's phases are independent of it and uniform; a correlation is then a sum of
cosines of such phases, at most of the size of its weights, and Hoeffding's inequality bounds how
often it exceeds z deviations by exp(-z^2 / 2). That times the number of places, sizes and pictures
that were tried bounds the false alarms of all of it.
"""

from collections.abc import Iterable, Iterator
from functools import cache
from itertools import product
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from core.pixels import averaged, resized
from core.watermark.key import (
    BANDS,
    GRID,
    STEPS,
    TILES,
    Key,
    Spectrum,
    Version,
    draw_key,
    mirror,
)

Plane = NDArray[np.float32]

SURE = 1e-6
"""Bound on false alarms from which on the watermark counts as found."""

LEGIBLE = 1e-3
"""Bound on wrong readings from which on the version counts as read."""

LINES = 480
"""Rows of a picture that are looked at; what is larger is made smaller."""

DETAIL_REACH, SPREAD_REACH = 2, 4
"""Pixels around a place that say what is detail, and how loud detail is there."""

FAINT = 0.7
"""Grey levels of detail below which places count no more than there: encoders leave as much."""

SMALLEST, LARGEST, STEP = 0.5, 2.0, 1.004
"""Heights of the picture looked at, in heights of the one that was made: from half of it to one
that has become a part of another. Half a step moves the edges by a quarter of the shortest wave."""


class Match(NamedTuple):
    """The best place of the key in a picture."""

    z: float
    """Deviations from what chance gives."""
    scale: float
    """Height of the picture looked at, in heights of the one that was made."""
    mirrored: bool
    version: Version | None
    """None where it could not be read."""


class Evidence:
    """What has been seen of the watermark in pictures of one size, added up over time."""

    def __init__(self) -> None:
        self._sum: Plane | None = None
        self._count = 0
        self._detail: Plane | None = None
        """Of the mean of all pictures; None until it is asked for."""

    def add(self, luma: NDArray[np.uint8]) -> None:
        """Look at a picture's luma, shape (height, width).

        Raises:
            ValueError: it is not as large as those before.
        """
        height, width = luma.shape
        if height > LINES:
            luma = resized(luma, max(1, round(width * LINES / height)), LINES)
        seen = np.asarray(luma, np.float32)
        self._sum = seen if self._sum is None else self._sum + seen
        self._count += 1
        self._detail = None

    def tile(self, scale: float) -> Plane:
        """Return all tiles on top of each other, (GRID, GRID), if the picture has this scale."""
        if self._sum is None:
            return np.zeros((GRID, GRID), np.float32)
        if self._detail is None:
            self._detail = detail(self._sum / np.float32(self._count))
        height, width = self._detail.shape
        rows = max(1, round(GRID * TILES * scale))
        sized = resized(self._detail, max(1, round(rows * width / height)), rows)
        down, across = (-(-side // GRID) for side in sized.shape)
        whole = np.zeros((down * GRID, across * GRID), np.float32)
        whole[: sized.shape[0], : sized.shape[1]] = sized
        return np.asarray(whole.reshape(down, GRID, across, GRID).sum((0, 2)), np.float32)


def detail(luma: Plane) -> Plane:
    """Return what differs from the mean around it, equally loud everywhere, (height, width).

    What the picture shows is the noise that the watermark is found in, so each place counts by how
    little of it there is.
    """
    fine = luma - averaged(luma, DETAIL_REACH)
    return np.asarray(fine / np.sqrt(averaged(fine * fine, SPREAD_REACH) + FAINT**2), np.float32)


def scales() -> NDArray[np.float64]:
    """Return all scales that are tried, 1 among them."""
    lowest, highest = (round(np.log(end) / np.log(STEP)) for end in (SMALLEST, LARGEST))
    return np.asarray(STEP ** np.arange(lowest, highest + 1.0))


def trials() -> int:
    """Return how many places are tried in one picture: in each band, each way round, at each scale
    and shift."""
    return len(BANDS) * 2 * len(scales()) * GRID**2


def false_alarms(z: float, pictures: int) -> float:
    """Bound the chance that so good a match, or better, is in none of so many pictures."""
    bound = np.log(trials()) + np.log(max(1, pictures)) - z * abs(z) / 2
    return float(np.exp(min(0.0, bound)))


def threshold(pictures: int = 1) -> float:
    """Return the z from which on a match is sure."""
    return float(np.sqrt(2 * np.log(trials() * max(1, pictures) / SURE)))


def search(evidence: Evidence, likely: Iterable[Match] = ()) -> Match:
    """Return the best match; the full search is left out where there is a sure one at the scale of
    a `likely` one, or that of a whole picture."""
    near = sorted({1.0, *(match.scale for match in likely)})
    best = _best(evidence, near)
    if best.z < threshold():
        best = _best(evidence, scales())
    return best


def _best(evidence: Evidence, sizes: Iterable[float]) -> Match:
    spots = [spot for scale in sizes for spot in _spots(evidence, float(scale))]
    best = max(spots, key=lambda spot: spot.z)
    return Match(best.z, best.scale, best.mirrored, _version(evidence, best))


class _Spot(NamedTuple):
    """Where the anchor of one band fits best at one scale, one way round."""

    z: float
    scale: float
    mirrored: bool
    band: tuple[float, float]
    down: int
    right: int


def _spots(evidence: Evidence, scale: float) -> Iterator[_Spot]:
    phases = phases_of(evidence.tile(scale))
    for band, mirrored in product(BANDS, (False, True)):
        surface = correlate(phases, _key(mirrored, band).anchor)
        down, right = divmod(int(surface.argmax()), GRID)
        yield _Spot(float(surface[down, right]), scale, mirrored, band, down, right)


def phases_of(seen: Plane) -> Spectrum:
    """Return a tile's Fourier transform with nothing but its phases; 0 where there is nothing."""
    spectrum = np.fft.rfft2(seen)
    size = np.abs(spectrum)
    heard = size > 1e-6 * max(1e-12, float(size.max()))
    return np.where(heard, spectrum / np.where(heard, size, 1), 0)


def correlate(phases: Spectrum, key: Spectrum) -> NDArray[np.float64]:
    """Return how well the key fits at every shift, (GRID, GRID), in deviations of pure chance."""
    fit = phases * key.conj()
    # One half of the transform is given, so the whole counts each cosine twice.
    deviation = np.sqrt(2 * float(np.square(np.abs(fit)).sum())) or 1.0
    return np.asarray(np.fft.irfft2(fit, (GRID, GRID)) * (GRID**2 / deviation))


def _version(evidence: Evidence, spot: _Spot) -> Version | None:
    """Read the version at the place of the anchor; None where chance might have written it."""
    phases = phases_of(evidence.tile(spot.scale))
    surface = correlate(phases, _key(spot.mirrored, spot.band).payload)
    surface = np.roll(surface, (-spot.down, -spot.right), (0, 1))
    if spot.mirrored:  # shifts to the right have become shifts to the left
        surface = np.roll(surface[:, ::-1], 1, 1)
    step = GRID // STEPS
    values = surface[::step, ::step]
    major, minor = divmod(int(values.argmax()), STEPS)
    if STEPS**2 * np.exp(-(values[major, minor] ** 2) / 2) > LEGIBLE:
        return None
    return Version(major, minor)


@cache
def _key(mirrored: bool, band: tuple[float, float]) -> Key:
    """Return a band's key, or that of the tile's mirror image."""
    key = draw_key(band=band)
    return Key(*map(mirror, key)) if mirrored else key
