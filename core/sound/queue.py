"""Sound between the thread that plays it and the device that pulls it."""

from typing import NamedTuple

import numpy as np

from core.audio import Samples, Voice
from core.clock import Clock
from core.sound.player import CHANNELS

FADE = 0.005
"""Seconds over which sound comes and goes; also held in reserve, so that it can always go."""


class Pulled(NamedTuple):
    """The last pull, replaced whole so that the other thread never sees half of it."""

    position: int
    """Frames pulled or skipped in all."""
    block: int
    """Frames of the last pull."""
    at: float


class End(NamedTuple):
    """A point where the sound is faded out, and the one where it goes on."""

    at: int
    resume: int


class PlayQueue:
    """Takes sound from one thread, and fills a device's blocks on another, without locks.

    What is missing is silence, faded into and out of. `fill` copies and allocates no sound.
    """

    def __init__(self, rate: int, clock: Clock, capacity: float = 2.0) -> None:
        self._store = np.zeros((int(capacity * rate), CHANNELS), np.float32)
        self._clock = clock
        self._rate = rate
        phase = np.linspace(0, np.pi, int(FADE * rate))
        self._rise: Samples = (0.5 - 0.5 * np.cos(phase)).astype(np.float32)
        self._fall: Samples = self._rise[::-1].copy()
        self._written = 0
        self._leap = 0
        self._begin = 0
        self._end: End | None = End(0, 0)
        self._pulled = Pulled(0, 0, clock.now())
        self.dry = True
        """Whether sound is missing: what is put next follows silence."""
        self.underruns = 0
        """How often sound was missing while it played."""

    @property
    def pulled_at(self) -> float:
        """When the device last asked for sound."""
        return self._pulled.at

    def level(self) -> float:
        """Seconds until what is put next is pulled, if the device goes on as it does."""
        pulled = self._pulled
        since = min(self._clock.now() - pulled.at, pulled.block / self._rate)
        return (self._written - max(pulled.position, self._leap)) / self._rate - since

    def put(self, voice: Voice) -> None:
        """Append `voice`, at the device's rate; at most half of the capacity may wait."""
        at = self._written % len(self._store)
        head = min(len(voice), len(self._store) - at)
        self._store[at : at + head] = voice[:head]
        self._store[: len(voice) - head] = voice[head:]
        self._written += len(voice)
        self.dry = False

    def leap(self, seconds: float) -> None:
        """Skip what waits, but for the last `seconds`."""
        self._leap = self._written - int(seconds * self._rate)

    def fill(self, out: Voice) -> None:
        """Fill `out`, shape (n, CHANNELS), with what comes next. Runs on the device's thread."""
        done, position = 0, self._pulled.position
        while done < len(out):
            end = self._plan(position, len(out) - done)
            if end and position >= end.at:
                position = max(position, end.resume)
                if not self._resume(position):
                    out[done:] = 0
                    break
                continue
            count = min(len(out) - done, (end.at if end else self._written) - position)
            self._copy(position, out[done : done + count])
            done, position = done + count, position + count
        self._pulled = Pulled(position, len(out), self._clock.now())

    def _plan(self, position: int, count: int) -> End | None:
        """Return where the sound has to be faded out, if it has to within `count` and a fade."""
        if self._end is None:
            reserve, written = len(self._fall), self._written
            if self._leap > position:
                self._end = End(min(position + reserve, written), self._leap)
            elif written - position < count + reserve:
                self._end = End(written, written)
                self.underruns += 1
                self.dry = True
        return self._end

    def _resume(self, position: int) -> bool:
        """Go on at `position` if there is sound enough to fade it in and out again."""
        if self._written - position < 2 * len(self._rise):
            return False
        self._begin, self._end = position, None
        return True

    def _copy(self, position: int, out: Voice) -> None:
        at = position % len(self._store)
        head = min(len(out), len(self._store) - at)
        out[:head] = self._store[at : at + head]
        out[head:] = self._store[: len(out) - head]
        _scale(out, position - self._begin, self._rise)
        if self._end:
            _scale(out, position - (self._end.at - len(self._fall)), self._fall)


def _scale(out: Voice, at: int, ramp: Samples) -> None:
    """Multiply by `ramp` what of `out`, which begins `at` samples after it, lies under it."""
    first, last = max(0, -at), min(len(out), len(ramp) - at)
    if first < last:
        out[first:last] *= ramp[first + at : last + at, None]
