"""How the live loop is doing, in numbers."""

from collections import deque
from dataclasses import dataclass

import numpy as np

from core.audio import SAMPLE_RATE
from core.sentence import said

WINDOW = 250
"""Frames over which rate and latency are taken: ten seconds."""

STALL = 1.0
"""Seconds without a new frame after which the rate sinks."""


@dataclass(frozen=True)
class Figures:
    """A snapshot; times in seconds."""

    rate: float = 0.0
    """New frames a second."""
    latency_p50: float = 0.0
    """From a sound being heard to its frame being sent."""
    latency_p95: float = 0.0
    frames: int = 0
    """New frames sent since the start."""
    repeated: int = 0
    """Deadlines at which there was no new frame, so the last one was sent again."""
    frames_dropped: int = 0
    """Frames that were not shown, because it was too late to paint or to send them."""
    sound_dropped: float = 0.0
    """Seconds of sound that nobody heard."""

    def __str__(self) -> str:
        return said(
            "{0:.1f} frames/s, latency {1:.0f} ms (p95 {2:.0f} ms), dropped {3} frames and "
            "{4:.2f} s of sound",
            self.rate,
            self.latency_p50 * 1000.0,
            self.latency_p95 * 1000.0,
            self.frames_dropped,
            self.sound_dropped,
        )


class Gauge:
    """Collects what `Figures` shows; written by the output thread, read by any."""

    def __init__(self) -> None:
        self.fps = 0
        """Frames a second that there should be."""
        self._sent: deque[tuple[float, float]] = deque(maxlen=WINDOW)
        self._frames = 0
        self._repeated = 0

    def sent(self, now: float, latency: float) -> None:
        """Note a new frame that left at `now`."""
        self._sent.append((now, latency))
        self._frames += 1

    def repeat(self) -> None:
        """Note a deadline without a new frame."""
        self._repeated += 1

    def figures(self, now: float, frames_dropped: int, samples_dropped: int) -> Figures:
        """Return the state of things at `now`, with the losses that the queues have counted."""
        rate, p50, p95 = _recent(tuple(self._sent), now)
        return Figures(
            rate=rate,
            latency_p50=p50,
            latency_p95=p95,
            frames=self._frames,
            repeated=self._repeated,
            frames_dropped=frames_dropped,
            sound_dropped=samples_dropped / SAMPLE_RATE,
        )


def _recent(sent: tuple[tuple[float, float], ...], now: float) -> tuple[float, float, float]:
    """Return rate and latencies (p50, p95) of what was `sent` as (time, latency)."""
    if len(sent) < 2:
        return 0.0, 0.0, 0.0
    times, latencies = np.array(sent).T
    # A stall shows at once: from a second of silence on, the time since counts as well.
    end = times[-1] if now - times[-1] < STALL else now
    # As `np.percentile` does, which imports numpy.ma when it is first called: 60 ms, in a window.
    places = np.linspace(0.0, 1.0, len(latencies))
    p50, p95 = np.interp((0.50, 0.95), places, np.sort(latencies))
    return float((len(times) - 1) / max(end - times[0], 1e-9)), float(p50), float(p95)
