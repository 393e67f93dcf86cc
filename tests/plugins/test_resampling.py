"""Any rate in, ours out."""

import numpy as np
import pytest

from plugins.resampling import Resampler
from tests.fakes import tone


@pytest.mark.parametrize("rate", [8_000, 16_000, 22_050, 44_100, 48_000, 96_000])
def test_a_tone_keeps_its_pitch_length_and_place_however_it_is_cut(rate: int) -> None:
    resampler, sound = Resampler(rate), tone(1.0, rate)
    for piece in np.array_split(sound, 37):
        resampler.put(piece)
    resampler.finish()
    out = resampler.take(10**6)
    assert len(out) == 16_000
    assert np.abs(out - tone(1.0))[200:-200].max() < 0.01


def test_pieces_of_any_size_are_taken() -> None:
    resampler = Resampler(16_000)
    resampler.put(np.arange(100, dtype=np.float32))
    resampler.finish()
    taken = [resampler.take(n) for n in (30, 50, 50, 5)]
    assert [len(t) for t in taken] == [30, 50, 20, 0]
    assert np.concatenate(taken).tolist() == list(range(100))


def test_after_finishing_it_begins_anew() -> None:
    resampler = Resampler(48_000)
    for _ in range(2):
        resampler.put(tone(0.5, 48_000))
        resampler.finish()
        assert len(resampler.take(10**6)) == 8_000


def test_what_was_not_taken_can_be_forgotten() -> None:
    resampler = Resampler(48_000)
    resampler.put(tone(0.5, 48_000))
    assert resampler.forget() > 7_000
    assert len(resampler) == 0
