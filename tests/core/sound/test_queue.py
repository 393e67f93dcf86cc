"""From the thread that plays to the device: everything once, in order, and softly where not."""

import threading

import numpy as np
import pytest

from core.audio import Samples
from core.clock import WallClock
from core.sound.player import CHANNELS
from core.sound.queue import FADE, PlayQueue
from tests.fakes import HandClock, tone

RATE = 48_000
RESERVE = int(FADE * RATE)


def pull(queue: PlayQueue, count: int = 480, clock: HandClock | None = None) -> Samples:
    if clock:
        clock.time += count / RATE
    block = np.full((count, CHANNELS), np.nan, np.float32)
    queue.fill(block)
    np.testing.assert_array_equal(block[:, 0], block[:, 1])
    return block[:, 0]


def filled(sound: Samples, clock: HandClock | None = None) -> PlayQueue:
    queue = PlayQueue(RATE, clock or HandClock())
    queue.put(sound[:, None])
    return queue


def bend(sound: Samples) -> float:
    return float(np.abs(np.diff(sound, 2)).max())


@pytest.mark.parametrize("block", [64, 480, 1999])
def test_what_is_put_is_pulled_in_order(block: int) -> None:
    sound = np.linspace(0.2, 0.9, RATE, dtype=np.float32)
    queue = PlayQueue(RATE, HandClock())
    got = []
    for part in np.array_split(sound, 25):
        queue.put(part[:, None])
        while queue.level() > (block + 2 * RESERVE) / RATE:
            got.append(pull(queue, block))
    out = np.concatenate(got)
    np.testing.assert_array_equal(out[RESERVE:], sound[RESERVE : len(out)])
    assert queue.underruns == 0


@pytest.mark.parametrize("block", [64, 480, 1999])
def test_what_is_missing_is_silence_without_a_click(block: int) -> None:
    queue = filled(tone(0.1, RATE, 200))
    out = np.concatenate([pull(queue, block) for _ in range(RATE // 5 // block)])
    assert not out[int(0.1 * RATE) :].any()
    assert np.abs(out[: int(0.09 * RATE)]).max() == pytest.approx(0.5, rel=0.01)
    assert bend(np.concatenate([np.zeros(9, np.float32), out])) < 1e-3
    assert queue.underruns == 1
    assert queue.dry


def test_sound_after_a_silence_rises_and_is_whole() -> None:
    queue = filled(tone(0.1, RATE, 200))
    before = [pull(queue) for _ in range(15)]
    queue.put(tone(0.1, RATE, 210)[:, None])
    assert not queue.dry
    out = np.concatenate([*before, *[pull(queue) for _ in range(9)]])
    assert bend(out) < 1e-3
    again = out[15 * 480 :]
    np.testing.assert_array_equal(again[RESERVE : 8 * 480], tone(0.1, RATE, 210)[RESERVE : 8 * 480])


def test_a_leap_goes_on_near_the_end_without_a_click() -> None:
    sound = tone(0.5, RATE, 200)
    queue = filled(sound)
    before = pull(queue)
    queue.leap(0.1)
    assert queue.level() == pytest.approx(0.1)
    out = np.concatenate([before, *[pull(queue) for _ in range(9)]])
    assert bend(out) < 1e-3
    after = out[480 + 2 * RESERVE :]
    begin = int(0.4 * RATE) + RESERVE
    np.testing.assert_array_equal(after, sound[begin : begin + len(after)])
    assert queue.underruns == 0


def test_the_level_sinks_between_two_pulls_and_no_further() -> None:
    clock = HandClock()
    queue = filled(tone(0.1, RATE), clock)
    pull(queue, 960, clock)
    assert queue.level() == pytest.approx(0.08)
    clock.time += 0.012
    assert queue.level() == pytest.approx(0.068)
    clock.time += 5.0
    assert queue.level() == pytest.approx(0.06)


def test_a_device_that_sleeps_finds_the_newest_sound_when_it_wakes() -> None:
    queue = filled(np.zeros(100, np.float32))
    for number in range(200):
        queue.put(np.full((1920, 1), number / 200, np.float32))
        if queue.level() > 0.3:
            queue.leap(0.03)
    out = np.concatenate([pull(queue), pull(queue)])
    assert out[-1] > 0.95


def test_two_threads_lose_nothing_and_hear_no_click() -> None:
    """As fast as both can; the reader takes 10 ms whenever there are 20."""
    queue, sound = PlayQueue(RATE, WallClock()), tone(20.0, RATE, 200)
    pieces = np.array_split(sound, 500)

    def write() -> None:
        for piece in pieces:
            while queue.level() > 0.5:
                threading.Event().wait(0.0005)
            queue.put(piece[:, None])

    writer = threading.Thread(target=write)
    writer.start()
    got: list[Samples] = []
    while writer.is_alive() or queue.level() > 0.03:
        if queue.level() > 0.03:
            got.append(pull(queue))
    writer.join()
    out = np.concatenate(got)
    np.testing.assert_array_equal(out[RESERVE:], sound[RESERVE : len(out)])
    assert len(out) > 19.9 * RATE
