"""Who speaks, one after another, in one stream time; who falls silent is asked again."""

import logging
import threading
from collections.abc import Callable
from dataclasses import replace
from typing import Protocol, TypeAlias, runtime_checkable

import numpy as np

from core.audio import AudioSource, EndOfAudio, Sound, SoundAway, remarks_of
from core.broadcast.switches import Switches
from core.clock import Clock, WallClock
from core.sentence import said

log = logging.getLogger(__name__)

AGAIN = 2.0
"""Seconds from one try to open a source that is away to the next."""

OpenAgain: TypeAlias = Callable[[], AudioSource]


@runtime_checkable
class Speaking(Protocol):
    """What a source has that can be told what to say next."""

    def say(self, text: str) -> None: ...


@runtime_checkable
class Interruptible(Protocol):
    """What a source has that can be told to say no more of what it was told to say."""

    def interrupt(self) -> None: ...


class LiveSource:
    """Satisfies `AudioSource`: one after another, in one stream time; silence while muted.

    All are made as loud as the switches say, and cut off at full scale.

    One that is away is opened again every two seconds, and `tell` hears of both. One thread begins
    and reads; any may hand over another.
    """

    def __init__(
        self,
        switches: Switches,
        tell: Callable[[str], None] = log.warning,
        clock: Clock | None = None,
    ) -> None:
        self._switches = switches
        self._tell = tell
        self._clock = clock or WallClock()
        self._current: AudioSource = _NoSource()
        self._open_again: OpenAgain | None = None
        self._waiting: tuple[AudioSource, OpenAgain | None] | None = None
        self._next_try = 0.0
        self._away = threading.Event()
        self._lock = threading.Lock()
        self._closed = False
        self._lost = 0
        """Samples that sources lost which are gone."""
        self._begin = self._at = 0
        """Stream time at which the current source began, and of what is read next."""
        self._gain = 1.0
        self.level = 0.0
        """Loudness of what was read last, muted or not: root of the mean square, 1 full scale."""

    @property
    def dropped(self) -> int:
        return self._lost + self._current.dropped

    @property
    def speaks(self) -> bool:
        """Whether the current source can be told what to say."""
        return isinstance(self._current, Speaking)

    def say(self, text: str) -> None:
        """Let the current source speak `text`, if it is one that speaks.

        Raises:
            ValueError: there is nothing in it to speak.
        """
        if isinstance(self._current, Speaking):
            self._current.say(text)

    def interrupt(self) -> None:
        """Let the current source say no more of what it was told to.

        Raises:
            ValueError: it cannot.
        """
        if not isinstance(self._current, Interruptible):
            raise ValueError(
                said("this voice cannot be interrupted", remedy="mute it, or stop altogether")
            )
        self._current.interrupt()

    def begin(self, source: AudioSource, open_again: OpenAgain | None = None) -> None:
        """Take the first source, and what opens it again."""
        self._current, self._open_again = source, open_again
        self._gain = self._wanted_gain()

    def hand_over(self, source: AudioSource, open_again: OpenAgain | None = None) -> None:
        """Let `source` go on from the next piece; any thread. The one before is closed."""
        offered = (source, open_again)
        with self._lock:
            late, self._waiting = (offered, None) if self._closed else (self._waiting, offered)
        if late:
            late[0].close()

    def succeed(self, before: AudioSource, source: AudioSource, open_again: OpenAgain) -> None:
        """Let `source` go on from `before`, unless another has taken its place; any thread."""
        with self._lock:
            due = self._current is before and self._waiting is None and not self._closed
            if due:
                self._waiting = (source, open_again)
        if not due:
            source.close()

    def read(self, count: int, timeout: float) -> Sound | None:
        """See `AudioSource.read`; a switch fades within the piece that is read next."""
        self._take_over()
        if self._away.is_set():
            self._try_again(timeout)
            return None
        try:
            sound = self._current.read(count, timeout)
        except SoundAway as error:
            self._lose(error)
            return None
        except EndOfAudio:
            if not self._take_over():
                raise
            return None
        finally:
            for words in remarks_of(self._current):
                self._tell(words)
        if sound is None:
            return None
        self.level = self._switches.gain * float(np.sqrt(np.mean(np.square(sound.samples))))
        start = self._begin + sound.start
        self._at = start + count
        faded = self._faded(sound)
        silent = sound.marks is not None and not self._gain  # nothing is spoken, so lips rest
        return replace(faded, start=start, marks=() if silent else sound.marks)

    def close(self) -> None:
        """See `AudioSource.close`."""
        with self._lock:
            self._closed = True
            waiting, self._waiting = self._waiting, None
            current = self._current
        if waiting:
            waiting[0].close()
        current.close()

    def _take_over(self) -> bool:
        if self._waiting is None:  # so far; nobody waits for the lock in vain
            return False
        with self._lock:
            after, self._waiting = self._waiting, None
            if after is None:
                return False
            old, self._open_again = self._replace(after[0]), after[1]
        self._away.clear()
        old.close()
        return True

    def _replace(self, after: AudioSource) -> AudioSource:
        """Let `after` go on where the one before was; return that. Needs the lock."""
        old = self._current
        self._lost += old.dropped
        self._current, self._begin = after, self._at
        return old

    def _lose(self, error: SoundAway) -> None:
        """Go on without a source that is away.

        Raises:
            SoundAway: nothing opens it again.
        """
        if self._open_again is None:
            raise error
        with self._lock:
            old = self._replace(_NoSource())
        old.close()
        self._away.set()
        self._next_try = self._clock.now() + AGAIN
        self._tell(str(error))

    def _try_again(self, timeout: float) -> None:
        rest = self._next_try - self._clock.now()
        if rest > 0:
            self._clock.wait(min(rest, timeout), threading.Event())
            return
        self._next_try = self._clock.now() + AGAIN
        assert self._open_again
        try:
            source = self._open_again()
        except Exception as error:  # noqa: BLE001 - whatever it is, it is tried again
            log.info("still no sound: %s", error)
            return
        self._away.clear()
        with self._lock:
            late = self._closed
            if not late:
                self._replace(source)
        if late:
            source.close()
        else:
            self._tell(said("The voice is back."))

    def _faded(self, sound: Sound) -> Sound:
        before, self._gain = self._gain, self._wanted_gain()
        if before == self._gain == 1.0:
            return sound
        fade = np.linspace(before, self._gain, len(sound.samples), dtype=np.float32)
        samples, voice = (sound.samples * fade).clip(-1, 1), sound.voice
        if voice is not None:
            wide = np.linspace(before, self._gain, len(voice), dtype=np.float32)[:, None]
            voice = (voice * wide).clip(-1, 1)
        return replace(sound, samples=samples, voice=voice)

    def _wanted_gain(self) -> float:
        return 0.0 if self._switches.silent else self._switches.gain


class _NoSource:
    """Satisfies `AudioSource`: what there is before the first one."""

    dropped = 0

    def read(self, count: int, timeout: float) -> Sound | None:  # noqa: ARG002
        raise EndOfAudio

    def close(self) -> None:
        pass
