"""Sound at another rate and pace is the same sound, however it is cut."""

import numpy as np
import pytest

from core.audio import SAMPLE_RATE, VOICE_RATE, Samples
from core.resampling import WIDTH, SincResampler, SincState
from tests.fakes import sine_in, tone


def resampled(
    samples: Samples, source_rate: int, rate: int, pace: float = 0.0, cut: int = 640
) -> Samples:
    resampler, parts = SincResampler(source_rate, rate), []
    state = resampler.start()
    for at in range(0, len(samples), cut):
        part, state = resampler(samples[at : at + cut, None], state, pace)
        parts.append(part[:, 0])
    return np.concatenate(parts)


@pytest.mark.parametrize("rate", [16_000, 44_100, 48_000, 96_000])
@pytest.mark.parametrize("pace", [0.0, 0.002, -0.002])
@pytest.mark.parametrize("hertz", [110, 3000, 6500])
def test_a_sine_stays_a_sine(rate: int, pace: float, hertz: float) -> None:
    out = resampled(tone(0.5, hertz=hertz), SAMPLE_RATE, rate, pace)[rate // 10 : -rate // 10]
    level, rest = sine_in(out, hertz * (1 + pace), rate)
    assert level == pytest.approx(0.5, rel=0.03)
    assert rest < -75


@pytest.mark.parametrize("hertz", [1000, 11_000, 15_000])
@pytest.mark.parametrize(("source_rate", "rate"), [(44_100, 48_000), (48_000, 44_100)])
@pytest.mark.parametrize("pace", [0.0, 0.0002])
def test_what_people_hear_keeps_its_whole_band(
    source_rate: int, rate: int, pace: float, hertz: int
) -> None:
    sound = tone(0.5, source_rate, hertz)
    out = resampled(sound, source_rate, rate, pace)[rate // 10 : -rate // 10]
    level, rest = sine_in(out, hertz * (1 + pace), rate)
    assert abs(20 * np.log10(level / 0.5)) < 0.1
    assert rest < -80


@pytest.mark.parametrize("hertz", [9_000, 12_000, 20_000])
def test_what_the_slower_rate_cannot_hold_is_left_out(hertz: int) -> None:
    out = resampled(tone(0.5, VOICE_RATE, hertz), VOICE_RATE, SAMPLE_RATE)
    assert np.abs(out[800:-800]).max() < 0.5 * 10 ** (-70 / 20)


def test_any_cut_equals_the_whole() -> None:
    sound = np.random.default_rng(1).normal(0, 0.1, 3200).astype(np.float32)
    whole = resampled(sound, SAMPLE_RATE, 44_100, 0.001, cut=3200)
    for cut in (7, 77, 640, 2560):
        again = resampled(sound, SAMPLE_RATE, 44_100, 0.001, cut)
        np.testing.assert_allclose(again, whole, atol=2e-5)


@pytest.mark.parametrize("rates", [(16_000, 48_000), (48_000, 16_000), (48_000, 48_000)])
@pytest.mark.parametrize("cut", [7, 640])
def test_few_phases_sound_as_any_place_between_two_frames(rates: tuple[int, int], cut: int) -> None:
    sound = np.random.default_rng(1).normal(0, 0.1, 6400).astype(np.float32)
    barely = resampled(sound, *rates, pace=1e-12, cut=cut)  # each frame's weights are worked out
    np.testing.assert_allclose(resampled(sound, *rates, cut=cut), barely, atol=2e-6)


def test_each_channel_is_heard_as_if_it_were_alone() -> None:
    resampler = SincResampler(44_100, VOICE_RATE)
    both = np.stack([tone(0.1, 44_100), tone(0.1, 44_100, 700.0)], 1)
    out, _ = resampler(both, resampler.start(2))
    for channel in range(2):
        alone, _ = resampler(both[:, channel : channel + 1], resampler.start())
        np.testing.assert_allclose(out[:, channel], alone[:, 0], atol=1e-6)


def test_the_length_is_that_of_the_sound_at_its_pace() -> None:
    for pace in (-0.002, 0.0, 0.002):
        count = len(resampled(tone(4.0), SAMPLE_RATE, VOICE_RATE, pace))
        assert count / VOICE_RATE == pytest.approx(4.0 / (1 + pace), abs=2e-3)


@pytest.mark.parametrize("rate", [16_000, 22_050, 44_100, 48_000, 96_000])
def test_what_comes_out_lies_where_it_lay(rate: int) -> None:
    click = np.zeros(rate // 10, np.float32)
    click[rate // 20] = 1
    out = resampled(click, rate, VOICE_RATE)
    assert np.argmax(np.abs(out)) == pytest.approx(rate // 20 * VOICE_RATE / rate, abs=1)


def test_what_has_to_come_at_once_comes_half_a_width_late() -> None:
    resampler = SincResampler(SAMPLE_RATE, VOICE_RATE)
    click = np.zeros((640, 1), np.float32)
    click[320] = 1
    out, _ = resampler(click, resampler.start_at_once())
    assert len(out) == 3 * 640
    assert np.argmax(out) == 3 * (320 + WIDTH // 2)


def test_a_piece_widened_is_always_three_times_as_long() -> None:
    resampler = SincResampler(SAMPLE_RATE, VOICE_RATE)
    state = resampler.start_at_once()
    for count in np.random.default_rng(2).integers(1, 900, 500):
        out, state = resampler(np.zeros((count, 1), np.float32), state)
        assert len(out) == 3 * count


def test_a_changing_pace_makes_no_click() -> None:
    resampler, parts = SincResampler(SAMPLE_RATE, VOICE_RATE), []
    state = resampler.start()
    for number, piece in enumerate(np.split(tone(2.0)[:, None], 50)):
        part, state = resampler(piece, state, 0.002 * (-1) ** number)
        parts.append(part)
    bend = np.abs(np.diff(np.concatenate(parts)[4800:, 0], 2)).max()
    assert bend < 1.05 * 0.5 * (2 * np.pi * 440 * 1.002 / VOICE_RATE) ** 2


def test_the_state_stays_small() -> None:
    resampler = SincResampler(SAMPLE_RATE, 44_100)
    state = resampler.start()
    for piece in np.split(tone(4.0)[:, None], 100):
        _, state = resampler(piece, state, 0.0015)
    assert isinstance(state, SincState)
    assert len(state.tail) == WIDTH - 1
    assert 0 <= state.place < 1
