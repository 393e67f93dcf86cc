"""What is heard goes two ways: at once to the engine, later to people; neither waits for the other.

The engine's way is short: what it cannot take in time is left out, and counted. People's way is
`on_sound`, which never waits. Both have one stream time, whatever the source counts.
"""

import threading
from collections import deque
from collections.abc import Callable
from dataclasses import replace

import numpy as np

from core.audio import SAMPLE_RATE, WIDER, EndOfAudio, Sound
from core.clock import Clock
from core.sentence import said
from core.speech_marks import shifted

BACKLOG = 0.5
"""Seconds that may wait for the engine; more is left out, so that it is soon back in step."""

HOPS = 3
"""Hops that may wait for it, if they are longer."""

STALL = 0.5
"""Seconds without sound after which there is silence in its place: the picture goes on."""

GAP = 60.0
"""Seconds that a source may say it has lost at once."""

OLD = 4.0
"""Seconds ago that a sound may have been heard."""

EARLY = 0.5
"""Seconds ahead that it may say it was heard: clocks of devices are not that exact."""

MISSING = 2.0
"""Seconds without sound that are told."""


class Intake:
    """One thread puts, one reads; any may look."""

    def __init__(
        self, clock: Clock, on_sound: Callable[[Sound], None], tell: Callable[[str], None]
    ) -> None:
        self._clock, self._on_sound, self._tell = clock, on_sound, tell
        self._pieces: deque[Sound] = deque()
        self._changed = threading.Condition()
        self._end: EndOfAudio | None = None
        self._next: int | None = None
        """Stream time of what comes next, once there was any."""
        self._shift = 0
        """What our stream time is ahead of the source's."""
        self._silent_from = np.inf
        """When there is silence unless sound has come."""
        self._arrived = np.inf
        """When sound came last, or could have come first."""
        self._told = self._marked = False
        self._room = round(BACKLOG * SAMPLE_RATE)
        self.waiting = 0
        """Samples that wait for the engine."""
        self.unheard = 0
        """Samples that the engine was too late for."""

    def open(self) -> None:
        """From now on sound can come: until then the source, or the engine, was being opened."""
        with self._changed:
            self._arrived = self._clock.now()

    def put(self, sound: Sound) -> None:
        """Take the next sound of the source."""
        now = self._clock.now()
        with self._changed:
            self._arrived, self._silent_from, self._told = now, now + STALL, False
            heard = sound.heard if np.isfinite(sound.heard) else now
            heard = min(now + EARLY, max(now - OLD, heard))
            self._marked = sound.marks is not None
            self._append(replace(sound, start=self._placed(sound.start), heard=heard))

    def end(self, error: EndOfAudio) -> None:
        """No more will come; why is told once what waits has been read."""
        with self._changed:
            self._end = error
            self._changed.notify()

    def read(self, count: int, timeout: float) -> list[Sound] | None:
        """Return pieces of `count` samples together, or None if they do not come in time.

        Raises:
            EndOfAudio: there are no more.
        """
        with self._changed:
            self._room = max(self._room, HOPS * count)
            self._changed.wait_for(lambda: self.waiting >= count or self._end, timeout)
            if self.waiting < count and not self._end:
                self._fill_silence(count)
            if self.waiting < count and self._end:
                if not self.waiting:
                    raise self._end
                self._append(self._silence(count - self.waiting, self._clock.now()))
            return self._taken(count) if self.waiting >= count else None

    def _placed(self, start: int) -> int:
        """Return where a piece lies in our stream time, in which nothing comes twice."""
        if self._next is None:
            self._next = start
        gap = start + self._shift - self._next
        if not 0 <= gap <= GAP * SAMPLE_RATE:
            self._shift -= gap
        return start + self._shift

    def _append(self, sound: Sound) -> None:
        self._next = sound.start + len(sound.samples)
        self._pieces.append(sound)
        self.waiting += len(sound.samples)
        self._on_sound(sound)
        while self.waiting > self._room and len(self._pieces) > 1:
            late = len(self._pieces.popleft().samples)
            self.waiting -= late
            self.unheard += late
        self._changed.notify()

    def _taken(self, count: int) -> list[Sound]:
        taken = []
        while count > 0:
            piece = self._pieces.popleft()
            if len(piece.samples) > count:
                piece, rest = _split(piece, count)
                self._pieces.appendleft(rest)
            taken.append(piece)
            count -= len(piece.samples)
            self.waiting -= len(piece.samples)
        return taken

    def _fill_silence(self, count: int) -> None:
        """Put silence in the place of sound that has not come for long."""
        now = self._clock.now()
        if now - self._arrived > MISSING and not self._told:
            self._told = True
            self._tell(said("No sound comes from the voice; the picture goes on without it."))
        if now < self._silent_from or self._next is None:
            return
        self._silent_from = max(self._silent_from, now - STALL) + count / SAMPLE_RATE
        self._append(self._silence(count - self.waiting, now))

    def _silence(self, count: int, until: float) -> Sound:
        samples, voice = np.zeros(count, np.float32), np.zeros((WIDER * count, 1), np.float32)
        marks = () if self._marked else None  # who listens would have to look ahead
        return Sound(samples, self._next or 0, until - count / SAMPLE_RATE, voice, marks)


def _split(sound: Sound, count: int) -> tuple[Sound, Sound]:
    voice = sound.voice
    cut = WIDER * count
    return (
        replace(
            sound, samples=sound.samples[:count], voice=voice if voice is None else voice[:cut]
        ),
        Sound(
            sound.samples[count:],
            sound.start + count,
            sound.heard + count / SAMPLE_RATE,
            voice if voice is None else voice[cut:],
            sound.marks and shifted(sound.marks, -count / SAMPLE_RATE),
        ),
    )
