"""Randomness without memory: any moment can be asked for at any time."""

import numpy as np
from numpy.typing import NDArray

from core.puppet.noise import hash_uniform, value_noise

PERIODS = np.array([2.3, 0.6, 7.0])
SEEDS = np.array([7, 8])


def _seconds(count: int, start: float = 0.0) -> NDArray[np.float64]:
    return start + np.arange(count) / 25


def test_a_number_depends_on_seed_channel_and_slot_alone() -> None:
    seed, channel, slot = np.indices((5, 5, 5))
    table = hash_uniform(seed, channel, slot)
    assert len(set(table.ravel().tolist())) == table.size
    for place in ((0, 0, 0), (4, 1, 3), (2, 4, 0)):
        assert hash_uniform(*(np.array([index]) for index in place)) == table[place]


def test_numbers_are_spread_evenly_and_know_nothing_of_their_neighbours() -> None:
    for step in ((1, 0, 0), (0, 1, 0), (0, 0, 1)):
        at = np.arange(20_000)
        seed, channel, slot = (3 + factor * at for factor in step)
        x = hash_uniform(seed, channel, slot)
        assert x.min() >= 0
        assert x.max() < 1
        tenths = np.histogram(x, 10, (0, 1))[0] / len(x)
        assert abs(tenths - 0.1).max() < 0.01
        assert abs(np.corrcoef(x[1:], x[:-1])[0, 1]) < 0.03


def test_wandering_is_the_same_however_time_is_cut() -> None:
    time = _seconds(200)
    whole = value_noise(SEEDS, PERIODS, time)
    for cuts in (range(1, 200), [199], [30]):
        pieces = [value_noise(SEEDS, PERIODS, piece) for piece in np.split(time, cuts)]
        np.testing.assert_allclose(np.concat(pieces, 2), whole, rtol=0, atol=1e-6)
    alone = value_noise(SEEDS[1:], PERIODS, time)
    np.testing.assert_allclose(alone, whole[1:], rtol=0, atol=1e-6)


def test_wandering_is_smooth_and_about_as_wide_as_promised() -> None:
    curve = value_noise(np.arange(8), PERIODS, _seconds(20_000))
    assert abs(curve.mean((0, 2))).max() < 0.1
    assert abs(curve.std((0, 2)) - 1).max() < 0.15
    slow = curve[:, [0, 2]]
    assert abs(np.diff(slow)).max() < 0.25
    assert abs(np.diff(slow, 2)).max() < 0.06


def test_hours_later_it_is_as_smooth_and_something_else() -> None:
    early, late = (value_noise(SEEDS, PERIODS, _seconds(500, start)) for start in (0.0, 90_000.0))
    assert abs(early - late).mean() > 0.5
    assert abs(np.diff(late[:, [0, 2]])).max() < 0.25
