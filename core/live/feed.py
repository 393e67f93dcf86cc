"""A stream at work: sound goes in, stamped frames come out, and the sound waits for its frames."""

from collections import deque
from collections.abc import Iterator

import numpy as np

from core.audio import SAMPLE_RATE, Sound
from core.live.timeline import Timeline
from core.stream import AvatarStream
from core.video import Frame

SOUNDS = 64
"""Hops of sound that may wait for their frames before the oldest is lost."""


class Feed:
    """Gives a stream its sound and stamps the frames that come back. One thread."""

    def __init__(self, stream: AvatarStream) -> None:
        frame = SAMPLE_RATE // stream.format.fps
        self._stream = stream
        self._timeline = Timeline(hops=2 + -(-(stream.lag + frame) // stream.hop))

    def step(self, sound: Sound) -> list[Frame]:
        """Return the frames that `sound` makes ready."""
        self._timeline.feed(sound)
        return [self._timeline.stamp(frame) for frame in self._stream.step(sound.samples)]

    def rest(self) -> Iterator[list[Frame]]:
        """Give the stream the silence it needs to show the last of the sound, step by step."""
        silence = np.zeros(self._stream.hop, np.float32)
        end = self._timeline.fed
        for _ in range(-(-self._stream.lag // self._stream.hop)):
            frames = self._stream.step(silence)
            yield [self._timeline.stamp(frame) for frame in frames if frame.sample < end]


class Delay:
    """Holds sound back until its frame is shown. One thread puts, one releases."""

    def __init__(self) -> None:
        self._sounds: deque[Sound] = deque(maxlen=SOUNDS)

    def put(self, sound: Sound) -> None:
        self._sounds.append(sound)

    def release(self, sample: int) -> Iterator[Sound]:
        """Yield the sounds that begin no later than `sample`, in order, each once."""
        while self._sounds and self._sounds[0].start <= sample:
            yield self._sounds.popleft()
