"""What the lips' benchmark says of mouths that are known."""

import numpy as np
import pytest
from numpy.typing import NDArray

from core.benchmark.lip_correlation import lip_sync, rows

Curve = NDArray[np.float64]


def speech(seconds: int = 20) -> Curve:
    """Loudness of syllables, four a second, with two seconds in seven silent."""
    time = np.arange(seconds * 25) / 25
    rng = np.random.default_rng(0)
    strength = np.repeat(rng.uniform(0.2, 1, seconds * 4), 25 // 4 + 1)[: len(time)]
    return np.where(time % 7 < 5, 0.1 * strength * np.sin(np.pi * 4 * time) ** 2 + 2e-3, 0.0)


def opening(levels: Curve) -> Curve:
    return 0.05 * np.clip(np.log(np.maximum(levels, 1e-3) / 1e-3), 0, None) / 5


@pytest.mark.parametrize("late", [-2, 0, 1, 3])
def test_the_lag_of_a_shifted_mouth_is_found(late: int) -> None:
    levels = speech()
    found = lip_sync(np.roll(opening(levels), late), levels, 25)
    assert found.lag == pytest.approx(late / 25, abs=0.01)
    assert found.correlation > 0.9 > found.control


def test_openings_are_told_apart_in_speech_and_silence() -> None:
    levels = speech()
    found = lip_sync(opening(levels), levels, 25)
    assert found.silent_p99 < 0.001
    assert found.voiced_mean == pytest.approx(opening(levels)[levels > 0.01].mean(), rel=0.2)


def test_a_mouth_open_in_silence_is_seen() -> None:
    levels = speech()
    assert lip_sync(opening(levels) + 0.02, levels, 25).silent_p99 == pytest.approx(0.02)


def test_a_frozen_mouth_agrees_with_nothing() -> None:
    levels = speech()
    found = lip_sync(np.full_like(levels, 0.01), levels, 25)
    assert found.correlation == found.control == 0


def test_too_little_sound_is_refused() -> None:
    with pytest.raises(ValueError, match="two seconds of audible sound"):
        lip_sync(np.zeros(10), np.ones(10), 25)
    with pytest.raises(ValueError, match="audible"):
        lip_sync(np.zeros(100), np.zeros(100), 25)


def test_silence_is_reported_only_where_there_was_some() -> None:
    found = lip_sync(opening(speech()), speech(), 25)
    assert any("silence" in row.name for row in rows(found))
    assert not any("silence" in row.name for row in rows(found._replace(silent_p99=np.nan)))
