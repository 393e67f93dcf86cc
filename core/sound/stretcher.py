"""From our rate to a device's, with a pace that may change: band-limited interpolation.

Julius O. Smith, Digital Audio Resampling: each sample is a sum of its neighbours, weighted by a
windowed sinc at its exact place between them. Linear phase; WIDTH / 2 samples late, 1.5 ms.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from core.audio import SAMPLE_RATE, Samples
from core.sentence import said

WIDTH = 48
"""Samples that a sample is made of."""

PHASES = 256
"""Places between two samples with weights of their own; between these they are interpolated."""

CUTOFF = 0.94
"""Share of our band that is kept."""

KAISER = 8.0
"""Shape of the window; images are 90 dB down."""


class StretcherState(NamedTuple):
    """What has to be known of the sound before."""

    tail: Samples
    """The last samples, shape (n,) with n >= WIDTH - 1."""
    place: float
    """Where the next sample lies, in samples after the middle of the first WIDTH of them."""


SILENCE = StretcherState(np.zeros(WIDTH - 1, np.float32), 0.0)
"""The state before any sound."""


class Stretcher:
    """Turns sound at SAMPLE_RATE into sound at `rate`, played a little faster or slower."""

    def __init__(self, rate: int) -> None:
        if rate < SAMPLE_RATE:
            raise ValueError(
                said("cannot play at {0} samples per second; at least {1}", rate, SAMPLE_RATE)
            )
        self._step = SAMPLE_RATE / rate
        self._weights = _weights()

    def __call__(
        self, samples: Samples, pace: float, state: StretcherState
    ) -> tuple[Samples, StretcherState]:
        """Return `samples` made shorter by a share of `pace`, and the state after them."""
        known = np.concatenate([state.tail, samples])
        step = self._step * (1 + pace)
        room = len(known) - WIDTH + 1  # how many places have all their neighbours
        count = max(0, int(np.ceil((room - state.place) / step)))
        places = state.place + step * np.arange(count + 1, dtype=np.float64)
        out = self._interpolated(known, places[:-1])
        spent = min(int(places[-1]), room)
        return out, StretcherState(known[spent:], float(places[-1]) - spent)

    def _interpolated(self, known: Samples, places: NDArray[np.float64]) -> Samples:
        first = places.astype(np.intp)
        fine = (places - first) * PHASES
        phase = fine.astype(np.intp)
        between = (fine - phase).astype(np.float32)
        around = np.lib.stride_tricks.sliding_window_view(known, WIDTH)[first]  # (n, WIDTH)
        low = np.einsum("nw,nw->n", around, self._weights[phase])
        high = np.einsum("nw,nw->n", around, self._weights[phase + 1])
        out: Samples = low + between * (high - low)
        return out


def _weights() -> NDArray[np.float32]:
    """Return the weights of WIDTH neighbours for each place, shape (PHASES + 1, WIDTH)."""
    half = WIDTH // 2
    neighbours = np.arange(1 - half, half + 1)
    away = neighbours[None] - np.linspace(0, 1, PHASES + 1)[:, None]
    bell = np.i0(KAISER * np.sqrt(np.clip(1 - (away / half) ** 2, 0, None)))
    weights = np.sinc(CUTOFF * away) * bell
    found: NDArray[np.float32] = (weights / weights.sum(1, keepdims=True)).astype(np.float32)
    return found
