"""For use without training: the steps up with their shortcuts inside their convolutions.

A shortcut up only repeats channels, and that is a convolution too: added to the learned one it
gives the same, with less to be moved through memory. What is folded is not to be saved or trained.
"""

import torch
from torch import Tensor, nn
from torch.nn import functional

from core.model.decoder import Head
from core.model.shortcuts import SpaceUp, TimeUp, matched


def fold_shortcuts(network: nn.Module) -> None:
    """Take all shortcuts of steps up, and of heads, into their convolutions, in place."""
    for step in network.modules():
        if isinstance(step, SpaceUp | TimeUp | Head) and step.shortcut:
            mix = step.mix.mix
            with torch.no_grad():
                _present(mix, time=isinstance(step, TimeUp)).add_(_repeating(step, mix))
            step.shortcut = False


def _present(mix: nn.Conv2d, time: bool) -> Tensor:
    """Return the part of a kernel that sees a place itself: (outputs, inputs)."""
    height, width = mix.kernel_size
    return mix.weight[:, :, height - 1 if time else height // 2, width // 2]


def _repeating(step: SpaceUp | TimeUp | Head, mix: nn.Conv2d) -> Tensor:
    """Return what a shortcut does to channels, (outputs, inputs)."""
    alone = torch.eye(mix.in_channels).to(mix.weight)
    if isinstance(step, TimeUp):
        return alone.repeat(step.factor, 1)
    wanted = step.painted if isinstance(step, Head) else mix.out_channels
    return functional.pad(matched(alone, wanted).T, (0, 0, 0, mix.out_channels - wanted))
