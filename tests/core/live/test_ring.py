"""The queue of frames."""

import threading

import numpy as np

from core.live.ring import FrameRing
from core.video import Frame
from tests.fakes import until


def frames(*samples: int) -> list[Frame]:
    return [Frame(np.zeros((1, 1, 3), np.uint8), sample) for sample in samples]


def drain(ring: FrameRing) -> list[int]:
    out = []
    while (frame := ring.get(0)) is not None:
        out.append(frame.sample)
    return out


def test_a_full_ring_drops_its_oldest_and_counts_it() -> None:
    ring = FrameRing(2)
    ring.put(frames(1, 2, 3, 4, 5))
    assert drain(ring) == [4, 5]
    assert ring.dropped == 3


def test_an_empty_ring_answers_none_in_time() -> None:
    assert FrameRing(2).get(0.001) is None


def test_a_frame_wakes_the_reader() -> None:
    ring, got = FrameRing(2), list[Frame | None]()
    reader = threading.Thread(target=lambda: got.append(ring.get(60)))
    reader.start()
    ring.put(frames(7))
    reader.join(30)
    assert [f.sample for f in got if f] == [7]


def test_closing_wakes_the_reader_and_keeps_what_is_left() -> None:
    ring, got = FrameRing(2), list[Frame | None]()
    reader = threading.Thread(target=lambda: got.append(ring.get(60)))
    reader.start()
    ring.close()
    until(lambda: got == [None])
    reader.join()
    ring.put(frames(1))
    assert not ring.drained
    assert drain(ring) == [1]
    assert ring.drained


def test_a_standing_frame_is_shed_once_and_a_busy_ring_is_left_alone() -> None:
    ring = FrameRing(4)
    ring.put(frames(0))
    ring.shed()
    for sample in range(1, 4):  # one frame is always left over: delay that buys nothing
        ring.put(frames(sample))
        ring.get(0)
    ring.shed()
    assert ring.dropped == 1
    for sample in range(4, 8):
        ring.put(frames(sample))
        ring.get(0)
    ring.shed()
    assert ring.dropped == 1
