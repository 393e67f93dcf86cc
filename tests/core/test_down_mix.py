"""Channels that cancel or are silent take nothing from the voice."""

import numpy as np
import pytest
from numpy.typing import NDArray

from core.audio import Samples
from core.down_mix import DownMix
from tests.fakes import tone

RATE = 16_000


def mixed(frames: NDArray[np.float32], size: int = 640) -> Samples:
    mix = DownMix(RATE)
    return np.concatenate([mix(frames[at : at + size]) for at in range(0, len(frames), size)])


def level(samples: Samples) -> float:
    return float(np.sqrt(np.square(samples).mean()))


@pytest.mark.parametrize(("channels", "used"), [(6, 2), (8, 0), (64, 63), (3, 1)])
def test_one_of_many_channels_is_as_loud_as_it_is(channels: int, used: int) -> None:
    frames = np.zeros((RATE, channels), np.float32)
    frames[:, used] = tone(1.0)
    np.testing.assert_allclose(mixed(frames), tone(1.0), atol=1e-6)


@pytest.mark.parametrize("other", [-1.0, -0.9, -1.1])
def test_channels_that_cancel_are_heard(other: float) -> None:
    frames = np.stack([tone(1.0), other * tone(1.0)], 1).astype(np.float32)
    assert level(mixed(frames)) > 0.9 * level(tone(1.0))


def test_noise_in_the_channels_that_are_not_used_changes_nothing() -> None:
    noise = np.random.default_rng(1).normal(0, 1e-3, (RATE, 8)).astype(np.float32)
    noise[:, 3] += tone(1.0)
    assert level(mixed(noise)) == pytest.approx(level(tone(1.0)), rel=0.05)


def test_rumble_does_not_take_the_voices_place() -> None:
    frames = np.zeros((RATE, 6), np.float32)
    frames[:, 2] = tone(1.0, RATE) / 2
    frames[:, 3] = 0.5 * np.sin(2 * np.pi * 40 * np.arange(RATE) / RATE) + 0.2
    assert np.abs(np.fft.rfft(mixed(frames)))[440] > 0.9 * np.abs(np.fft.rfft(tone(1.0) / 2))[440]


def test_channels_that_are_alike_are_mixed() -> None:
    frames = np.stack([tone(1.0), 0.6 * tone(1.0)], 1).astype(np.float32)
    np.testing.assert_allclose(mixed(frames), 0.8 * tone(1.0), atol=1e-6)


def test_another_channel_takes_over_without_a_click() -> None:
    frames = np.zeros((4 * RATE, 8), np.float32)
    frames[: 2 * RATE, 1] = tone(2.0)
    frames[2 * RATE :, 5] = tone(2.0)
    out = mixed(frames)
    assert level(out[: 2 * RATE]) == pytest.approx(level(tone(1.0)), rel=0.02)
    assert level(out[3 * RATE :]) == pytest.approx(level(tone(1.0)), rel=0.02)
    assert np.abs(np.diff(out)).max() < 1.5 * np.abs(np.diff(tone(1.0))).max()


def test_silence_first_decides_nothing() -> None:
    frames = np.zeros((2 * RATE, 8), np.float32)
    frames[RATE:, 4] = tone(1.0)
    assert level(mixed(frames)[RATE + 1280 :]) == pytest.approx(level(tone(1.0)), rel=0.02)


def test_pieces_of_any_length_are_taken() -> None:
    frames = np.zeros((100, 4), np.float32)
    mix = DownMix(RATE)
    assert [len(mix(frames[:count])) for count in (0, 1, 7, 8, 9, 100)] == [0, 1, 7, 8, 9, 100]
