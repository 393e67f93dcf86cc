"""Live for any length: memory, descriptors, threads, latency and drift, and how they grow."""

import time
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import psutil

from core.live.session import Phase
from tests.robustness.faults import HUM, Options
from tests.robustness.live import FORMAT, Live

EVERY = 1.0
"""Seconds between two measurements."""

WARM = 0.25
"""Share of the time that is left out of the slopes: what is loaded and filled once."""


@dataclass(frozen=True)
class Slope:
    """How one figure went."""

    name: str
    unit: str
    first: float
    last: float
    per_hour: float


FIGURES = {
    "memory": "MiB",
    "engine's memory": "MiB",
    "descriptors": "",
    "threads": "",
    "latency": "ms",
    "drift": "ms",
    "frames a second": "",
    "frames lost": "",
}


def soak(seconds: float, tick: Callable[[float], object] = lambda _: None) -> list[Slope]:
    """Be live for `seconds`, and return how the figures went.

    Raises:
        RuntimeError: it ended before its time; says why.
    """
    live = Live(HUM, Options())
    rows: list[list[float]] = []
    try:
        if live.start() is not Phase.LIVE:
            raise RuntimeError(live.words)
        begin = time.monotonic()
        while (at := time.monotonic() - begin) < seconds:
            rows.append([at, *_measured(live, at)])
            tick(at)
            if live.phase is not Phase.LIVE:
                raise RuntimeError(live.words)
            time.sleep(EVERY)
    finally:
        live.stop()
        live.close()
    return _slopes(np.array(rows))


def _measured(live: Live, at: float) -> list[float]:
    me, figures = psutil.Process(), live.broadcast.figures()
    engine = sum(child.memory_info().rss for child in me.children())
    shown = (figures.frames + figures.repeated) / FORMAT.fps
    return [
        me.memory_info().rss / 2**20,
        engine / 2**20,
        me.num_fds() if hasattr(me, "num_fds") else me.num_handles(),
        me.num_threads(),
        figures.latency_p50 * 1000,
        (shown - at) * 1000,
        figures.rate,
        figures.frames_dropped,
    ]


def _slopes(rows: "np.ndarray[tuple[int, int], np.dtype[np.float64]]") -> list[Slope]:
    settled = rows[int(len(rows) * WARM) :]
    found = []
    for column, (name, unit) in enumerate(FIGURES.items(), start=1):
        values = settled[:, column]
        grows = np.polyfit(settled[:, 0], values, 1)[0] * 3600 if len(values) > 1 else 0.0
        found.append(Slope(name, unit, float(values[0]), float(values[-1]), float(grows)))
    return found
