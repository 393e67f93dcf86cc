"""Ends that come from outside while Qt's loop runs: signals, the terminal, log-out."""

import signal
import socket
from contextlib import suppress

from PySide6.QtCore import QObject, QSocketNotifier, Signal

from core.output import hush
from core.process.surroundings import ENDS

WORD = 64
"""Bytes that are read at a time; each is a signal's number."""


class Endings(QObject):
    """Hears signals while it is open. Python itself hears none while Qt waits for events."""

    asked = Signal()
    """The program is to end; may come more than once."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._heard, self._said = socket.socketpair()
        for end in (self._heard, self._said):
            end.setblocking(False)
        self._before = signal.set_wakeup_fd(self._said.fileno(), warn_on_full_buffer=False)
        self._handlers = {
            number: signal.signal(number, _note)
            for number in (signal.SIGINT, *ENDS)
            if signal.getsignal(number) is not signal.SIG_IGN
        }
        self._notifier = QSocketNotifier(self._heard.fileno(), QSocketNotifier.Type.Read, self)
        self._notifier.activated.connect(self._hear)

    def close(self) -> None:
        """Let signals do what they did before."""
        self._notifier.setEnabled(False)
        for number, handler in self._handlers.items():
            signal.signal(number, handler)
        signal.set_wakeup_fd(self._before)
        for end in (self._heard, self._said):
            end.close()

    def _hear(self) -> None:
        with suppress(BlockingIOError):
            numbers = self._heard.recv(WORD)
            if set(numbers) & set(self._handlers):
                self.asked.emit()


def _note(number: int, _: object) -> None:
    """Runs when Python is next at work; by then the notifier has been woken."""
    if number not in (signal.SIGINT, signal.SIGTERM):  # the terminal is gone
        hush("stdout", "stderr")
