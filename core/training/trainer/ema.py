"""Exponential moving average (EMA) of a network's weights, which is what is exported."""

import torch
from torch import nn

from core.training.trainer import distributed


def ema_decay_at(decay: float, steps: int) -> float:
    """Return the decay after so many steps: at first small, so that the start is soon forgotten."""
    return min(decay, (1 + steps) / (10 + steps))


@torch.no_grad()
def update_ema(ema: nn.Module, network: nn.Module, decay: float) -> None:
    """Move the average towards the network's weights; what is no float is copied."""
    averages, weights = dict(ema.state_dict()), dict(network.state_dict())
    floats = [name for name, tensor in averages.items() if tensor.is_floating_point()]
    pairs = (
        distributed.split_sharded([state[name] for name in floats]) for state in (averages, weights)
    )
    for ours, theirs in zip(*pairs, strict=True):
        torch._foreach_lerp_(ours, theirs, 1 - decay)
    for name in averages.keys() - floats:
        averages[name].copy_(weights[name])
