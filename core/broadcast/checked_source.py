"""A stranger's source, of which nothing is believed: neither its sound nor that it ends."""

import logging
import math
import threading
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.audio import SAMPLE_RATE, WIDER, AudioSource, EndOfAudio, Sound, remarks_of
from core.broadcast.live_source import Interruptible, Speaking
from core.clock import Clock
from core.plugin import SourcePlugin
from core.sentence import said
from core.speech_marks import PhonemeMark

log = logging.getLogger(__name__)

CLOSING = 2.0
"""Seconds that a source may take to close before it is left to itself."""

LONGEST_GAP = 24 * 3600 * SAMPLE_RATE
"""Samples that may be lost at once."""


MOST_MARKS = 1000
"""Phonemes that a piece may tell of."""


class SourceFailed(RuntimeError):
    """A plugin has failed in a way that it does not explain; says which, and what helps."""


def open_checked(plugin: SourcePlugin[Any], options: Any, clock: Clock) -> AudioSource:
    """Return the source that `plugin` opens, held to what it promises.

    Raises:
        Exception: it cannot be opened; says why.
    """
    try:
        source = plugin.open(options, clock)
    except BaseException as error:
        if _explains_itself(error):
            raise
        raise _failed(plugin.title, error) from error
    if not all(callable(getattr(source, deed, None)) for deed in ("read", "close")):
        raise _senseless(plugin.title, said("it opens {0}", type(source).__name__))
    kind = CheckedSpeaker if isinstance(source, Speaking) else CheckedSource
    if kind is CheckedSpeaker and isinstance(source, Interruptible):
        kind = InterruptibleSpeaker
    return kind(plugin.title, source, clock)


class CheckedSource:
    """Satisfies `AudioSource`: gives sound as promised, or says what is wrong with the source."""

    def __init__(self, title: str, source: Any, clock: Clock) -> None:
        self._title, self._source, self._clock = title, source, clock
        self._closed = threading.Event()
        self._at = self._lost = 0

    @property
    def dropped(self) -> int:
        try:
            self._lost = max(self._lost, int(self._source.dropped))
        except Exception:  # what was lost is no reason to lose the rest
            log.debug("a source does not know what it lost", exc_info=True)
        return self._lost

    def read(self, count: int, timeout: float) -> Sound | None:
        """See `AudioSource.read`."""
        begin = self._clock.now()
        try:
            sound = self._source.read(count, timeout)
        except BaseException as error:
            if _explains_itself(error):
                raise
            raise _failed(self._title, error) from error
        if sound is not None:
            return self._checked(sound, count)
        if (rest := begin + timeout - self._clock.now()) > timeout / 2:
            self._clock.wait(rest, self._closed)  # else whoever asks again would never rest
        return None

    def remarks(self) -> Sequence[str]:
        """See `Remarking`; a source without remarks has none."""
        try:
            return [str(words) for words in remarks_of(self._source)]
        except Exception:
            log.debug("a source has something to say and cannot", exc_info=True)
            return ()

    def close(self) -> None:
        """See `AudioSource.close`; one that hangs is left to itself."""
        self._closed.set()
        closing = threading.Thread(target=self._close, name="closing source", daemon=True)
        closing.start()
        closing.join(CLOSING)

    def _close(self) -> None:
        try:
            self._source.close()
        except BaseException:  # it is over anyway
            log.warning("a source did not close", exc_info=True)

    def _checked(self, sound: Any, count: int) -> Sound:
        if not isinstance(sound, Sound):
            raise _senseless(self._title, type(sound).__name__)
        if not (type(sound.start) is int and 0 <= sound.start - self._at <= LONGEST_GAP):
            raise _senseless(self._title, said("from {0} on", sound.start))
        if not (isinstance(sound.heard, (int, float)) and math.isfinite(sound.heard)):
            raise _senseless(self._title, said("heard at {0}", sound.heard))
        self._at = sound.start + count
        samples = self._within_range(sound.samples, (count,))
        voice = sound.voice
        if voice is not None:
            voice = self._within_range(voice, (WIDER * count, 1), (WIDER * count, 2))
        marks = sound.marks if _make_sense(sound.marks) else None
        return replace(sound, samples=samples, voice=voice, marks=marks)

    def _within_range(self, there: Any, *shapes: tuple[int, ...]) -> NDArray[np.float32]:
        if not (
            isinstance(there, np.ndarray) and there.shape in shapes and there.dtype.kind == "f"
        ):
            form = f"{getattr(there, 'dtype', type(there).__name__)} {getattr(there, 'shape', '')}"
            raise _senseless(self._title, form)
        if np.isfinite(there).all() and np.abs(there).max(initial=0) <= 1:
            return there.astype(np.float32, copy=False)
        return np.nan_to_num(there, nan=0, posinf=1, neginf=-1).clip(-1, 1).astype(np.float32)


class CheckedSpeaker(CheckedSource):
    """Satisfies `Speaking` as well."""

    def say(self, text: str) -> None:
        """Let it speak `text`.

        Raises:
            ValueError: there is nothing in it to speak.
        """
        self._do(lambda: self._source.say(text))

    def _do(self, deed: Callable[[], object]) -> None:
        try:
            deed()
        except BaseException as error:
            if _explains_itself(error):
                raise
            raise _failed(self._title, error) from error


class InterruptibleSpeaker(CheckedSpeaker):
    """Satisfies `Interruptible` as well."""

    def interrupt(self) -> None:
        """Let it say no more of what it was told to."""
        self._do(self._source.interrupt)


def _make_sense(marks: Any) -> bool:
    """Return whether marks can be believed; without any, the avatar listens."""
    if not (isinstance(marks, tuple) and len(marks) <= MOST_MARKS):
        return False
    return all(
        isinstance(mark, PhonemeMark)
        and isinstance(mark.symbol, str)
        and all(isinstance(n, (int, float)) and math.isfinite(n) for n in mark[1:])
        for mark in marks
    )


def _senseless(title: str, what: str) -> SourceFailed:
    return SourceFailed(
        said(
            "{0} gives no sound that can be used ({1})", title, what, remedy="choose another voice"
        )
    )


def _explains_itself(error: BaseException) -> bool:
    """Return whether an error was raised for people, or is no error."""
    meant = isinstance(error, (ValueError, OSError, RuntimeError)) and bool(str(error).strip())
    return meant or isinstance(error, EndOfAudio)


def _failed(title: str, error: BaseException) -> SourceFailed:
    text = str(error).strip()
    kind = f"{type(error).__name__}: {text}" if text else type(error).__name__
    return SourceFailed(
        said("{0} has failed ({1})", title, kind, remedy="choose another voice, or start again")
    )
