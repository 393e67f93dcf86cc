"""A question that may take a while, asked on a thread of its own while the window stays alive."""

import logging
import threading
from collections.abc import Callable

from PySide6.QtCore import QObject, QTimer, Signal

log = logging.getLogger(__name__)

LOOK = 30
"""Milliseconds between two looks for the answer."""


class Question(QObject):
    """Asked again and again, one at a time; what is asked meanwhile is left out."""

    answered = Signal(object)

    def __init__(self, find: Callable[[], object], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._find = find
        self._thread: threading.Thread | None = None
        self._answer: object = None
        self._timer = QTimer(self, interval=LOOK)
        self._timer.timeout.connect(self._take)

    def ask(self) -> None:
        """Begin to find the answer; returns at once."""
        if self._thread is None:
            self._thread = threading.Thread(target=self._ask, name="question", daemon=True)
            self._thread.start()
            self._timer.start()

    def close(self, patience: float) -> None:
        """Wait at most `patience` seconds for what is being found; nobody hears it any more."""
        self._timer.stop()
        if self._thread:
            self._thread.join(patience)
            self._thread = None

    def _ask(self) -> None:
        """Runs on the other thread."""
        try:
            self._answer = self._find()
        except Exception:  # a question is no reason to fail; nobody is told
            log.warning("a question has no answer", exc_info=True)
            self._answer = None

    def _take(self) -> None:
        if self._thread and not self._thread.is_alive():
            self._timer.stop()
            self._thread = None
            self.answered.emit(self._answer)
