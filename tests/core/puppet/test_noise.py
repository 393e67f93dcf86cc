"""Randomness without memory: any moment can be asked for at any time."""

import torch
from torch import Tensor

from core.puppet.noise import uniform, wander

PERIODS = torch.tensor([2.3, 0.6, 7.0], dtype=torch.float64)
SEEDS = torch.tensor([7, 8])


def _seconds(count: int, start: float = 0.0) -> Tensor:
    return start + torch.arange(count, dtype=torch.float64) / 25


def test_a_number_depends_on_seed_channel_and_slot_alone() -> None:
    seed, channel, slot = torch.meshgrid(*[torch.arange(5)] * 3, indexing="ij")
    table = uniform(seed, channel, slot)
    assert len(set(table.flatten().tolist())) == table.numel()
    for place in ((0, 0, 0), (4, 1, 3), (2, 4, 0)):
        assert uniform(*(torch.tensor(index) for index in place)) == table[place]


def test_numbers_are_spread_evenly_and_know_nothing_of_their_neighbours() -> None:
    for step in ((1, 0, 0), (0, 1, 0), (0, 0, 1)):
        at = torch.arange(20_000)
        seed, channel, slot = (3 + factor * at for factor in step)
        x = uniform(seed, channel, slot)
        assert x.min() >= 0
        assert x.max() < 1
        tenths = torch.histc(x, 10, 0, 1) / len(x)
        assert (tenths - 0.1).abs().max() < 0.01
        assert torch.corrcoef(torch.stack([x[1:], x[:-1]]))[0, 1].abs() < 0.03


def test_wandering_is_the_same_however_time_is_cut() -> None:
    time = _seconds(200)
    whole = wander(SEEDS, PERIODS, time)
    for cuts in ([1] * 200, [199, 1], [30, 170]):
        pieces = [wander(SEEDS, PERIODS, piece) for piece in torch.split(time, cuts)]
        torch.testing.assert_close(torch.cat(pieces, 2), whole, rtol=0, atol=1e-6)
    alone = wander(SEEDS[1:], PERIODS, time)
    torch.testing.assert_close(alone, whole[1:], rtol=0, atol=1e-6)


def test_wandering_is_smooth_and_about_as_wide_as_promised() -> None:
    curve = wander(torch.arange(8), PERIODS, _seconds(20_000))
    assert curve.mean((0, 2)).abs().max() < 0.1
    assert (curve.std((0, 2)) - 1).abs().max() < 0.15
    slow = curve[:, [0, 2]]
    assert slow.diff(dim=2).abs().max() < 0.25
    assert slow.diff(dim=2).diff(dim=2).abs().max() < 0.06


def test_hours_later_it_is_as_smooth_and_something_else() -> None:
    early, late = (wander(SEEDS, PERIODS, _seconds(500, start)) for start in (0.0, 90_000.0))
    assert (early - late).abs().mean() > 0.5
    assert late[:, [0, 2]].diff(dim=2).abs().max() < 0.25
