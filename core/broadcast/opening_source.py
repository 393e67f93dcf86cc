"""A source that takes its time to open; until it is there, its place is silent."""

import logging
import threading

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

    def __init__(self, clock: Clock) -> None:
        self._silence = PacedSource(_silent, clock)
        self._texts: list[str] = []
        self._error: BaseException | None = None
        self._over = threading.Event()

    def open(self, opened: OpenAgain, live: LiveSource) -> None:
        """Open the source, tell it what there is to say, and let it go on in `live`."""
        try:
            source = opened()
            self._tell(source)
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
        """Let it say `text` once it is there."""
        self._texts.append(text)

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

    def _tell(self, source: AudioSource) -> None:
        if isinstance(source, Speaking):
            for text in self._texts:
                source.say(text)


def _silent(count: int) -> Piece:
    """Return silence in which nothing is spoken, so that lips rest."""
    return Piece(np.zeros(count, np.float32), None, ())
