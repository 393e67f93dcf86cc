"""Stamps survive lost sound."""

import numpy as np
import pytest

from core.audio import Sound
from core.live.timeline import Timeline
from core.video import Frame


def frame(sample: int) -> Frame:
    return Frame(np.zeros((1, 1, 3), np.uint8), sample)


def sound(start: int, heard: float) -> Sound:
    return Sound(np.zeros(640, np.float32), start, heard)


def test_a_frame_gets_the_source_time_of_its_sample() -> None:
    timeline = Timeline(pieces=3)
    timeline.feed(sound(0, 10.0))
    timeline.feed(sound(640, 10.04))
    stamped = timeline.stamp(frame(640 + 320))
    assert stamped.sample == 960
    assert stamped.heard == pytest.approx(10.06)


def test_where_sound_was_lost_the_source_count_runs_ahead() -> None:
    timeline = Timeline(pieces=3)
    timeline.feed(sound(0, 10.0))
    timeline.feed(sound(16_000, 11.0))  # almost a second never came
    assert timeline.stamp(frame(0)).sample == 0
    late = timeline.stamp(frame(640))
    assert (late.sample, late.heard) == (16_000, 11.0)


def test_a_frame_of_sound_long_gone_or_not_yet_given_is_refused() -> None:
    timeline = Timeline(pieces=2)
    for i in range(4):
        timeline.feed(sound(640 * i, i / 25))
    for sample in (640, 4 * 640):
        with pytest.raises(ValueError, match=f"frame for sample {sample}"):
            timeline.stamp(frame(sample))
