"""Rendering without a clock."""

import numpy as np

from core.audio import PacedSource, Samples
from core.clock import SwiftClock
from core.live.offline import render
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
