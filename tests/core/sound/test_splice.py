"""What is left out does not show."""

import numpy as np
import pytest

from core.audio import VOICE_RATE, Samples
from core.sound.splice import ALIKE, JOINT, LONGEST, SHORTEST, bridged, risen, shortened
from tests.fakes import tone


def spliced(sound: Samples, most: int, alike: float = ALIKE) -> Samples:
    return shortened(sound[:, None], most, alike)[:, 0]


def bend(sound: Samples) -> float:
    """Return the largest second difference: what a click would show in."""
    return float(np.abs(np.diff(sound, 2)).max())


@pytest.mark.parametrize("hertz", [90, 140, 250, 440])
def test_a_voice_is_shortened_by_whole_periods_without_a_click(hertz: float) -> None:
    sound = tone(0.2, VOICE_RATE, hertz)
    short = spliced(sound[1920:3840], 600)
    left_out = 1920 - len(short)
    assert SHORTEST <= left_out <= 600
    off = left_out * hertz / VOICE_RATE % 1
    assert min(off, 1 - off) < 0.5 * hertz / VOICE_RATE + 1e-9
    whole = np.concatenate([sound[:1920], short, sound[3840:]])
    assert bend(whole) < 1.2 * bend(sound)


def test_both_ends_stay_as_they_are() -> None:
    sound = np.random.default_rng(3).normal(0, 0.1, 1920).astype(np.float32)
    short = spliced(sound, 600, alike=-1.0)
    assert len(short) < 1920
    np.testing.assert_array_equal(short[: JOINT // 2], sound[: JOINT // 2])
    np.testing.assert_array_equal(short[-300:], sound[-300:])


def test_both_channels_are_cut_at_the_same_places() -> None:
    both = np.stack([tone(0.04, VOICE_RATE, 250), tone(0.04, VOICE_RATE, 500)], 1)
    short = shortened(both, 600)
    assert len(short) < 1920
    for channel in range(2):
        assert bend(short[:, channel]) < 1.2 * bend(both[:, channel])


def test_what_would_be_heard_stays_unless_it_must_go() -> None:
    noise = np.random.default_rng(3).normal(0, 0.1, (1920, 1)).astype(np.float32)
    assert shortened(noise, 600) is noise
    assert len(shortened(noise, 600, alike=-1.0)) < 1920


def test_silence_loses_as_much_as_can_go_at_once() -> None:
    assert len(spliced(np.zeros(1920, np.float32), 3000)) == 1920 - LONGEST
    assert len(spliced(np.zeros(1920, np.float32), 300)) == 1620


def test_too_little_to_leave_out_is_left_in() -> None:
    sound = tone(0.04, VOICE_RATE)[:, None]
    assert shortened(sound, SHORTEST - 1) is sound
    assert len(shortened(sound[:540], 600)) == 540


def test_a_step_becomes_a_slope() -> None:
    last = np.full((1, 1), 0.5, np.float32)
    sound = bridged(np.zeros((1920, 1), np.float32), last)[:, 0]
    assert sound[0] == pytest.approx(0.5, abs=1e-3)
    assert bend(np.concatenate([np.full(100, 0.5, np.float32), sound])) < 2e-3
    assert not sound[JOINT:].any()


def test_sound_rises_from_nothing() -> None:
    loud = np.ones((1920, 1), np.float32)
    soft = risen(loud)
    assert soft[0] < 1e-3
    assert bend(soft[:, 0]) < 2e-3
    np.testing.assert_array_equal(soft[JOINT:], loud[JOINT:])
