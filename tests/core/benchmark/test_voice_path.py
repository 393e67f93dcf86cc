"""What the voice's benchmark says of sound that is known."""

import numpy as np
import pytest

from core.audio import VOICE_RATE, Sound
from core.benchmark.live_probe import Probe
from core.benchmark.voice_path import LOUD, _fitted, _losses
from tests.fakes import tone, voiced


@pytest.mark.parametrize("hertz", [1000.0, 11_000.0, 15_000.0])
def test_a_tone_is_found_though_its_pace_was_bent(hertz: float) -> None:
    bent = tone(1.0, VOICE_RATE, hertz * 1.0013) * np.float32(0.5 / LOUD)
    level, rest = _fitted(bent, hertz)
    assert level == pytest.approx(20 * np.log10(0.25 / LOUD / LOUD), abs=0.01)
    assert rest < -80


def test_distortion_is_told_from_the_tone() -> None:
    harmonic = np.float32(0.001) * tone(1.0, VOICE_RATE, 2000.0)
    _, rest = _fitted(tone(1.0, VOICE_RATE, 1000.0) + harmonic, 1000.0)
    assert rest == pytest.approx(-60, abs=0.5)


def test_what_is_not_heard_is_nan() -> None:
    assert np.isnan(_fitted(np.zeros(0, np.float32), 1000.0)).all()


def test_lost_speech_is_counted_by_its_stream_time() -> None:
    probe = Probe()
    for start in (0, 640, 3840, 4480):
        probe.play(voiced(Sound(np.zeros(640, np.float32), start, 0.0)))
    lost, _ = _losses(probe)
    assert lost.name == "speech lost"
    assert lost.value == pytest.approx((3840 - 1280) / 16_000)
