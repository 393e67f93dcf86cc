"""How long the window was held up, and by what: a timer that ought to beat all the time."""

import sys
import threading
from collections import Counter
from collections.abc import Callable
from time import perf_counter
from types import FrameType
from typing import NamedTuple

from PySide6.QtCore import QObject, Qt, QTimer

BEAT = 2
"""Milliseconds between two beats when nothing is in the way."""

SILENCE, LOOK = 0.015, 0.008
"""Seconds without a beat after which it is asked why, and between two looks."""

OURS = ("app.", "core.", "plugins.")
"""Modules that are named; what Qt does by itself is called by its name."""


class Pause(NamedTuple):
    """The longest there was."""

    seconds: float
    during: str
    """What the window was at, most of the time; empty where nobody looked."""


class Pulse(QObject):
    """Notes the longest pause between two beats since it was last asked."""

    def __init__(
        self, parent: QObject | None = None, now: Callable[[], float] = perf_counter
    ) -> None:
        super().__init__(parent)
        self._now = now
        self._last: float | None = None
        self._longest, self._sightings = Pause(0.0, ""), Counter[str]()
        self._timer = QTimer(self, interval=BEAT)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self.beat)

    def start(self) -> None:
        self._last = self._now()
        self._timer.start()

    def beat(self) -> None:
        """Note that the window is alive now."""
        now, sightings = self._now(), self._sightings
        self._sightings = Counter()
        if self._last is not None and now - self._last > self._longest.seconds:
            during = sightings.most_common(1)
            self._longest = Pause(now - self._last, during[0][0] if during else "")
        self._last = now

    @property
    def silent(self) -> bool:
        """Whether the window has not beaten for a while. Any thread."""
        return self._last is not None and self._now() - self._last > SILENCE

    def see(self, doing: str) -> None:
        """Note what the window is at meanwhile. Any thread."""
        self._sightings[doing] += 1

    def longest(self) -> Pause:
        """Return the longest pause, and begin anew."""
        self.beat()
        longest, self._longest = self._longest, Pause(0.0, "")
        return longest


class Witness:
    """Tells a pulse what the thread that made this is at, from a thread of its own until closed."""

    def __init__(self, pulse: Pulse) -> None:
        self._pulse, self._watched = pulse, threading.get_ident()
        self._closed = threading.Event()
        self._thread = threading.Thread(target=self._run, name="witness", daemon=True)
        self._thread.start()

    def close(self) -> None:
        self._closed.set()
        self._thread.join()

    def _run(self) -> None:
        while not self._closed.wait(LOOK):
            if self._pulse.silent:
                self._pulse.see(doing(sys._current_frames().get(self._watched)))


def doing(frame: FrameType | None) -> str:
    """Name the innermost function of ours in a stack, or Qt where its loop is at work itself."""
    while frame:
        module, name = frame.f_globals.get("__name__", ""), frame.f_code.co_qualname
        if module.startswith(OURS) and module != "app.__main__":  # where the loop is entered
            return f"{module}.{name}"
        frame = frame.f_back
    return "Qt"
