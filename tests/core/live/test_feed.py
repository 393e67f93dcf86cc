"""Streams of every shape are fed, stamped and drained."""

import threading

import numpy as np
import pytest

from core.audio import Sound
from core.live.feed import Delay, Feed
from core.video import VideoFormat
from tests.fakes import Lagging

FORMAT = VideoFormat(4, 4, 25)


@pytest.mark.parametrize("frames_per_step", [1, 4])
@pytest.mark.parametrize("lag", [0, 1, 640, 1280, 1300, 5000])
def test_every_frame_of_the_sound_comes_out_once_and_none_of_the_silence(
    frames_per_step: int, lag: int
) -> None:
    feed, got = Feed(Lagging(FORMAT, frames_per_step, lag)), list[int]()
    hop = 640 * frames_per_step
    for start in range(0, 6 * hop, hop):
        sound = Sound(np.zeros(hop, np.float32), start, start / 16_000)
        got += [frame.sample for frame in feed.step(sound)]
    got += [frame.sample for frames in feed.rest() for frame in frames]
    assert got == list(range(0, 6 * hop, 640))


def test_sound_is_released_with_its_frame_in_order_and_once() -> None:
    delay = Delay()
    for start in (0, 640, 1280):
        delay.put(Sound(np.zeros(640, np.float32), start, 0.0))
    assert [s.start for s in delay.release(-1)] == []
    assert [s.start for s in delay.release(700)] == [0, 640]
    assert [s.start for s in delay.release(5000)] == [1280]


@pytest.mark.parametrize("hop", [160, 800, 1600])
def test_sound_whose_frame_never_comes_is_lost_after_some_time_and_counted(hop: int) -> None:
    delay = Delay(seconds=1.0)
    starts = range(0, 24_000, hop)
    for start in starts:
        delay.put(Sound(np.zeros(hop, np.float32), start, 0.0))
    assert delay.dropped == 8_000
    assert [s.start for s in delay.release(10**9)] == [s for s in starts if s >= 8_000]


def test_no_sound_comes_before_its_frame_when_the_oldest_is_lost_meanwhile() -> None:
    delay = Delay(seconds=0.04)

    class Watched(Sound):
        """Lets another thread put the next sound while it is being looked at."""

        @property
        def start(self) -> int:
            other = threading.Thread(target=delay.put, args=(later,))
            other.start()
            other.join(0.05)
            others.append(other)
            return 0

    later, others = Sound(np.zeros(640, np.float32), 640, 0.0), list[threading.Thread]()
    first = object.__new__(Watched)
    object.__setattr__(first, "samples", np.zeros(640, np.float32))
    delay.put(first)
    released = next(delay.release(0))
    for other in others:
        other.join()
    assert released is first
