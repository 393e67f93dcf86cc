"""The program tries itself: pictures on the screen and how long they took, or an error and why."""

import sys
import time

from PySide6.QtCore import QObject, QTimer
from PySide6.QtWidgets import QApplication

from app.live_state import LiveState
from app.pulse import Pause, Pulse, Witness
from app.window import Window
from core.live.figures import Figures
from core.live.session import Phase, Status
from core.video import FPS

SETTLE = 50
"""Milliseconds between the window being there and Start being pressed."""

PATIENCE = 120
"""Seconds until the first frames must have come."""


class SelfTest(QObject):
    """Starts the scene, and ends the program with code 0 once it has been live for `seconds`.

    `began` is when the program began, on the clock of `time.perf_counter`.
    """

    def __init__(self, window: Window, seconds: float, began: float) -> None:
        super().__init__(window)
        self._window = window
        self._frames = round(seconds * FPS)
        self._pulse = Pulse(self)
        self._witness = Witness(self._pulse)
        self._began = began
        self._shown = self._pressed = self._first = 0.0
        self._opening = self._starting = Pause(0.0, "")
        window.bridge.status_changed.connect(self._on_status)
        window.bridge.frame_ready.connect(self._on_frame)
        window.bridge.figures_ready.connect(self._on_figures)
        QTimer.singleShot(round(1000 * (PATIENCE + seconds)), self, self._give_up)
        self._pulse.start()
        QTimer.singleShot(0, self, self._see)

    def _see(self) -> None:
        """Runs once the window has been drawn."""
        self._shown = self._age()
        QTimer.singleShot(SETTLE, self, self._begin)

    def _begin(self) -> None:
        self._opening = self._pulse.longest()
        self._pressed = self._age()
        self._window.start()
        if self._window.transport.state is LiveState.STOPPED:
            self._end(1, self._window.message)

    def _on_status(self, status: Status) -> None:
        if status.phase is Phase.FAILED:
            self._end(1, str(status.error))

    def _on_frame(self) -> None:
        if not self._first:
            self._first = self._age()
            self._starting = self._pulse.longest()

    def _on_figures(self, figures: Figures) -> None:
        if figures.frames >= self._frames:
            self._end(0, f"{figures}\n{self._told()}")

    def _told(self) -> str:
        pauses = (
            (self._opening, "while opening"),
            (self._starting, "while starting"),
            (self._pulse.longest(), "while live"),
        )
        held = (
            f"{1e3 * pause.seconds:.0f} ms {when}{pause.during and f' ({pause.during})'}"
            for pause, when in pauses
        )
        return (
            f"window after {self._shown:.2f} s, first picture after {self._first:.2f} s, "
            f"{self._first - self._pressed:.2f} s after Start; window held up for at most "
            + ", ".join(held)
        )

    def _age(self) -> float:
        return time.perf_counter() - self._began

    def _give_up(self) -> None:
        self._end(1, "no frames came in time")

    def _end(self, code: int, word: str) -> None:
        sys.stdout.write(f"self-test: {word}\n")
        sys.stdout.flush()
        self._witness.close()
        self._window.close()
        QApplication.exit(code)
