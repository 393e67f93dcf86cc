"""The watermark's key: a noise tile, known by its Fourier phases, whose shift carries a version.

The scheme is JAWS (Kalker, Depovere, Haitsma, Maes: "A video watermarking system for broadcast
monitoring", 1999): one tile of noise, added all over the picture, found by phase-only correlation;
a second one, shifted against the first, carries a number. Their frequencies are apart here.

What is drawn for `MESSAGE` and one of `BANDS` may never change, or pictures of earlier versions are
not found.
"""

import hashlib
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

MESSAGE = "made by Understudy, AI-generated"
"""What it means that the watermark is there; its phases are drawn from these words."""

TILES = 4
"""Tiles in a picture's height, whatever its size: so a picture can be scaled."""

GRID = 96
"""Samples along a tile's side."""

BAND = (8.0, 36.0)
"""Cycles along a tile's side: waves of 22 to 5 pixels in a picture of 720 lines. Lower ones are
pictures themselves, higher ones are lost where the picture is made half as large."""

FIRST_BAND = (4.0, 24.0)
"""What pictures bore at first; where the bands overlap, so do the phases."""

BANDS = (BAND, FIRST_BAND)

PAYLOAD_SHARE = 0.25
"""Of the frequencies, those that carry the version."""

STEPS = 16
"""Values of each half of a version, as shifts along one side of the tile."""

Spectrum = NDArray[np.complex128]
"""Half of a tile's Fourier transform as `numpy.fft.rfft2` gives it, (GRID, GRID // 2 + 1)."""


class Version(NamedTuple):
    """The first two numbers of the program's version, each as far as it can be carried."""

    major: int
    minor: int

    @classmethod
    def parse(cls, text: str) -> "Version":
        """Read the first two numbers of `text`; 0 where there are none."""
        numbers = [int(part) if part.isdigit() else 0 for part in text.split(".")]
        major, minor = (*numbers, 0, 0)[:2]
        return cls(major % STEPS, minor % STEPS)

    def __str__(self) -> str:
        return f"{self.major}.{self.minor}"


class Key(NamedTuple):
    """Unit phases at the frequencies of each tile, 0 elsewhere."""

    anchor: Spectrum
    """Tells that the watermark is there, and where its tiles begin."""
    payload: Spectrum
    """Carries the version by its shift against the anchor."""


def draw_key(message: str = MESSAGE, band: tuple[float, float] = BAND) -> Key:
    """Draw the key from a hash of `message`: the same everywhere, for ever."""
    shape = GRID, GRID // 2 + 1
    count = shape[0] * shape[1]
    bits = hashlib.shake_256(message.encode()).digest(3 * count)
    phases = np.frombuffer(bits, ">u2", count).reshape(shape) * (2 * np.pi / 2**16)
    lots = np.frombuffer(bits, np.uint8, count, 2 * count).reshape(shape) / 2**8
    rows, columns = np.fft.fftfreq(GRID, 1 / GRID)[:, None], np.arange(shape[1])[None]
    radius = np.hypot(rows, columns)
    inside = (radius >= band[0]) & (radius <= band[1]) & (columns > 0)
    units = np.where(inside, np.exp(1j * phases), 0)
    return Key(np.where(lots >= PAYLOAD_SHARE, units, 0), np.where(lots < PAYLOAD_SHARE, units, 0))


def shift_by(spectrum: Spectrum, down: int, right: int) -> Spectrum:
    """Return the spectrum of the tile moved by so many samples, around its edges."""
    rows, columns = np.fft.fftfreq(GRID)[:, None], np.fft.rfftfreq(GRID)[None]
    return np.asarray(spectrum * np.exp(-2j * np.pi * (rows * down + columns * right)))


def mirror(spectrum: Spectrum) -> Spectrum:
    """Return the spectrum of the tile's mirror image: left is right."""
    turned = np.roll(spectrum[::-1], 1, 0).conj()  # of a real tile, F(u, -v) is F(-u, v)*
    columns = np.fft.rfftfreq(GRID)[None]
    return np.asarray(turned * np.exp(2j * np.pi * columns))  # samples 0..n-1 become n-1..0


def payload_shift(version: Version) -> tuple[int, int]:
    """Return how far down and right the payload's tile is moved, in samples."""
    step = GRID // STEPS
    return version.major * step, version.minor * step


def tile(version: Version, side: int) -> NDArray[np.float32]:
    """Return both tiles in one, (side, side); mean 0, deviation 1. Frequencies for which there are
    too few samples are left out; `side` must be enough for the lowest."""
    key = draw_key()
    whole = key.anchor + shift_by(key.payload, *payload_shift(version))
    highest = (min(GRID, side) - 1) // 2
    sized = np.zeros((side, side // 2 + 1), np.complex128)
    for rows in (slice(0, highest + 1), slice(-highest, None)):
        sized[rows, : highest + 1] = whole[rows, : highest + 1]
    noise = np.fft.irfft2(sized, (side, side))
    return np.asarray(noise / noise.std(), np.float32)
