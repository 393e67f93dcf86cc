"""A line spoken by somebody who is not saved yet."""

from collections.abc import Callable

from PySide6.QtCore import QObject, QTimer, Signal

from app.parts.bridge import Bridge
from core.live.session import Phase, Session, Status
from core.profile import Profile
from core.video import Frame

Rehearse = Callable[[Profile, Callable[[Status], None]], Session | None]
"""Returns a session in which the person speaks a line; None where something else is live."""


class Trial(QObject):
    """Runs one rehearsal at a time; a stop is asked for and told by `ended`."""

    frame_ready = Signal(Frame)
    ended = Signal(str)
    """Why it could not go on; empty if the line was spoken, or stopped."""
    _status = Signal(Status)

    def __init__(self, rehearse: Rehearse, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._rehearse = rehearse
        self._session: Session | None = None
        self._error = ""
        self._bridge = Bridge(self)
        self._bridge.frame_ready.connect(self.frame_ready)
        self._status.connect(self._hear)
        self._ending = QTimer(self, interval=30)
        self._ending.timeout.connect(self._end)

    @property
    def running(self) -> bool:
        return self._session is not None

    def start(self, profile: Profile) -> bool:
        """Let `profile` speak; False if that cannot be now."""
        if self._session:
            return False
        self._session, self._error = self._rehearse(profile, self._status.emit), ""
        if self._session is None:
            return False
        self._bridge.watch(self._session)
        self._session.__enter__()
        return True

    def stop(self) -> None:
        if self._session:
            self._session.stop()

    def close(self, patience: float) -> None:
        """End whatever runs; nothing more is told."""
        self._ending.stop()
        self._bridge.rest()
        if self._session:
            self._session.stop()
            self._session.join(patience)
            self._session = None

    def _hear(self, status: Status) -> None:
        if status.phase in (Phase.STOPPED, Phase.FAILED):
            self._error = str(status.error) if status.error else ""
            self._ending.start()

    def _end(self) -> None:
        """The last status comes just before the last thread ends."""
        if self._session and self._session.join(0):
            self._ending.stop()
            self._bridge.rest()
            self._session = None
            self.ended.emit(self._error)
