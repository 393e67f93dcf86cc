"""What a program of ours begins with, whatever surrounds it: streams, letters, ends."""

import locale
import signal
import threading
from contextlib import suppress
from types import FrameType
from typing import Any, Self

from core.output import hush, mend

LETTERS = ("C.UTF-8", "C.utf8", "en_US.UTF-8", "C")
"""Locales in which i is the small I, the best first: the last two where there is no better."""

ENDS = tuple(
    number
    for name in ("SIGTERM", "SIGHUP", "SIGBREAK")
    if (number := getattr(signal, name, None)) is not None
)
"""What systems send to end a program: by request, with its terminal, at log-out."""


class EndAsked(KeyboardInterrupt):
    """The system asks for the end, and whoever hears of Ctrl+C hears of it."""

    def __init__(self, number: int) -> None:
        super().__init__(signal.Signals(number).name)
        self.number = number


def begin() -> None:
    """Make of the surroundings what all of our code counts on; first of all."""
    mend()
    forget_letters()


def forget_letters() -> None:
    """Let C's letters be everybody's: in Turkish the capital of i is another letter than I.

    PySide6 then does not find what begins with one. What people read and how numbers are written
    is not C's affair here. To be called once more when there is a QApplication, which asks the
    system anew.
    """
    for name in LETTERS:
        with suppress(locale.Error):
            locale.setlocale(locale.LC_CTYPE, name)
            return


def end_in_order() -> None:
    """Raise `EndAsked` in the main thread, once, when the system asks for the end; at the start.

    What is ignored, as `nohup` lets it be, stays so.
    """
    for number in ENDS:
        if signal.getsignal(number) is not signal.SIG_IGN:
            signal.signal(number, _raise)


def _raise(number: int, _: FrameType | None) -> None:
    for other in ENDS:
        signal.signal(other, signal.SIG_IGN)  # while all is closed, nothing else is to be heard
    _leave_terminal(number)
    raise EndAsked(number)


class EndRequest:
    """Hears of Ctrl+C and of the system's ends while it is entered; the main thread looks at it.

    An exception that a signal raises may come between a lock's being taken and its being noted,
    and then whoever waits for the lock waits for ever. So work that shares locks with threads is
    not interrupted, but looks. Whoever presses Ctrl+C once more interrupts all the same.
    """

    def __init__(self) -> None:
        self.number = 0
        """The signal that asked, 0 while none has."""
        self._before: dict[int, Any] = {}

    def __enter__(self) -> Self:
        if threading.current_thread() is threading.main_thread():
            for number in (signal.SIGINT, *ENDS):
                if signal.getsignal(number) not in (signal.SIG_IGN, None):
                    self._before[number] = signal.signal(number, self._note)
        return self

    def __exit__(self, *_: object) -> None:
        for number, handler in self._before.items():
            signal.signal(number, handler)

    def _note(self, number: int, _: FrameType | None) -> None:
        if not self.number:
            self.number = number
            _leave_terminal(number)
        elif number == signal.SIGINT:
            raise KeyboardInterrupt


def _leave_terminal(number: int) -> None:
    """Write no more to a terminal that is gone: it would be an error."""
    if number not in (signal.SIGINT, signal.SIGTERM):
        hush("stdout", "stderr")
