"""From any rate to any other, with a pace that may change: band-limited interpolation.

Julius O. Smith, Digital Audio Resampling: each frame is a sum of its neighbours, weighted by a
windowed sinc at its exact place between them. Linear phase; it needs 1.5 ms of what comes after,
where libraries' streams hold back up to 36 ms.
"""

from fractions import Fraction
from functools import lru_cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

WIDTH = 48
"""Frames that a frame is made of, at the slower of both rates."""

PHASES = 256
"""Places between two frames with weights of their own; between these they are interpolated."""

CUTOFF = 0.94
"""Share of the narrower band that is kept."""

KAISER = 8.0
"""Shape of the window; images are 90 dB down."""

FEW = 8
"""Phases up to which each has weights of its own, as long as the pace is that of the rates."""

EXACT = 9
"""Decimals of a place between two frames: rounding must not decide whether there is one more."""

Frames = NDArray[np.float32]
"""(n, channels)"""


class SincState(NamedTuple):
    """What has to be known of the sound before."""

    tail: Frames
    """The last frames, shape (n, channels)."""
    place: float
    """Where the next frame lies, in frames after the middle of the first `width` of them."""


class SincResampler:
    """Turns sound at `source_rate` into sound at `rate`, played a little faster or slower."""

    def __init__(self, source_rate: float, rate: float) -> None:
        self._step = source_rate / rate
        self._ratio = Fraction(self._step).limit_denominator(FEW)
        self._even = float(self._ratio) == self._step
        self._half = int(np.ceil(WIDTH // 2 * max(1.0, self._step)))
        self._weights = _weights(self._half, CUTOFF / max(1.0, self._step))
        self._phase = lru_cache(FEW)(lambda place: self._weights_at(np.array([place]))[0])

    def start(self, channels: int = 1) -> SincState:
        """Return the state before any sound: the first frame out is the first in, at its time."""
        return SincState(np.zeros((self._half - 1, channels), np.float32), 0.0)

    def start_at_once(self, channels: int = 1) -> SincState:
        """Return the state for frames that come out with those that go in, half a width late."""
        return SincState(np.zeros((2 * self._half - 1, channels), np.float32), 0.0)

    def rest(self, channels: int = 1) -> Frames:
        """Return the silence that lets out what waits for its neighbours at the end."""
        return np.zeros((self._half, channels), np.float32)

    def __call__(
        self, frames: Frames, state: SincState, pace: float = 0.0
    ) -> tuple[Frames, SincState]:
        """Return `frames` made shorter by a share of `pace`, and the state after them."""
        known = np.concatenate([state.tail, frames])
        step = self._step * (1 + pace)
        room = len(known) - 2 * self._half + 1  # how many places have all their neighbours
        count = max(0, int(np.ceil(round((room - state.place) / step, EXACT))))
        places = state.place + step * np.arange(count + 1, dtype=np.float64)
        polyphase = self._even and not pace and count > 0
        out = (self._filtered if polyphase else self._interpolated)(known, places[:-1])
        spent = max(0, min(int(round(places[-1], EXACT)), room))
        return out, SincState(known[spent:], round(float(places[-1]) - spent, EXACT))

    def _filtered(self, known: Frames, places: NDArray[np.float64]) -> Frames:
        """Return what `_interpolated` does where few phases come again and again: polyphase."""
        period, advance = self._ratio.denominator, self._ratio.numerator
        out = np.empty((len(places), known.shape[1]), np.float32)
        for phase, place in enumerate(places[:period].tolist()):
            first = int(round(place, EXACT))
            weights = self._phase(round(place - first, EXACT))
            for channel, frames in enumerate(known[first:].T):
                found = np.correlate(frames, weights, "valid")[::advance]
                part = out[phase::period, channel]
                part[:] = found[: len(part)]
        return out

    def _weights_at(self, places: NDArray[np.float64]) -> NDArray[np.float32]:
        """Return the weights (n, width) for places between two frames, 0..1."""
        fine = np.round(places * PHASES, EXACT)
        phase = fine.astype(np.intp)
        between = (fine - phase).astype(np.float32)[:, None]
        low, high = self._weights[phase], self._weights[phase + 1]
        found: NDArray[np.float32] = low + between * (high - low)
        return found

    def _interpolated(self, known: Frames, places: NDArray[np.float64]) -> Frames:
        if not len(places):
            return known[:0]
        first = np.round(places, EXACT).astype(np.intp)
        weights = self._weights_at(places - first)
        around = np.lib.stride_tricks.sliding_window_view(known, 2 * self._half, axis=0)[first]
        out: Frames = np.einsum("ncw,nw->nc", around, weights)
        return out


def _weights(half: int, cutoff: float) -> NDArray[np.float32]:
    """Return the weights of 2 * half neighbours for each place, shape (PHASES + 1, 2 * half)."""
    neighbours = np.arange(1 - half, half + 1)
    away = neighbours[None] - np.linspace(0, 1, PHASES + 1)[:, None]
    bell = np.i0(KAISER * np.sqrt(np.clip(1 - (away / half) ** 2, 0, None)))
    weights = np.sinc(cutoff * away) * bell
    found: NDArray[np.float32] = (weights / weights.sum(1, keepdims=True)).astype(np.float32)
    return found
