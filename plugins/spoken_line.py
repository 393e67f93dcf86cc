"""What has been spoken and not yet been heard: sound both ways, and the phonemes in it."""

import threading
from collections import deque

import numpy as np

from core.audio import SAMPLE_RATE, WIDER, Piece, Samples, Voice, fill
from core.speech_marks import MARK_REACH, Marks, PhonemeMark, marks_within, shifted
from core.two_ways import TwoWays
from core.voice_engine import Utterance
from plugins.prosody import accented
from plugins.resampling import SoxrConverter

FADE = SAMPLE_RATE // 50
"""Samples over which what is interrupted fades."""


class SpokenLine:
    """One thread puts utterances, another takes pieces; `changed` wakes who waits for either."""

    def __init__(self) -> None:
        self.changed = threading.Condition()
        self._pieces: deque[Piece] = deque()
        self._ready = 0
        self._at = self._end = 0
        """Samples given out, silence included; and where what is ready ends."""
        self._marks: deque[PhonemeMark] = deque()
        """In seconds since the beginning; those long past are dropped."""
        self._told = True
        self.turn = 0
        """How often it was cut; an utterance for an earlier turn is not wanted any more."""

    def __len__(self) -> int:
        """Samples that can be taken."""
        return self._ready

    def put(self, spoken: Utterance, rate: float, turn: int = 0) -> None:
        """Append an utterance of `rate` samples per second, unless its turn is over."""
        ways = TwoWays(rate, SoxrConverter)
        ways.put(spoken.samples[:, None])
        ways.finish()
        piece = ways.take(len(ways))
        marks = None if spoken.marks is None else accented(spoken.marks, spoken.samples, rate)
        with self.changed:
            if turn != self.turn:
                return
            begin = max(self._at, self._end)
            self._end = begin + len(piece.samples)
            self._pieces.append(piece)
            self._ready += len(piece.samples)
            self._told = marks is not None
            self._marks.extend(shifted(marks or (), begin / SAMPLE_RATE))
            self.changed.notify_all()

    def take(self, count: int) -> Piece:
        """Return the next `count` samples, or what there is of them; marks tell of the silence
        that follows as well. Where an engine tells no phonemes there are no marks."""
        with self.changed:
            samples, voice = self._sound(min(count, self._ready))
            self._ready -= len(samples)
            start, end = self._at / SAMPLE_RATE, (self._at + count) / SAMPLE_RATE
            self._at += count
            while self._marks and self._marks[0].end < start - MARK_REACH:
                self._marks.popleft()
            marks: Marks | None = marks_within(self._marks, start, end) if self._told else None
            self.changed.notify_all()
        return Piece(samples, voice, marks)

    def cut(self) -> None:
        """Forget what is ready, but for as much as fades."""
        with self.changed:
            self.turn += 1
            samples, voice = self._sound(min(FADE, self._ready))
            self._pieces = deque([Piece(_faded(samples), _faded(voice))] if len(samples) else [])
            self._ready = len(samples)
            self._end = self._at + self._ready
            end = self._end / SAMPLE_RATE
            spoken = (mark for mark in self._marks if mark.start < end)
            self._marks = deque(mark._replace(end=min(mark.end, end)) for mark in spoken)
            self.changed.notify_all()

    def _sound(self, count: int) -> tuple[Samples, Voice]:
        samples, voice = [np.zeros(0, np.float32)], [np.zeros((0, 1), np.float32)]
        while count > 0:
            piece = self._pieces.popleft()
            assert piece.voice is not None
            if len(piece.samples) > count:
                rest = Piece(piece.samples[count:], piece.voice[WIDER * count :])
                self._pieces.appendleft(rest)
            samples.append(piece.samples[:count])
            voice.append(piece.voice[: WIDER * count])
            count -= len(samples[-1])
        return np.concatenate(samples), np.concatenate(voice)


def _faded(samples: Samples) -> Samples:
    ramp = np.linspace(1, 0, len(samples), dtype=np.float32)
    return samples * (ramp if samples.ndim == 1 else ramp[:, None])


def filled(piece: Piece, count: int) -> Piece:
    """Return `piece` followed by silence, `count` samples in all."""
    assert piece.voice is not None
    samples, voice = fill(piece.samples, count), fill(piece.voice, WIDER * count)
    return piece._replace(samples=samples, voice=voice)
