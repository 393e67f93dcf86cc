"""A stream at work: sound goes in, stamped frames come out, and the sound waits for its frames."""

import threading
from collections import deque
from collections.abc import Iterator

import numpy as np

from core.audio import SAMPLE_RATE, Sound
from core.live.timeline import Timeline
from core.stream import AvatarStream
from core.video import Frame

LONGEST = 4.0
"""Seconds of sound that may wait for their frames: two blocks of any engine, and its look-ahead."""


class Feed:
    """Gives a stream its sound and stamps the frames that come back. One thread."""

    def __init__(self, stream: AvatarStream) -> None:
        frame = SAMPLE_RATE // stream.format.fps
        self._stream = stream
        self._timeline = Timeline(hops=2 + -(-(stream.lag + frame) // stream.hop))

    def step(self, sound: Sound) -> list[Frame]:
        """Return the frames that `sound` makes ready."""
        self._timeline.feed(sound)
        frames = self._stream.step(sound.samples, sound.marks)
        return [self._timeline.stamp(frame) for frame in frames]

    def rest(self) -> Iterator[list[Frame]]:
        """Give the stream the silence it needs to show the last of the sound, step by step."""
        silence = np.zeros(self._stream.hop, np.float32)
        end = self._timeline.fed
        for _ in range(-(-self._stream.lag // self._stream.hop)):
            frames = self._stream.step(silence)
            yield [self._timeline.stamp(frame) for frame in frames if frame.sample < end]


class Delay:
    """Holds sound back until its frame is shown. One thread puts, one releases.

    Bounded: where frames do not come, the oldest sound is lost and counted.
    """

    def __init__(self, seconds: float = LONGEST) -> None:
        self._sounds: deque[Sound] = deque()
        self._room = round(seconds * SAMPLE_RATE)
        self._lock = threading.Lock()
        self.dropped = 0
        """Samples lost so far; any thread may read."""

    def put(self, sound: Sound) -> None:
        """Hold `sound`, which follows the one before."""
        with self._lock:
            self._sounds.append(sound)
            self._room -= len(sound.samples)
            while self._room < 0:
                self.dropped += len(self._take().samples)

    def release(self, sample: int) -> Iterator[Sound]:
        """Yield the sounds that begin no later than `sample`, in order, each once."""
        while sound := self._due(sample):
            yield sound

    def _due(self, sample: int) -> Sound | None:
        with self._lock:
            return self._take() if self._sounds and self._sounds[0].start <= sample else None

    def _take(self) -> Sound:
        sound = self._sounds.popleft()
        self._room += len(sound.samples)
        return sound
