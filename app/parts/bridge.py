"""Where the live session meets Qt: the only class that stands on both sides of the thread line."""

from pathlib import Path
from typing import Protocol

from PySide6.QtCore import QObject, QTimer, Signal

from core.broadcast.broadcast import Reports
from core.live.figures import Figures
from core.live.session import Status
from core.video import Frame

RATE = 30
"""Looks a second for a new frame: a little more than there are."""

FIGURES_EVERY = 15
"""Looks between two readings of the figures."""

SPARING = 4
"""Looks between two frames while the engine is late: the window's painting gives way first."""

CALM_READINGS = 6
"""Readings without a lost frame after which the window shows every frame again."""


class Watched(Protocol):
    """What is looked at while live."""

    @property
    def latest(self) -> Frame | None: ...

    def figures(self) -> Figures: ...


class Bridge(QObject):
    """Turns what happens on other threads into signals on the window's.

    Frames are looked for rather than pushed, so a slow window costs frames on screen and nothing
    else.
    """

    status_changed = Signal(Status)
    frame_ready = Signal(Frame)
    figures_ready = Signal(Figures)
    recorded = Signal(Path, object)
    """A recording is over: its file, and the error or None."""
    sound_failed = Signal(object)
    """A place cannot play the voice any more: the error."""

    engine_known = Signal(object)
    """What the picture runs on, and why."""
    trouble = Signal(object)
    """Something failed and another has taken over: a sentence."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._watched: Watched | None = None
        self._shown: Frame | None = None
        self._looks = 0
        self._dropped, self._calm = 0, CALM_READINGS
        self._timer = QTimer(self, interval=1000 // RATE)
        self._timer.timeout.connect(self._look)

    def reports(self) -> Reports:
        """Return what a broadcast tells, as signals on the window's thread."""
        return Reports(
            self.status_changed.emit,
            self.recorded.emit,
            self.sound_failed.emit,
            self.engine_known.emit,
            self.trouble.emit,
        )

    @property
    def sparing(self) -> bool:
        """Whether frames are lost, so that fewer are shown here to leave time for the others."""
        return self._calm < CALM_READINGS

    def watch(self, live: Watched) -> None:
        self._watched, self._dropped, self._calm = live, 0, CALM_READINGS
        self._timer.start()

    def rest(self) -> None:
        """Stop looking."""
        self._timer.stop()
        self._watched = None

    def _look(self) -> None:
        if self._watched is None:
            return
        frame = self._watched.latest
        due = not self.sparing or self._looks % SPARING == 0
        if due and frame is not None and frame is not self._shown:
            self._shown = frame
            self.frame_ready.emit(frame)
        self._looks += 1
        if self._looks % FIGURES_EVERY == 0:
            figures = self._watched.figures()
            self._calm = 0 if figures.frames_dropped > self._dropped else self._calm + 1
            self._dropped = figures.frames_dropped
            self.figures_ready.emit(figures)
