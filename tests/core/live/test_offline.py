"""Rendering without a clock."""

import numpy as np
import pytest

from core.audio import EndOfAudio, PacedSource, Samples
from core.clock import SwiftClock
from core.live.offline import AHEAD, Ahead, render
from core.video import VideoFormat
from tests.fakes import Lagging, Sink, tone

FORMAT = VideoFormat(4, 4, 25)


def source(samples: Samples) -> PacedSource:
    rest = [samples]

    def pull(count: int) -> Samples:
        head, rest[0] = rest[0][:count], rest[0][count:]
        return head

    return PacedSource(pull, SwiftClock())


def test_every_frame_and_every_sample_arrives_without_drops() -> None:
    sink, samples = Sink(), tone(2.01)
    frames = list(render(source(samples), Lagging(FORMAT, 1, 1300), sink, sink))
    assert [f.sample for f in frames] == [640 * i for i in range(51)]
    assert frames == sink.frames
    heard = np.concatenate([s.samples for s in sink.sounds])
    np.testing.assert_array_equal(heard[: len(samples)], samples)
    assert not heard[len(samples) :].any()


def test_frames_can_be_left_early() -> None:
    sink = Sink()
    frames = render(source(tone(10)), Lagging(FORMAT, 1, 0), sink, sink)
    for _ in range(3):
        next(frames)
    frames.close()  # type: ignore[attr-defined]
    assert len(sink.frames) == 3


def test_reading_ahead_tells_how_many_frames_there_will_be() -> None:
    ahead, sink = Ahead(source(tone(2.01)), 640, seconds=None), Sink()
    assert ahead.frames(25) == 51
    assert len(list(render(ahead, Lagging(FORMAT, 1, 1300), sink, sink))) == 51
    with pytest.raises(EndOfAudio):
        ahead.read(640, 1)


def test_only_the_seconds_asked_for_are_read() -> None:
    ahead = Ahead(source(tone(10)), 640, seconds=1.5)
    assert ahead.frames(25) == 38
    assert len(list(render(ahead, Lagging(FORMAT, 1, 0), Sink(), Sink()))) == 38


def test_of_very_long_sound_the_end_is_not_known_but_all_is_read() -> None:
    samples = AHEAD + 6_400
    pulled = [0]

    def pull(count: int) -> Samples:
        count = min(count, samples - pulled[0])
        pulled[0] += count
        return np.zeros(count, np.float32)

    ahead = Ahead(PacedSource(pull, SwiftClock()), 64_000, seconds=None)
    assert ahead.frames(25) is None
    assert pulled[0] == AHEAD
    while pulled[0] < samples:
        assert ahead.read(64_000, 10) is not None
