"""How loud a microphone is before anything is live, so that people see whether it hears them."""

import logging
import threading
from collections.abc import Callable
from contextlib import closing
from typing import Any

import numpy as np
from PySide6.QtCore import QObject, QTimer, Signal

from core.audio import SAMPLE_RATE
from core.clock import WallClock
from core.plugin import SourcePlugin

log = logging.getLogger(__name__)

PIECE = SAMPLE_RATE // 25
"""Samples read at once."""

PATIENCE = 0.1
"""Seconds to wait for them before looking whether to end."""

CALM, LOOK = 200, 20
"""Milliseconds without another choice until it is opened, and between looks for its end."""


class Listening(QObject):
    """Has the microphone from `listen_to` to `rest`; all but `_run` is for the window's thread."""

    failed = Signal(object)
    """It cannot be heard: the error."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self.level = 0.0
        """Root of the mean square of what was heard last, 0 to 1."""
        self._wanted: tuple[SourcePlugin[Any], Any] | None = None
        self._thread: threading.Thread | None = None
        self._stop = threading.Event()
        self._then: Callable[[], None] | None = None
        self._calm = QTimer(self, interval=CALM, singleShot=True)
        self._calm.timeout.connect(self._begin)
        self._ending = QTimer(self, interval=LOOK)
        self._ending.timeout.connect(self._end)

    def listen_to(self, plugin: SourcePlugin[Any], options: Any) -> None:
        """Hear this source from now on, in place of another."""
        if (plugin, options) == self._wanted:
            return
        self._wanted = plugin, options
        self._then = None
        self._give_back()
        self._calm.start()

    def rest(self, then: Callable[[], None] | None = None) -> None:
        """Give the microphone back, then do what is next: at once where nobody has it."""
        self._wanted = None
        self._calm.stop()
        self._then = then
        self._give_back()
        if self._thread is None and then:
            self._then = None
            then()

    def close(self, patience: float) -> None:
        """End for good."""
        self.rest()
        self._ending.stop()
        if self._thread:
            self._thread.join(patience)
            self._thread = None

    def _give_back(self) -> None:
        self._stop.set()
        if self._thread:
            self._ending.start()

    def _end(self) -> None:
        if self._thread and self._thread.is_alive():
            return
        self._ending.stop()
        self._thread, self.level = None, 0.0
        then, self._then = self._then, None
        if then:
            then()
        elif self._wanted and not self._calm.isActive():
            self._begin()

    def _begin(self) -> None:
        if self._thread or self._wanted is None:
            return  # `_end` begins again
        self._stop = threading.Event()
        self._thread = threading.Thread(
            target=self._run, args=(*self._wanted, self._stop), name="listening", daemon=True
        )
        self._thread.start()

    def _run(self, plugin: SourcePlugin[Any], options: Any, stop: threading.Event) -> None:
        """Runs on the thread that has the microphone."""
        try:
            with closing(plugin.open(options, WallClock())) as source:
                while not stop.is_set():
                    if sound := source.read(PIECE, PATIENCE):
                        self.level = float(np.sqrt(np.mean(np.square(sound.samples))))
        except Exception as error:
            log.info("a microphone cannot be heard", exc_info=True)
            self.level = 0.0
            if not stop.is_set():
                self.failed.emit(error)
