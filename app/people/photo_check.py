"""Photos judged aside, in a process of its own, so that the window never waits."""

import threading
from collections.abc import Callable
from pathlib import Path
from queue import SimpleQueue
from typing import Protocol

from PySide6.QtCore import QObject, QTimer, Signal

from core.portrait.judge import PhotoVerdict


class Judges(Protocol):
    """Says what is to be said of a photo; used by one thread."""

    def __call__(self, path: Path) -> PhotoVerdict: ...
    def close(self) -> None: ...


class PhotoChecks(QObject):
    """Judges photos on a thread of its own, one after the other, until closed.

    `open_judge` is called on that thread with the first photo: it takes a second or two.
    """

    judged = Signal(PhotoVerdict)

    def __init__(self, open_judge: Callable[[], Judges], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._open_judge = open_judge
        self._paths: SimpleQueue[Path | None] = SimpleQueue()
        self._verdicts: SimpleQueue[PhotoVerdict] = SimpleQueue()
        self._thread: threading.Thread | None = None
        self._look = QTimer(self, interval=30)
        self._look.timeout.connect(self._take)

    def ask(self, path: Path) -> None:
        self._paths.put(path)
        if self._thread is None:
            self._thread = threading.Thread(target=self._run, name="photo checks", daemon=True)
            self._thread.start()
            self._look.start()

    def close(self) -> None:
        """Let the thread end after the photo it is at; nothing more is told."""
        self._look.stop()
        self._paths.put(None)

    def _run(self) -> None:
        judge: Judges | None = None
        while path := self._paths.get():
            try:
                judge = judge or self._open_judge()
                self._verdicts.put(judge(path))
            except Exception as error:  # noqa: BLE001 - told beside the photo
                self._verdicts.put(PhotoVerdict(path, problem=str(error) or type(error).__name__))
        if judge:
            judge.close()

    def _take(self) -> None:
        while not self._verdicts.empty():
            self.judged.emit(self._verdicts.get())
