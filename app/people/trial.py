"""A line spoken by somebody who is not saved yet."""

from collections.abc import Callable
from typing import Protocol

from PySide6.QtCore import QObject, QTimer, Signal

from app.parts.bridge import Bridge, Watched
from core.broadcast.shared_devices import EngineInUse
from core.live.session import Phase, Status
from core.profile import Profile
from core.video import Frame


class Rehearsed(Watched, Protocol):
    """A line that is spoken once it is started; see `core.broadcast.broadcast.Broadcast`."""

    def start(self) -> None:
        """Begin.

        Raises:
            EngineInUse: something else is live.
        """
        ...

    def stop(self) -> None: ...

    def join(self, timeout: float | None = None) -> bool: ...


Rehearse = Callable[[Profile, Callable[[Status], None]], Rehearsed | None]
"""Lets the person speak a line; None where there is no voice for it."""


class Trial(QObject):
    """Runs one rehearsal at a time; a stop is asked for and told by `ended`."""

    frame_ready = Signal(Frame)
    ended = Signal(object)
    """Why it could not go on; empty if the line was spoken, or stopped."""
    _status = Signal(Status)

    def __init__(self, rehearse: Rehearse, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._rehearse = rehearse
        self._line: Rehearsed | None = None
        self._error = ""
        self._bridge = Bridge(self)
        self._bridge.frame_ready.connect(self.frame_ready)
        self._status.connect(self._hear)
        self._ending = QTimer(self, interval=30)
        self._ending.timeout.connect(self._end)

    @property
    def running(self) -> bool:
        return self._line is not None

    def start(self, profile: Profile) -> bool:
        """Let `profile` speak; False if that cannot be now."""
        line = None if self._line else self._rehearse(profile, self._status.emit)
        if line is None:
            return False
        try:
            line.start()
        except EngineInUse:
            return False
        self._line, self._error = line, ""
        self._bridge.watch(line)
        return True

    def stop(self) -> None:
        if self._line:
            self._line.stop()

    def close(self, patience: float) -> None:
        """End whatever runs; nothing more is told."""
        self._ending.stop()
        self._bridge.rest()
        if self._line:
            self._line.stop()
            self._line.join(patience)
            self._line = None

    def _hear(self, status: Status) -> None:
        if status.phase in (Phase.STOPPED, Phase.FAILED):
            self._error = str(status.error) if status.error else ""
            self._ending.start()

    def _end(self) -> None:
        """The last status comes just before the last thread ends."""
        if self._line and self._line.join(0):
            self._ending.stop()
            self._bridge.rest()
            self._line = None
            self.ended.emit(self._error)
