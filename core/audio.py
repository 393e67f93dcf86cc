"""Sound on its way in and out."""

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import NamedTuple, Protocol, TypeAlias

import numpy as np
from numpy.typing import NDArray

from core.clock import Clock
from core.sentence import said
from core.speech_marks import Marks

SAMPLE_RATE = 16_000
"""Samples per second of what the avatar hears; stream time is counted in them."""

VOICE_RATE = 48_000
"""Frames per second of what people hear."""

WIDER = VOICE_RATE // SAMPLE_RATE
"""Frames that people hear for each sample that the avatar hears."""

Samples: TypeAlias = NDArray[np.float32]
"""Mono samples, shape (n,), in [-1, 1], at SAMPLE_RATE."""

Voice: TypeAlias = NDArray[np.float32]
"""What people hear, shape (n, 1 or 2 channels), in [-1, 1], at VOICE_RATE."""


class Piece(NamedTuple):
    """The same stretch of sound twice: for the avatar and, where there is better, for people."""

    samples: Samples
    voice: Voice | None = None
    """`WIDER` frames for each sample."""
    marks: Marks | None = None
    """See `Sound.marks`."""


@dataclass(frozen=True)
class Sound:
    """A stretch of sound that knows when it happened."""

    samples: Samples
    start: int
    """Stream time of the first sample: samples since the source opened, lost ones included."""
    heard: float
    """Time on the source's clock, in seconds, at which the first sample was heard."""
    voice: Voice | None = None
    """The same stretch as people hear it, `WIDER` frames for each sample; None from a source that
    has nothing better than `samples`, and never on its way out."""
    marks: Marks | None = None
    """The phonemes in it and around it, where the source knows all of them; None: listen."""


LATE = SAMPLE_RATE
"""How far behind a reader may fall before the oldest sound is lost: a machine that stood still for
less loses no word, for whoever is late catches up at once."""


class EndOfAudio(Exception):
    """The source has no more sound to give."""


class SoundBrokeOff(EndOfAudio, ValueError):
    """The source has no more sound to give, though it should have: says why and what helps."""


class SoundAway(RuntimeError):
    """The source gives no sound any more, but may when it is opened again: says why."""


class AudioSource(Protocol):
    """Sound in real time: every source behaves like a microphone."""

    @property
    def dropped(self) -> int:
        """Samples lost so far because nobody read them in time."""
        ...

    def read(self, count: int, timeout: float) -> Sound | None:
        """Return exactly `count` samples, or None if they have not happened within `timeout` s.

        Raises:
            EndOfAudio: there will be no more; also how a closed source answers.
            SoundBrokeOff: the same, before its time; what came until then is heard to its end.
            SoundAway: it has gone, but may come back: it is closed, and opened again later.
        """
        ...

    def close(self) -> None:
        """Stop and wake any reader. Safe to call twice, from any thread."""
        ...


class Remarking(Protocol):
    """A source that has something to say to people now and then, though it goes on."""

    def remarks(self) -> Sequence[str]:
        """Return the sentences since the last call; the reading thread asks."""
        ...


def remarks_of(source: AudioSource) -> Sequence[str]:
    """Return what a source has to say to people; any source may be asked."""
    remarks: Callable[[], Sequence[str]] | None = getattr(source, "remarks", None)
    return remarks() if remarks else ()


class SoundSink(Protocol):
    """Where the avatar's sound goes, delayed to meet its frames."""

    def play(self, sound: Sound) -> None:
        """Take the voice of `sound` now; called on the thread that opened it. Must not wait."""
        ...

    def close(self) -> None: ...


class SampleRing:
    """A bounded queue from one thread that hears to one that thinks; old sound falls out.

    `push` takes no lock and allocates nothing, so a PortAudio callback may call it. The store is
    twice as long as the queue, so that the reader sees when the writer has overtaken it.
    """

    def __init__(
        self, capacity: int, clock: Clock, rate: int = SAMPLE_RATE, channels: int | None = None
    ) -> None:
        """With `channels`, samples are frames of shape (n, channels)."""
        shape = (2 * capacity,) if channels is None else (2 * capacity, channels)
        self._store = np.zeros(shape, np.float32)
        self._capacity = capacity
        self._clock = clock
        self._rate = rate
        self._written = 0
        self._anchor = (0, clock.now())
        self._read = 0
        self._end: Exception | None = None
        self._closed = threading.Event()
        self.dropped = 0

    def push(self, samples: Samples, heard: float) -> None:
        """Append a copy of `samples`, the last of which was heard at `heard`; never waits."""
        lost = max(0, len(samples) - self._capacity)
        samples = samples[lost:]
        self._written += lost
        at = self._written % len(self._store)
        head = min(len(samples), len(self._store) - at)
        self._store[at : at + head] = samples[:head]
        self._store[: len(samples) - head] = samples[head:]
        self._anchor = (self._written + len(samples), heard)
        self._written += len(samples)

    def end(self, error: Exception | None = None) -> None:
        """No more sound will come: the reader gets what is left, then `error` or EndOfAudio."""
        self._end = error or EndOfAudio()

    def read(self, count: int, timeout: float) -> Sound | None:
        """See `AudioSource.read`; the last piece is filled up with silence.

        Raises:
            Exception: what was given to `end`.
        """
        if count > self._capacity:
            raise ValueError(
                said("cannot read {0} samples at once from a ring of {1}", count, self._capacity)
            )
        deadline = self._clock.now() + timeout
        while not self._closed.is_set():
            end = self._end  # looked at before counting: what was pushed before the end is read
            ready = self._written - self._read
            if ready >= count or (end and ready):
                if sound := self._take(count):
                    return sound
            elif end:
                raise end
            if self._clock.now() >= deadline:
                return None
            self._clock.wait(min(POLL, deadline - self._clock.now()), self._closed)
        raise EndOfAudio

    def keep(self, count: int) -> None:
        """Drop the oldest so that at most `count` samples wait: how a late reader catches up."""
        late = self._written - self._read - count
        if late > 0:
            self._read += late
            self.dropped += late

    def close(self) -> None:
        """See `AudioSource.close`; what has not been read is lost."""
        self._closed.set()

    def _take(self, count: int) -> Sound | None:
        """Return the oldest sound, or the newest if the writer overtook the first try, or None."""
        for room in (self._capacity, count):
            self.keep(room)
            start, samples = self._copy(count)
            if self._written - start <= self._capacity:
                self._read = start + len(samples)
                last, heard = self._anchor
                return Sound(fill(samples, count), start, heard - (last - start) / self._rate)
        return None

    def _copy(self, count: int) -> tuple[int, Samples]:
        start = self._read
        end = start + min(count, self._written - start)
        return start, self._store.take(range(start, end), axis=0, mode="wrap")


POLL = 0.004
"""Seconds between two looks at a ring whose writer may not wake anyone."""


class PacedSource:
    """Satisfies `AudioSource`: known sound, let out as if it were being spoken now.

    `pull(count)` returns the next samples, or the next piece, fewer at the end and none after it.
    It runs on the reading thread and should not wait. A reader more than `late` samples behind
    loses the oldest sound, as with a microphone.
    """

    def __init__(
        self, pull: Callable[[int], Samples | Piece], clock: Clock, late: int = LATE
    ) -> None:
        self._pull = pull
        self._clock = clock
        self._late = late
        self._origin = clock.now()
        self._at = 0
        self._closed = threading.Event()
        self.dropped = 0

    def read(self, count: int, timeout: float) -> Sound | None:
        """See `AudioSource.read`. The last piece is filled up with silence."""
        if self._closed.is_set():
            raise EndOfAudio
        due = self._origin + (self._at + count) / SAMPLE_RATE
        wait = due - self._clock.now()
        if self._clock.wait(min(wait, timeout), self._closed):
            raise EndOfAudio
        if wait > timeout:
            return None
        self._skip(int(-wait * SAMPLE_RATE) - max(self._late, count))
        samples, voice, marks = self._next(count)
        if not len(samples):
            raise EndOfAudio
        start, self._at = self._at, self._at + count
        heard = self._origin + start / SAMPLE_RATE
        wide = None if voice is None else fill(voice, WIDER * count)
        return Sound(fill(samples, count), start, heard, wide, marks)

    def close(self) -> None:
        """See `AudioSource.close`."""
        self._closed.set()

    def _skip(self, late: int) -> None:
        while late > 0 and (lost := len(self._next(min(late, SAMPLE_RATE)).samples)):
            self._at += lost
            self.dropped += lost
            late -= lost

    def _next(self, count: int) -> Piece:
        pulled = self._pull(count)
        return pulled if isinstance(pulled, Piece) else Piece(pulled)


def fill(samples: Samples, count: int) -> Samples:
    """Return `samples`, or frames, followed by silence, `count` in all."""
    if len(samples) == count:
        return samples.copy()
    return np.pad(samples, [(0, count - len(samples)), *[(0, 0)] * (samples.ndim - 1)])


def voice_of(sound: Sound) -> Voice:
    """Return what people hear of a sound on its way out."""
    assert sound.voice is not None, "a source that has none is given one where it is read"
    return sound.voice
