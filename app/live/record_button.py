"""The button that records what is live into a film."""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QPushButton

from app.live.stage import Stage
from app.parts.captures import found_at, named
from app.parts.sentences import reason, told
from core.sentence import system_words


class RecordButton(QObject):
    """Starts and ends films, each in a file named after the moment, and says where they are."""

    def __init__(
        self,
        button: QPushButton,
        stage: Stage,
        record: Callable[[Path | None], None],
        folder: Callable[[], Path],
        now: Callable[[], datetime] = datetime.now,
    ) -> None:
        """`record` begins a film, or ends it; `folder` says where films go."""
        super().__init__(button)
        self._button, self._stage, self._record = button, stage, record
        self._folder, self._now = folder, now
        button.clicked.connect(self._switch)

    def end(self, path: Path, error: object) -> None:
        """Say that a film is over, and why if something is wrong with it."""
        self._button.setChecked(False)
        words = reason(error) if error else found_at(self.tr("Recorded: {0}"), path)
        self._stage.tell(words, good=not error)

    def _switch(self) -> None:
        if not self._button.isChecked():
            self._record(None)
            return
        folder = self._folder()
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            words = self.tr("{folder} cannot be made ({reason}); choose another folder")
            self._stage.tell(words.format(folder=folder, reason=told(system_words(error))))
            self._button.setChecked(False)
            return
        self._record(folder / f"{named(self._now())}.mp4")
