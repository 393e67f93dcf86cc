"""Sound at another rate and pace is the same sound, however it is cut."""

import numpy as np
import pytest

from core.audio import SAMPLE_RATE, Samples
from core.sound.stretcher import SILENCE, WIDTH, Stretcher, StretcherState
from tests.fakes import tone


def stretched(samples: Samples, rate: int, pace: float = 0.0, cut: int = 640) -> Samples:
    stretcher, state, parts = Stretcher(rate), SILENCE, []
    for at in range(0, len(samples), cut):
        part, state = stretcher(samples[at : at + cut], pace, state)
        parts.append(part)
    return np.concatenate(parts)


def sine_in(sound: Samples, hertz: float, rate: float) -> tuple[float, float]:
    """Return the level of the sine that fits best, and of what is left over, in dB under it."""
    turn = 2 * np.pi * hertz / rate * np.arange(len(sound))
    waves = np.stack([np.sin(turn), np.cos(turn)], 1)
    parts, *_ = np.linalg.lstsq(waves, sound.astype(float), rcond=None)
    level = float(np.hypot(*parts))
    return level, float(20 * np.log10(np.std(sound - waves @ parts) / level))


@pytest.mark.parametrize("rate", [16_000, 44_100, 48_000, 96_000])
@pytest.mark.parametrize("pace", [0.0, 0.002, -0.002])
@pytest.mark.parametrize("hertz", [110, 3000, 6500])
def test_a_sine_stays_a_sine(rate: int, pace: float, hertz: float) -> None:
    out = stretched(tone(0.5, hertz=hertz), rate, pace)[rate // 10 : -rate // 10]
    level, rest = sine_in(out, hertz * (1 + pace), rate)
    assert level == pytest.approx(0.5, rel=0.03)
    assert rest < -75


def test_any_cut_equals_the_whole() -> None:
    sound = np.random.default_rng(1).normal(0, 0.1, 3200).astype(np.float32)
    whole = stretched(sound, 44_100, 0.001, cut=3200)
    for cut in (7, 77, 640, 2560):
        np.testing.assert_allclose(stretched(sound, 44_100, 0.001, cut), whole, atol=2e-5)


def test_the_length_is_that_of_the_sound_at_its_pace() -> None:
    for pace in (-0.002, 0.0, 0.002):
        count = len(stretched(tone(4.0), 48_000, pace))
        assert count / 48_000 == pytest.approx(4.0 / (1 + pace), abs=1e-4)


def test_it_comes_a_millisecond_and_a_half_late() -> None:
    click = np.zeros(1600, np.float32)
    click[800] = 1
    late = int(np.argmax(stretched(click, 48_000))) / 48_000 - 800 / SAMPLE_RATE
    assert late == pytest.approx(WIDTH / 2 / SAMPLE_RATE, abs=1e-4)


def test_a_changing_pace_makes_no_click() -> None:
    stretcher, state, parts = Stretcher(48_000), SILENCE, []
    for number, piece in enumerate(np.split(tone(2.0), 50)):
        part, state = stretcher(piece, 0.002 * (-1) ** number, state)
        parts.append(part)
    bend = np.abs(np.diff(np.concatenate(parts)[4800:], 2)).max()
    assert bend < 1.05 * 0.5 * (2 * np.pi * 440 * 1.002 / 48_000) ** 2


def test_the_state_stays_small() -> None:
    stretcher, state = Stretcher(44_100), SILENCE
    for piece in np.split(tone(4.0), 100):
        _, state = stretcher(piece, 0.0015, state)
    assert isinstance(state, StretcherState)
    assert len(state.tail) == WIDTH - 1
    assert 0 <= state.place < 1


def test_a_rate_that_would_lose_sound_is_refused() -> None:
    with pytest.raises(ValueError, match="8000 samples per second; at least 16000"):
        Stretcher(8000)
