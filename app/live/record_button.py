"""The button that records what is live into a film."""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from time import monotonic

from PySide6.QtCore import QObject, QTimer

from app.live.transport import DOT, lasted
from app.parts.captures import found_at, named
from app.parts.icons import IconButton
from app.parts.notice import Kind, Notice
from app.parts.sentences import reason, told
from core.sentence import system_words

TICK = 500
"""Milliseconds between two looks at the clock."""


class RecordButton(QObject):
    """Starts and ends films, each in a file named after the moment, and says where they are."""

    def __init__(
        self,
        button: IconButton,
        notice: Notice,
        record: Callable[[Path | None], None],
        folder: Callable[[], Path],
        now: Callable[[], datetime] = datetime.now,
        seconds: Callable[[], float] = monotonic,
    ) -> None:
        """`record` begins a film, or ends it; `folder` says where films go."""
        super().__init__(button)
        self._button, self._notice, self._record = button, notice, record
        self._folder, self._now, self._seconds = folder, now, seconds
        self._since = 0.0
        self._clock = QTimer(self, interval=TICK)
        self._clock.timeout.connect(self.tick)
        button.clicked.connect(self._switch)
        button.toggled.connect(self._show)
        self._show(False)

    def end(self, path: Path, error: object) -> None:
        """Say that a film is over, and why if something is wrong with it."""
        self._button.setChecked(False)
        if error:
            self._notice.tell(reason(error))
        else:
            self._notice.tell(found_at(self.tr("Recorded: {0}"), path), Kind.GOOD)

    def tick(self) -> None:
        """Say how long the film is by now."""
        words = self.tr("Stop recording {time}")
        self._button.setText(words.format(time=lasted(self._seconds() - self._since)))

    def _show(self, on: bool) -> None:
        self._button.show_icon("square" if on else "circle", "white" if on else DOT)
        if on:
            self._since = self._seconds()
            self._clock.start()
            self.tick()
        else:
            self._clock.stop()
            self._button.setText(self.tr("Record"))

    def _switch(self) -> None:
        if not self._button.isChecked():
            self._record(None)
            return
        folder = self._folder()
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            words = self.tr("{folder} cannot be made ({reason}); choose another folder")
            self._notice.tell(words.format(folder=folder, reason=told(system_words(error))))
            self._button.setChecked(False)
            return
        self._record(folder / f"{named(self._now())}.mp4")
