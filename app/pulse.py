"""How long the window was held up: a timer that ought to beat every few milliseconds."""

from collections.abc import Callable
from time import perf_counter

from PySide6.QtCore import QObject, Qt, QTimer

BEAT = 2
"""Milliseconds between two beats when nothing is in the way."""


class Pulse(QObject):
    """Notes the longest pause between two beats since it was last asked."""

    def __init__(
        self, parent: QObject | None = None, now: Callable[[], float] = perf_counter
    ) -> None:
        super().__init__(parent)
        self._now = now
        self._last: float | None = None
        self._longest = 0.0
        self._timer = QTimer(self, interval=BEAT)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self.beat)

    def start(self) -> None:
        self._last = self._now()
        self._timer.start()

    def beat(self) -> None:
        """Note that the window is alive now."""
        now = self._now()
        if self._last is not None:
            self._longest = max(self._longest, now - self._last)
        self._last = now

    def longest(self) -> float:
        """Return the longest pause in seconds, and begin anew."""
        self.beat()
        longest, self._longest = self._longest, 0.0
        return longest
