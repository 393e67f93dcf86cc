"""An engine's frames at another rate."""

from contextlib import closing

import numpy as np
import pytest

from core.engine.pulldown import Pulldown
from core.engine.testcard import TestCard
from core.video import Frame, VideoFormat


def run(fps: int, steps: int, frames_per_step: int = 1) -> list[Frame]:
    stream = Pulldown(TestCard(VideoFormat(8, 8, 25), frames_per_step), fps)
    with closing(stream):
        hop = np.zeros(stream.hop, np.float32)
        return [frame for _ in range(steps) for frame in stream.step(hop)]


@pytest.mark.parametrize("fps", [10, 24, 25, 30, 50, 60])
def test_frames_come_at_the_rate_that_is_wanted(fps: int) -> None:
    frames = run(fps, 50)
    assert len(frames) == 2 * fps
    assert [f.sample for f in frames] == [round(i * 16_000 / fps) for i in range(2 * fps)]


def test_each_frame_shows_the_newest_picture() -> None:
    card = TestCard(VideoFormat(8, 8, 25))
    stream = Pulldown(card, 30)
    loud = [np.full(stream.hop, level, np.float32) for level in (0.0, 0.25, 0.5, 0.75, 1.0)]
    frames = [frame for hop in loud for frame in stream.step(hop)]
    heights = [int((f.picture[:, 0, 0] > 0).sum()) for f in frames]
    assert heights == [0, 0, 2, 4, 6, 8]


def test_how_many_frames_a_step_gives_changes_nothing() -> None:
    assert [f.sample for f in run(30, 20, 5)] == [f.sample for f in run(30, 100)]


def test_it_says_what_it_is() -> None:
    stream = Pulldown(TestCard(VideoFormat(16, 8, 25), 4), 30)
    assert (stream.format, stream.hop, stream.lag) == (VideoFormat(16, 8, 30), 2560, 0)
