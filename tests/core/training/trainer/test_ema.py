"""The exponential moving average of weights."""

import pytest
import torch
from torch import nn

from core.training.trainer.ema import ema_decay_at, update_ema


def test_an_average_moves_by_its_decay_and_counts_are_copied() -> None:
    ema, network = nn.BatchNorm1d(3), nn.BatchNorm1d(3)
    with torch.no_grad():
        network.weight.fill_(2.0)
    assert network.num_batches_tracked is not None
    network.num_batches_tracked.fill_(5)
    update_ema(ema, network, 0.75)
    assert ema.weight.tolist() == pytest.approx([1.25] * 3)
    assert ema.num_batches_tracked == 5


def test_the_start_is_soon_forgotten() -> None:
    assert ema_decay_at(0.999, 1) == pytest.approx(2 / 11)
    assert ema_decay_at(0.999, 100_000) == 0.999
