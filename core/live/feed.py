"""A stream at work: sound goes in, stamped frames come out."""

from collections import deque
from collections.abc import Iterator, Sequence

import numpy as np

from core.audio import SAMPLE_RATE, Samples, Sound
from core.live.timeline import Timeline
from core.speech_marks import Marks, PhonemeMark, shifted
from core.stream import AvatarStream, skip
from core.video import Frame

LARGEST = 640
"""Samples of the largest piece in which sound is read: 40 ms, whatever the stream takes at once."""


def piece_of(hop: int) -> int:
    """Return how many samples are read at once for a stream that takes `hop`."""
    return next(size for size in range(min(hop, LARGEST), 0, -1) if hop % size == 0)


class Feed:
    """Gives a stream its sound and stamps the frames that come back. One thread."""

    def __init__(self, stream: AvatarStream) -> None:
        frame = SAMPLE_RATE // stream.format.fps
        self._stream = stream
        hops = 2 + -(-(stream.lag + frame) // stream.hop)
        self._timeline = Timeline(hops * (stream.hop // piece_of(stream.hop) + 1))

    def step(self, pieces: Sequence[Sound]) -> list[Frame]:
        """Return the frames that `pieces`, a hop together, make ready."""
        return [self._timeline.stamp(frame) for frame in self._stream.step(*self._fed(pieces))]

    def skip(self, pieces: Sequence[Sound]) -> int:
        """Let `pieces` be heard but not shown; return how many frames that leaves out."""
        return skip(self._stream, *self._fed(pieces))

    def _fed(self, pieces: Sequence[Sound]) -> tuple[Samples, Marks | None]:
        for piece in pieces:
            self._timeline.feed(piece)
        return np.concatenate([piece.samples for piece in pieces]), marks_of(pieces)

    def rest(self) -> Iterator[list[Frame]]:
        """Give the stream the silence it needs to show the last of the sound, step by step."""
        silence = np.zeros(self._stream.hop, np.float32)
        end = self._timeline.fed
        for _ in range(-(-self._stream.lag // self._stream.hop)):
            frames = self._stream.step(silence)
            yield [self._timeline.stamp(frame) for frame in frames if frame.sample < end]


def marks_of(pieces: Sequence[Sound]) -> Marks | None:
    """Return what is told of the pieces together, counted from the first; None if one is silent."""
    if len(pieces) == 1:
        return pieces[0].marks
    found, at = list[PhonemeMark](), 0.0
    for piece in pieces:
        if piece.marks is None:
            return None
        known = found[-1].start if found else float("-inf")
        found += [mark for mark in shifted(piece.marks, at) if mark.start > known + 1e-6]
        at += len(piece.samples) / SAMPLE_RATE
    return tuple(found)


class Delay:
    """Holds sound back until its frame is made, where there is no clock. One thread."""

    def __init__(self) -> None:
        self._sounds: deque[Sound] = deque()

    def put(self, sound: Sound) -> None:
        """Hold `sound`, which follows the one before."""
        self._sounds.append(sound)

    def release(self, sample: int) -> Iterator[Sound]:
        """Yield the sounds that begin no later than `sample`, in order, each once."""
        while self._sounds and self._sounds[0].start <= sample:
            yield self._sounds.popleft()
