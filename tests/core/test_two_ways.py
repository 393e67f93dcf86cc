"""One sound, two ways: both say the same at the same time, however the frames are cut."""

import numpy as np
import pytest

from core.audio import VOICE_RATE, WIDER, Sound, voice_of
from core.resampling import WIDTH, Frames
from core.two_ways import OpenConverter, SincConverter, TwoWays, Widening
from plugins.resampling import SoxrConverter
from tests.fakes import sine_in, tone, voiced

CONVERTERS = pytest.mark.parametrize("converter", [SincConverter, SoxrConverter])


def both(frames: Frames, rate: int, converter: OpenConverter, cut: int = 441) -> Sound:
    ways = TwoWays(rate, converter)
    for at in range(0, len(frames), cut):
        ways.put(frames[at : at + cut])
    ways.finish()
    samples, voice, _ = ways.take(10**6)
    assert len(ways) == 0
    return Sound(samples, 0, 0.0, voice)


@CONVERTERS
@pytest.mark.parametrize("rate", [8_000, 16_000, 22_050, 44_100, 48_000, 96_000])
def test_a_tone_keeps_its_pitch_length_and_place_on_both(
    rate: int, converter: OpenConverter
) -> None:
    sound = both(tone(1.0, rate)[:, None], rate, converter)
    assert len(sound.samples) == 16_000
    assert voice_of(sound).shape == (48_000, 1)
    assert np.abs(sound.samples - tone(1.0))[200:-200].max() < 0.01
    assert np.abs(voice_of(sound)[:, 0] - tone(1.0, VOICE_RATE))[600:-600].max() < 0.01


@CONVERTERS
@pytest.mark.parametrize("hertz", [1000, 11_000, 15_000])
def test_people_hear_what_the_avatar_cannot(hertz: int, converter: OpenConverter) -> None:
    sound = both(tone(1.0, 44_100, hertz)[:, None], 44_100, converter)
    level, rest = sine_in(voice_of(sound)[4800:-4800, 0], hertz, VOICE_RATE)
    assert abs(20 * np.log10(level / 0.5)) < 0.1
    assert rest < -80


def test_sound_at_48_khz_reaches_people_untouched() -> None:
    noise = np.random.default_rng(1).uniform(-1, 1, (4800, 2)).astype(np.float32)
    np.testing.assert_array_equal(
        voice_of(both(noise, VOICE_RATE, SincConverter))[960:], noise[960:]
    )


def test_what_happens_now_is_held_back_for_less_than_two_milliseconds() -> None:
    ways = TwoWays(VOICE_RATE)
    for number in range(1, 100):
        ways.put(np.zeros((480, 1), np.float32))
        assert number * 160 - len(ways) <= 32


@pytest.mark.parametrize("converter", [SincConverter, SoxrConverter])
def test_two_channels_stay_two_for_people(converter: OpenConverter) -> None:
    frames = np.stack([tone(2.0, 44_100, 300), tone(2.0, 44_100, 500)], 1)
    voice = voice_of(both(frames, 44_100, converter))
    for channel, hertz in ((0, 300), (1, 500)):
        _, rest = sine_in(voice[48_000:90_000, channel], hertz, VOICE_RATE)
        assert rest < -60


def test_a_voice_on_one_cable_of_two_is_heard_in_both_ears() -> None:
    frames = np.zeros((48_000, 2), np.float32)
    frames[:, 0] = tone(1.0, VOICE_RATE)
    voice = voice_of(both(frames, VOICE_RATE, SincConverter))
    np.testing.assert_array_equal(voice[24_000:, 0], voice[24_000:, 1])
    assert voice[24_000:].max() > 0.2


def test_channels_that_cancel_are_heard_by_everybody() -> None:
    frames = np.stack([tone(1.0, VOICE_RATE), -tone(1.0, VOICE_RATE)], 1)
    sound = both(frames, VOICE_RATE, SincConverter)
    assert np.abs(sound.samples[8000:]).max() > 0.4
    assert np.abs(voice_of(sound)[24_000:].mean(axis=1)).max() > 0.4


def test_six_channels_become_what_the_avatar_hears() -> None:
    frames = np.zeros((48_000, 6), np.float32)
    frames[:, 2] = tone(1.0, VOICE_RATE)
    voice = voice_of(both(frames, VOICE_RATE, SincConverter))
    assert voice.shape[1] == 1
    np.testing.assert_allclose(voice[4800:, 0], tone(1.0, VOICE_RATE)[4800:], atol=1e-6)


def test_nothing_is_louder_than_full_scale() -> None:
    square = np.where(np.arange(44_100) // 50 % 2, 1.0, -1.0).astype(np.float32)[:, None]
    sound = both(square, 44_100, SoxrConverter)
    assert np.abs(sound.samples).max() <= 1
    assert np.abs(voice_of(sound)).max() <= 1


def test_after_forgetting_and_after_finishing_it_begins_anew() -> None:
    ways = TwoWays(44_100)
    ways.put(tone(0.5, 44_100)[:, None])
    ways.forget()
    assert len(ways) == 0
    for _ in range(2):
        ways.put(tone(0.5, 44_100)[:, None])
        ways.finish()
        assert len(ways.take(10**6).samples) == 8000


def test_a_source_may_change_its_channels() -> None:
    ways = TwoWays(VOICE_RATE)
    ways.put(np.zeros((4800, 1), np.float32))
    ways.put(np.stack([tone(0.5, VOICE_RATE)] * 2, 1))
    samples, voice, _ = ways.take(8000)
    assert len(voice_of(Sound(samples, 0, 0.0, voice))) == WIDER * len(samples)


def test_a_source_with_samples_alone_is_given_a_voice() -> None:
    widened, parts = Widening(), []
    for piece in np.split(tone(1.0), 25):
        sound = widened(Sound(piece, 0, 0.0))
        parts.append(voice_of(sound))
        assert len(parts[-1]) == WIDER * len(piece)
    late = WIDER * WIDTH // 2
    expected = tone(1.0, VOICE_RATE)[:-late]
    np.testing.assert_allclose(np.concatenate(parts)[late:, 0][1000:], expected[1000:], atol=0.005)


def test_a_source_that_has_a_voice_keeps_it() -> None:
    sound = voiced(Sound(tone(0.1), 0, 0.0))
    assert Widening()(sound) is sound
