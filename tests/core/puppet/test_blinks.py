"""Blinks come by chance, about as often as is wanted, and depend on time alone."""

import numpy as np
import pytest

from core.puppet.blinks import BLINK_SLOT, Blinks
from core.video import FPS

SEEDS = np.arange(20)
TIME = np.arange(60 * FPS) / FPS


def count(shut: np.ndarray) -> float:
    """Return blinks of a portrait in its minute."""
    return float((np.diff((shut > 0.5).astype(int), axis=1) > 0).sum() / len(shut))


@pytest.mark.parametrize("rate", [0.5, 1.0, 2.0])
def test_people_blink_about_once_in_a_slot(rate: float) -> None:
    shut = Blinks(SEEDS, rate)(TIME)
    assert shut.shape == (20, 60 * FPS)
    assert 0 <= shut.min() < shut.max() <= 1
    assert count(shut) == pytest.approx(1.1 * rate * 60 / BLINK_SLOT, rel=0.15)


def test_nobody_blinks_who_is_not_to() -> None:
    assert not Blinks(SEEDS, 0.0)(TIME).any()


def test_any_cut_of_time_is_the_whole() -> None:
    blinks = Blinks(SEEDS)
    parts = [blinks(part) for part in np.split(TIME, [1, 4, 700])]
    assert np.array_equal(np.concatenate(parts, 1), blinks(TIME))
