"""Notices that somebody speaks while muted, and says so."""

from collections.abc import Callable

from PySide6.QtCore import QObject, QTimer

from app.live.level_meter import to_decibels
from app.live.transport import Transport
from app.parts.notice import Notice

LOOK = 100
"""Milliseconds between two looks."""

SPEECH = -35.0
"""Decibels from which it is somebody who speaks, and no room that hums."""

LOOKS = 5
"""Looks, of the last few, at which it has to be as loud: a cough is shorter."""


class MutedSpeech(QObject):
    """Looks at `level`, which knows the voice even where others do not hear it, while muted."""

    def __init__(self, level: Callable[[], float], transport: Transport, notice: Notice) -> None:
        super().__init__(transport)
        self._level, self._transport, self._notice = level, transport, notice
        self._loud = 0
        self._timer = QTimer(self, interval=LOOK)
        self._timer.timeout.connect(self.look)
        transport.mute.toggled.connect(self._begin)

    def look(self) -> None:
        """Count how long it has been loud; once it is speech, say so, and look no more."""
        loud = to_decibels(self._level()) > SPEECH
        self._loud = self._loud + 1 if loud else max(0, self._loud - 1)
        if self._loud >= LOOKS:
            self._timer.stop()
            words = self.tr("You're muted: nobody hears this. Press Ctrl+M to unmute.")
            self._notice.warn(words, self)

    def _begin(self, muted: bool) -> None:
        self._loud = 0
        if muted:
            self._timer.start()
        else:
            self._timer.stop()
            self._notice.warn("", self)
