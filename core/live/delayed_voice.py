"""The voice waits for its picture: by the clock, so that it never waits for a picture in vain."""

import threading
from collections import deque
from collections.abc import Iterator
from statistics import median

from core.audio import SAMPLE_RATE, Sound

LONGEST = 4.0
"""Seconds of sound that may wait: two blocks of any engine, and its look-ahead."""

WINDOW = 25
"""Frames whose latency says how late pictures are: a second. One that was held up, or a few that
come late all at once after a stall, change nothing."""

FALL = 0.2
"""Seconds by which the delay may shrink in a second: as fast as sound can be made shorter unheard.
It grows at once: the voice must not come before its picture."""


PATIENT = 0.5
"""Seconds beyond the shortest delay for which the voice waits: pictures that are later than that
are of a computer in distress, and nobody can talk to somebody who answers a second late."""


class PictureLag:
    """How late pictures are, from a sound being heard to its frame being sent. One thread notes."""

    def __init__(self) -> None:
        self._latencies: deque[float] = deque(maxlen=WINDOW)
        self._noted = 0.0
        self._least = float("inf")
        self.seconds: float | None = None
        """The last known; None before the first picture. Any thread may read."""

    def note(self, latency: float, now: float) -> None:
        """Note a frame that was sent `now`."""
        self._latencies.append(latency)
        target = median(self._latencies)
        if self.seconds is not None:
            target = max(target, self.seconds - FALL * (now - self._noted))
        self._least = min(self._least, target)
        self.seconds, self._noted = min(target, self._least + PATIENT), now


class DelayedVoice:
    """Sound between its being heard and its being played. One thread puts, one takes.

    Bounded: the oldest is lost and counted.
    """

    def __init__(self, seconds: float = LONGEST) -> None:
        self._sounds: deque[Sound] = deque()
        self._room = round(seconds * SAMPLE_RATE)
        self._lock = threading.Lock()
        self._finished = False
        self.dropped = 0
        """Samples lost so far; any thread may read."""

    def put(self, sound: Sound) -> None:
        """Let `sound` wait, which follows the one before."""
        with self._lock:
            self._sounds.append(sound)
            self._room -= len(sound.samples)
            while self._room < 0:
                self.dropped += len(self._take().samples)

    def due(self, moment: float) -> Iterator[Sound]:
        """Yield the sounds that were heard until `moment`, in order, each once."""
        while (sound := self._first(moment)) is not None:
            yield sound

    def pause(self, moment: float, longest: float) -> float:
        """Return the seconds after which one more is due, `longest` if that is not known."""
        with self._lock:
            if not self._sounds:
                return longest
            return min(longest, max(0.0, self._sounds[0].heard - moment))

    def finish(self) -> None:
        """No more will come; what waits is still due in its time."""
        self._finished = True

    @property
    def drained(self) -> bool:
        """Whether nothing waits, and nothing will come."""
        return self._finished and not self._sounds

    @property
    def finished(self) -> bool:
        return self._finished

    def _first(self, moment: float) -> Sound | None:
        with self._lock:
            if self._sounds and self._sounds[0].heard <= moment:
                return self._take()
            return None

    def _take(self) -> Sound:
        sound = self._sounds.popleft()
        self._room += len(sound.samples)
        return sound
