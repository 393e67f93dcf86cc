"""Time, handed in: the real one, and one that waits for nobody."""

import threading
import time
from typing import Protocol


class Clock(Protocol):
    """What sources and pacers ask for the time."""

    def now(self) -> float:
        """Seconds since some fixed moment; never runs backwards."""
        ...

    def wait(self, seconds: float, until: threading.Event) -> bool:
        """Let `seconds` go by, or less if `until` is set meanwhile; return whether it is set."""
        ...


class WallClock:
    """Satisfies `Clock`: the time of the world, shared by all threads."""

    def now(self) -> float:
        return time.monotonic()

    def wait(self, seconds: float, until: threading.Event) -> bool:
        return until.wait(max(0.0, seconds))


class SwiftClock:
    """Satisfies `Clock`: waiting costs nothing, so recorded sound is read as fast as it is used."""

    def __init__(self) -> None:
        self._now = 0.0

    def now(self) -> float:
        return self._now

    def wait(self, seconds: float, until: threading.Event) -> bool:
        if not until.is_set():
            self._now += max(0.0, seconds)
        return until.is_set()
