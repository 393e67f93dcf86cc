"""Streams of every shape are fed, stamped and drained."""

import numpy as np
import pytest

from core.audio import Sound
from core.engine.testcard import TestCard
from core.live.feed import Delay, Feed, marks_of, piece_of
from core.speech_marks import PhonemeMark, shifted
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
        got += [frame.sample for frame in feed.step([sound])]
    got += [frame.sample for frames in feed.rest() for frame in frames]
    assert got == list(range(0, 6 * hop, 640))


def test_sound_is_released_with_its_frame_in_order_and_once() -> None:
    delay = Delay()
    for start in (0, 640, 1280):
        delay.put(Sound(np.zeros(640, np.float32), start, 0.0))
    assert [s.start for s in delay.release(-1)] == []
    assert [s.start for s in delay.release(700)] == [0, 640]
    assert [s.start for s in delay.release(5000)] == [1280]


@pytest.mark.parametrize(("hop", "piece"), [(160, 160), (640, 640), (2560, 640), (533, 533)])
def test_sound_is_read_in_even_parts_of_a_hop_that_are_not_long(hop: int, piece: int) -> None:
    assert piece_of(hop) == piece


def test_what_is_skipped_is_heard_and_counted_and_what_follows_has_its_right_time() -> None:
    feed = Feed(TestCard(FORMAT))
    sounds = [Sound(np.zeros(640, np.float32), 640 * i, 0.04 * i) for i in range(4)]
    feed.step([sounds[0]])
    assert feed.skip([sounds[1]]) == feed.skip([sounds[2]]) == 1
    (frame,) = feed.step([sounds[3]])
    assert frame.sample == 3 * 640
    assert frame.heard == pytest.approx(0.12)


def test_a_hop_in_pieces_is_stamped_by_each_of_them() -> None:
    feed = Feed(TestCard(FORMAT, 4))
    starts = (0, 640, 5000, 5640)  # between them some was lost
    pieces = [Sound(np.zeros(640, np.float32), start, start / 16_000) for start in starts]
    assert [frame.sample for frame in feed.step(pieces)] == list(starts)


def test_marks_of_a_hop_in_pieces_are_told_once_each_from_its_beginning() -> None:
    marks = [PhonemeMark(symbol, 0.03 * i, 0.03 * (i + 1)) for i, symbol in enumerate("abcdef")]
    pieces = [
        Sound(np.zeros(640, np.float32), at, 0.0, marks=shifted(marks, -at / 16_000))
        for at in (0, 640, 1280)
    ]
    together = marks_of(pieces) or ()
    assert [mark.symbol for mark in together] == list("abcdef")
    assert [mark.start for mark in together] == pytest.approx([mark.start for mark in marks])
    assert marks_of([*pieces, Sound(np.zeros(640, np.float32), 1920, 0.0)]) is None
