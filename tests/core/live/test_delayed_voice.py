"""The voice comes when its picture does, and when no picture comes."""

import numpy as np
import pytest

from core.audio import Sound
from core.live.delayed_voice import FALL, PATIENT, WINDOW, DelayedVoice, PictureLag


def sound(number: int, hop: int = 640) -> Sound:
    return Sound(np.zeros(hop, np.float32), number * hop, number * hop / 16_000)


def test_sound_is_due_when_its_time_has_come_in_order_and_once() -> None:
    voice = DelayedVoice()
    for number in range(3):
        voice.put(sound(number))
    assert list(voice.due(-0.01)) == []
    assert [s.start for s in voice.due(0.041)] == [0, 640]
    assert voice.pause(0.05, 1.0) == pytest.approx(0.03)
    assert voice.pause(0.05, 0.02) == 0.02
    assert [s.start for s in voice.due(5.0)] == [1280]
    assert voice.pause(5.0, 0.02) == 0.02
    assert not voice.drained
    voice.finish()
    assert voice.drained


@pytest.mark.parametrize("hop", [160, 800, 1600])
def test_what_is_never_due_is_lost_after_some_time_and_counted(hop: int) -> None:
    voice = DelayedVoice(seconds=1.0)
    for number in range(24_000 // hop):
        voice.put(sound(number, hop))
    assert voice.dropped == 8_000
    assert next(voice.due(10.0)).start == 8_000


def noted(latencies: list[float], lag: PictureLag | None = None, now: float = 0.0) -> PictureLag:
    lag = lag or PictureLag()
    for number, latency in enumerate(latencies):
        lag.note(latency, now + 0.04 * number)
    return lag


def test_the_lag_is_what_most_pictures_take() -> None:
    assert PictureLag().seconds is None
    assert noted([0.14]).seconds == 0.14
    assert noted([0.14, 0.16, 0.15] * 20).seconds == pytest.approx(0.15)


def test_a_stall_and_what_comes_late_after_it_change_nothing() -> None:
    lag = noted([0.14] * WINDOW)
    noted([5.0, 4.0, 3.0, 2.0, 1.0, 0.5], lag, 6.0)
    assert lag.seconds == 0.14


def test_where_pictures_stay_late_the_voice_waits_for_them_within_a_second() -> None:
    lag = noted([0.3] * 14, noted([0.14] * WINDOW), 1.0)
    assert lag.seconds == 0.3


def test_the_voice_waits_for_no_picture_that_is_very_late() -> None:
    lag = noted([0.14] * WINDOW)
    noted([3.0] * 100, lag, 1.0)
    assert lag.seconds == pytest.approx(0.14 + PATIENT)


def test_it_shrinks_no_faster_than_sound_can_be_made_shorter() -> None:
    lag = noted([0.5] * WINDOW)
    noted([0.1] * WINDOW, lag, 1.0)
    assert 0.5 - 1.1 * FALL < (lag.seconds or 0.0) < 0.5
    noted([0.1] * 100, lag, 2.0)
    assert lag.seconds == pytest.approx(0.1)
