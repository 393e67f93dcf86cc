"""The button that records what is live into a film."""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QPushButton

from app.live.stage import Stage
from app.parts.captures import found_at, named
from app.parts.sentences import reason, told
from core.broadcast.studio import Studio


class RecordButton(QObject):
    """Starts and ends films, each in a file named after the moment, and says where they are."""

    def __init__(
        self,
        button: QPushButton,
        stage: Stage,
        studio: Studio,
        folder: Callable[[], Path],
        now: Callable[[], datetime] = datetime.now,
    ) -> None:
        """`folder` says where films go."""
        super().__init__(button)
        self._button, self._stage, self._studio = button, stage, studio
        self._folder, self._now = folder, now
        button.clicked.connect(self._switch)

    def end(self, path: Path, error: object) -> None:
        """Say that a film is over, and why if something is wrong with it."""
        self._button.setChecked(False)
        words = reason(error) if error else found_at(self.tr("Recorded: {0}"), path)
        self._stage.tell(words, good=not error)

    def _switch(self) -> None:
        if not self._button.isChecked():
            self._studio.record(None)
            return
        folder = self._folder()
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            words = self.tr("{folder} cannot be made ({reason}); choose another folder")
            self._stage.tell(words.format(folder=folder, reason=told(error.strerror or str(error))))
            self._button.setChecked(False)
            return
        self._studio.record(folder / f"{named(self._now())}.mp4")
