"""The same chain without a clock: every frame, as fast as they can be made."""

from collections import deque
from collections.abc import Iterator

from core.audio import SAMPLE_RATE, AudioSource, EndOfAudio, Sound, SoundBrokeOff, SoundSink
from core.live.feed import Delay, Feed
from core.stream import AvatarStream
from core.two_ways import Widening
from core.video import Frame, VideoSink

PATIENCE = 0.1
"""Seconds on the source's clock to wait for one hop before asking again."""

AHEAD = 600 * SAMPLE_RATE
"""Samples read before rendering begins, so that the end is known."""


def render(
    source: AudioSource, stream: AvatarStream, sink: VideoSink, sound_sink: SoundSink
) -> Iterator[Frame]:
    """Carry all sound of `source` through `stream` into the sinks; yield each frame once sent.

    Nothing is dropped: a slow sink slows everything. Give the source a `SwiftClock`. Closes
    nothing, and stops where its caller stops asking.

    Raises:
        SoundBrokeOff: the sound ended before its time; all that came until then has been sent.
    """
    feed, delay = Feed(stream), Delay()
    for frames in _steps(source, stream.hop, feed, delay):
        for frame in frames:
            sink.send(frame)
            for sound in delay.release(frame.sample):
                sound_sink.play(sound)
            yield frame


def _steps(source: AudioSource, hop: int, feed: Feed, delay: Delay) -> Iterator[list[Frame]]:
    widened = Widening()
    while True:
        try:
            sound = source.read(hop, timeout=PATIENCE)
        except EndOfAudio as error:
            end = error
            break
        if sound is not None:
            sound = widened(sound)
            delay.put(sound)
            yield feed.step([sound])
    yield from feed.rest()
    if isinstance(end, SoundBrokeOff):
        raise end


class Ahead:
    """Satisfies `AudioSource`: the first `seconds` of another, read before they are asked for."""

    def __init__(self, source: AudioSource, hop: int, seconds: float | None) -> None:
        self._source = source
        self._left = round(seconds * SAMPLE_RATE) if seconds else None
        self._ready: deque[Sound] = deque()
        self._end: EndOfAudio | None = None
        while not self._end and len(self._ready) * hop < AHEAD:
            try:
                if (sound := self._next(hop, 1.0)) is not None:
                    self._ready.append(sound)
            except EndOfAudio as end:
                self._end = end

    @property
    def dropped(self) -> int:
        return self._source.dropped

    def frames(self, fps: int) -> int | None:
        """How many frames there will be, if that is known."""
        samples = sum(len(sound.samples) for sound in self._ready)
        return -(-samples * fps // SAMPLE_RATE) if self._end else None

    def read(self, count: int, timeout: float) -> Sound | None:
        """See `AudioSource.read`."""
        if self._ready:
            return self._ready.popleft()
        if self._end:
            raise self._end
        return self._next(count, timeout)

    def close(self) -> None:
        self._source.close()

    def _next(self, count: int, timeout: float) -> Sound | None:
        if self._left is not None and self._left <= 0:
            raise EndOfAudio
        sound = self._source.read(count, timeout)
        if sound is not None and self._left is not None:
            self._left -= count
        return sound
