"""Diffusion transformer (DiT) layer with adaLN modulation, and the timestep embedding behind it."""

from collections.abc import Sequence
from typing import NamedTuple

import torch
from torch import Tensor, nn
from torch.nn import functional

from core.model.attention import AttentionPattern, KeyValues, MultiHeadAttention

TIMESTEP_FEATURES = 256
"""Sines and cosines of the timestep embedding."""
TIMESTEP_FREQUENCIES = (0.1, 1000.0)
"""Slowest and fastest sine for timesteps in [0, 1], in radians."""


class Modulation(NamedTuple):
    """AdaLN modulation of all layers at a timestep per latent; computed once for a stream."""

    layers: Tensor
    """Shift, scale and gate of each layer's attention, then of its MLP, (layers, 6, batch,
    latents, 1, width)."""
    final: Tensor
    """Shift and scale before the velocity projection, (2, batch, latents, 1, width)."""


class TimestepEmbedder(nn.Module):
    """Timestep embedding, and the modulation that all layers share (adaLN-single, 2310.00426)."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.linear_in = nn.Linear(TIMESTEP_FEATURES, width)
        self.linear_out = nn.Linear(width, width)
        self.modulation = nn.Linear(width, 6 * width)

    def forward(self, timestep: Tensor) -> tuple[Tensor, Tensor]:
        """Embed timesteps, (batch, latents) in [0, 1].

        Returns the embedding (batch, latents, width), and the shared modulation (batch, latents, 6,
        width).
        """
        steps = torch.linspace(0, 1, TIMESTEP_FEATURES // 2, device=timestep.device)
        slowest, fastest = TIMESTEP_FREQUENCIES
        angle = timestep.float()[..., None] * slowest * (fastest / slowest) ** steps
        waves = torch.cat([angle.cos(), angle.sin()], -1).to(self.linear_in.weight.dtype)
        embedding = self.linear_out(functional.silu(self.linear_in(waves)))
        return embedding, self.modulation(functional.silu(embedding)).unflatten(-1, (6, -1))


class DiTBlock(nn.Module):
    """DiT block: self-attention and MLP, each with adaLN shift, scale and gate."""

    def __init__(self, width: int, heads: int, mlp_ratio: int) -> None:
        super().__init__()
        self.attention = MultiHeadAttention(width, heads)
        self.mlp_in = nn.Linear(width, mlp_ratio * width)
        self.mlp_out = nn.Linear(mlp_ratio * width, width)

    def forward(
        self, x: Tensor, rows: Sequence[Tensor], pattern: AttentionPattern
    ) -> tuple[Tensor, KeyValues]:
        """Take (batch, latents, tokens, width); return the same, and attention's keys and values.

        `rows` are the layer's six of a `Modulation`, (batch, latents, 1, width) each.
        """
        y, key_values = self.attention(modulate(x, *rows[:2]).flatten(1, 2), pattern)
        x = torch.addcmul(x, rows[2], y.view_as(x))
        hidden = functional.silu(self.mlp_in(modulate(x, *rows[3:5])))
        return torch.addcmul(x, rows[5], self.mlp_out(hidden)), key_values


def store_weights_column_major(network: nn.Module) -> None:
    """Store linear weights column-major in memory: fast on a CPU for products with few rows.

    With row-major weights such a product runs on one core and several times slower. Values and
    parameter names stay the same.
    """
    for module in network.modules():
        if isinstance(module, nn.Linear):
            weight = module.weight.detach().t().contiguous().t()
            module.weight = nn.Parameter(weight, requires_grad=False)


def modulate(x: Tensor, shift: Tensor, scale: Tensor) -> Tensor:
    """Adaptive layer norm (adaLN): normalise (..., width), then scale and shift."""
    if shift.numel() == x.shape[-1]:  # one pass instead of two, and rounded once
        return functional.layer_norm(x, x.shape[-1:], scale.flatten(), shift.flatten())
    return torch.addcmul(shift, functional.layer_norm(x, x.shape[-1:]), scale)
