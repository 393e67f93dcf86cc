"""The generator's layers, and the flow's time as what modulates them."""

from collections.abc import Sequence
from typing import NamedTuple

import torch
from torch import Tensor, nn
from torch.nn import functional

from core.model.attention import AttentionPattern, KeyValues, MultiHeadAttention

TIMESTEP_FEATURES = 256
TIMESTEP_FREQUENCIES = (0.1, 1000.0)
"""Slowest and fastest sine that tells times in [0, 1] apart, in radians."""

INITIAL_MODULATION = (0.0, 1.0, 0.0, 0.0, 1.0, 0.0)
"""Shift, scale and gate of a layer's attention, then of its perceptron, before training."""


class Modulation(NamedTuple):
    """What a time of the flow means to the network, per latent: computed once for a stream."""

    layers: Tensor
    """Shift, scale and gate of each layer's attention, then of its perceptron, (layers, 6, batch,
    latents, 1, width)."""
    final: Tensor
    """Shift and scale of what becomes the velocity, (2, batch, latents, 1, width)."""


class TimestepEmbedder(nn.Module):
    """The flow's time as what modulates the network."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.linear_in = nn.Linear(TIMESTEP_FEATURES, width)
        self.linear_out = nn.Linear(width, width)
        self.modulation = nn.Linear(width, 6 * width)
        nn.init.zeros_(self.modulation.weight)
        nn.init.zeros_(self.modulation.bias)

    def forward(self, timestep: Tensor) -> tuple[Tensor, Tensor]:
        """Tell what times, (batch, latents) in [0, 1], mean.

        Returns a signal (batch, latents, width), and what all layers share: (batch, latents, 6,
        width).
        """
        steps = torch.linspace(0, 1, TIMESTEP_FEATURES // 2, device=timestep.device)
        slowest, fastest = TIMESTEP_FREQUENCIES
        angle = timestep.float()[..., None] * slowest * (fastest / slowest) ** steps
        waves = torch.cat([angle.cos(), angle.sin()], -1).to(self.linear_in.weight.dtype)
        signal = self.linear_out(functional.silu(self.linear_in(waves)))
        return signal, self.modulation(functional.silu(signal)).unflatten(-1, (6, -1))


class DiTBlock(nn.Module):
    """Attention and a perceptron, each modulated by time."""

    def __init__(self, width: int, heads: int, expansion: int) -> None:
        super().__init__()
        self.attention = MultiHeadAttention(width, heads)
        self.mlp_in = nn.Linear(width, expansion * width)
        self.mlp_out = nn.Linear(expansion * width, width)

    def forward(
        self, x: Tensor, rows: Sequence[Tensor], pattern: AttentionPattern
    ) -> tuple[Tensor, KeyValues]:
        """Take (batch, latents, tokens, width); return the same and what attention offered.

        `rows` are the layer's six of a `Moment`, (batch, latents, 1, width) each.
        """
        seen, offered = self.attention(modulate(x, *rows[:2]).flatten(1, 2), pattern)
        x = torch.addcmul(x, rows[2], seen.view_as(x))
        inner = functional.silu(self.mlp_in(modulate(x, *rows[3:5])))
        return torch.addcmul(x, rows[5], self.mlp_out(inner)), offered


def store_weights_column_major(network: nn.Module) -> None:
    """Store weights as a processor without a graphics card wants them for a block of few tokens.

    A small product with a weight as it is trained runs on one core and several times slower; the
    numbers and their names stay the same.
    """
    for module in network.modules():
        if isinstance(module, nn.Linear):
            weight = module.weight.detach().t().contiguous().t()
            module.weight = nn.Parameter(weight, requires_grad=False)


def modulate(x: Tensor, shift: Tensor, scale: Tensor) -> Tensor:
    """Return (..., width) of mean 0 and variance 1, then scaled and shifted."""
    if shift.numel() == x.shape[-1]:  # one pass instead of two, and rounded once
        return functional.layer_norm(x, x.shape[-1:], scale.flatten(), shift.flatten())
    return torch.addcmul(shift, functional.layer_norm(x, x.shape[-1:]), scale)
