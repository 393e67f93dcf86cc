"""What is left out does not show."""

import numpy as np
import pytest

from core.audio import Samples
from core.sound.splice import JOINT, LONGEST, SHORTEST, bridged, risen, shortened
from tests.fakes import tone


def bend(sound: Samples) -> float:
    """Return the largest second difference: what a click would show in."""
    return float(np.abs(np.diff(sound, 2)).max())


@pytest.mark.parametrize("hertz", [90, 140, 250, 440])
def test_a_voice_is_shortened_by_whole_periods_without_a_click(hertz: float) -> None:
    sound = tone(0.2, hertz=hertz)
    short = shortened(sound[640:1280], 200)
    left_out = 640 - len(short)
    assert SHORTEST <= left_out <= 200
    off = left_out * hertz / 16_000 % 1
    assert min(off, 1 - off) < 0.5 * hertz / 16_000 + 1e-9
    whole = np.concatenate([sound[:640], short, sound[1280:]])
    assert bend(whole) < 1.2 * bend(sound)


def test_both_ends_stay_as_they_are() -> None:
    sound = np.random.default_rng(3).normal(0, 0.1, 640).astype(np.float32)
    short = shortened(sound, 200, alike=-1.0)
    assert len(short) < 640
    np.testing.assert_array_equal(short[: JOINT // 2], sound[: JOINT // 2])
    np.testing.assert_array_equal(short[-100:], sound[-100:])


def test_what_would_be_heard_stays_unless_it_must_go() -> None:
    noise = np.random.default_rng(3).normal(0, 0.1, 640).astype(np.float32)
    assert shortened(noise, 200) is noise
    assert len(shortened(noise, 200, alike=-1.0)) < 640


def test_silence_loses_as_much_as_can_go_at_once() -> None:
    assert len(shortened(np.zeros(640, np.float32), 1000)) == 640 - LONGEST
    assert len(shortened(np.zeros(640, np.float32), 100)) == 540


def test_too_little_to_leave_out_is_left_in() -> None:
    sound = tone(0.04)
    assert shortened(sound, SHORTEST - 1) is sound
    assert shortened(sound[:180], 200) is not None
    assert len(shortened(sound[:180], 200)) == 180


def test_a_step_becomes_a_slope() -> None:
    sound = bridged(np.zeros(640, np.float32), 0.5)
    assert sound[0] == pytest.approx(0.5, abs=1e-3)
    assert bend(np.concatenate([np.full(100, 0.5, np.float32), sound])) < 2e-3
    assert not sound[JOINT:].any()


def test_sound_rises_from_nothing() -> None:
    loud = np.ones(640, np.float32)
    soft = risen(loud)
    assert soft[0] < 1e-3
    assert bend(soft) < 2e-3
    np.testing.assert_array_equal(soft[JOINT:], loud[JOINT:])
