"""The parts of the latency are noted from outside, and add up to the whole."""

import numpy as np
import pytest

from core.audio import PacedSource
from core.benchmark.latency_parts import NotingSource, Step, Steps, _parts
from core.clock import SwiftClock
from core.engine.testcard import TestCard
from core.video import VideoFormat


def test_parts_add_up_to_the_whole() -> None:
    step = Step(begun=10.085, done=10.100, fed=1280 + 1280)
    parts = dict(_parts(1280, heard=10.0, sent=10.103, step=step, given={2560: 10.081}))
    assert sum(parts.values()) == pytest.approx(0.103)
    assert parts["look-ahead of the ear"] == pytest.approx(0.04)
    assert parts["step of the engine"] == pytest.approx(0.015)


def test_steps_are_noted_by_the_frames_they_gave() -> None:
    noted = dict[int, Step]()
    stream = Steps(TestCard(VideoFormat(64, 48)), noted)
    silence = np.zeros(stream.hop, np.float32)
    frames = [*stream.step(silence), *stream.step(silence)]
    stream.skip(silence)
    stream.close()
    assert list(noted) == [frame.sample for frame in frames] == [0, 640]
    assert [step.fed for step in noted.values()] == [640, 1280]
    assert all(step.begun <= step.done for step in noted.values())


def test_pieces_are_noted_by_where_they_end() -> None:
    given = dict[int, float]()
    source = NotingSource(
        PacedSource(lambda count: np.zeros(count, np.float32), SwiftClock()), given
    )
    for _ in range(2):
        assert source.read(640, 1.0)
    source.close()
    assert list(given) == [640, 1280]
    assert source.dropped == 0
