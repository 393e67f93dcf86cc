"""A source that takes its time to open; until it is there, its place is silent."""

import logging
import threading
from collections.abc import Callable

import numpy as np

from core.audio import AudioSource, PacedSource, Piece, Sound
from core.broadcast.live_source import LiveSource, OpenAgain, Speaking
from core.clock import Clock

log = logging.getLogger(__name__)

PROMPT = 0.15
"""Seconds that whoever begins waits for it: most are there by then, and most errors are known."""


class OpeningSource:
    """Satisfies `AudioSource` and `Speaking` in the place of one that is being opened.

    One thread opens, another reads; any may `say`.
    """

    dropped = 0

    def __init__(self, clock: Clock, tell: Callable[[str], None] = log.warning) -> None:
        """`tell` hears why a text could not be said that was asked for meanwhile."""
        self._silence = PacedSource(_silent, clock)
        self._tell = tell
        self._lock = threading.Lock()
        self._texts: list[str] = []
        self._source: AudioSource | None = None
        self._error: BaseException | None = None
        self._over = threading.Event()

    def open(self, opened: OpenAgain, live: LiveSource) -> None:
        """Open the source, tell it what there is to say, and let it go on in `live`."""
        try:
            source = opened()
            self._catch_up(source)
        except BaseException as error:  # raised where it belongs, by `wait` or `read`
            log.info("a voice cannot be opened", exc_info=True)
            self._error = error
        else:
            live.succeed(self, source, opened)
        finally:
            self._over.set()

    def wait(self, seconds: float = PROMPT) -> None:
        """Wait until it has been opened or cannot be, but not longer than so many seconds.

        Raises:
            BaseException: it cannot be opened; says why.
        """
        if self._over.wait(seconds) and self._error:
            raise self._error

    def say(self, text: str) -> None:
        """Let it say `text`, or as soon as it is there.

        Raises:
            ValueError: there is nothing in it to speak; `tell` hears it if that is known later.
        """
        with self._lock:
            if self._source is None:
                self._texts.append(text)
            elif isinstance(self._source, Speaking):
                self._source.say(text)

    def read(self, count: int, timeout: float) -> Sound | None:
        """See `AudioSource.read`.

        Raises:
            BaseException: it cannot be opened; says why.
        """
        if self._error:
            raise self._error
        return self._silence.read(count, timeout)

    def close(self) -> None:
        """See `AudioSource.close`."""
        self._silence.close()

    def _catch_up(self, source: AudioSource) -> None:
        with self._lock:  # what is asked for meanwhile comes after what was asked for before
            self._source = source
            if not isinstance(source, Speaking):
                return
            for text in self._texts:
                try:
                    source.say(text)
                except ValueError as error:
                    self._tell(str(error))


def _silent(count: int) -> Piece:
    """Return silence in which nothing is spoken, so that lips rest."""
    return Piece(np.zeros(count, np.float32), None, ())
