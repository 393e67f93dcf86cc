"""The same chain without a clock: every frame, as fast as they can be made."""

from collections.abc import Iterator

from core.audio import AudioSource, EndOfAudio, SoundSink
from core.live.feed import Delay, Feed
from core.stream import AvatarStream
from core.video import Frame, VideoSink

PATIENCE = 0.1
"""Seconds on the source's clock to wait for one hop before asking again."""


def render(
    source: AudioSource, stream: AvatarStream, sink: VideoSink, sound_sink: SoundSink
) -> Iterator[Frame]:
    """Carry all sound of `source` through `stream` into the sinks; yield each frame once sent.

    Nothing is dropped: a slow sink slows everything. Give the source a `SwiftClock`. Closes
    nothing, and stops where its caller stops asking.
    """
    feed, delay = Feed(stream), Delay()
    for frames in _steps(source, stream.hop, feed, delay):
        for frame in frames:
            sink.send(frame)
            for sound in delay.release(frame.sample):
                sound_sink.play(sound)
            yield frame


def _steps(source: AudioSource, hop: int, feed: Feed, delay: Delay) -> Iterator[list[Frame]]:
    while True:
        try:
            sound = source.read(hop, timeout=PATIENCE)
        except EndOfAudio:
            break
        if sound is not None:
            delay.put(sound)
            yield feed.step(sound)
    yield from feed.rest()
