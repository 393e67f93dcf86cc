"""Reference attention (D_ref): the decoder's cross-attention to reference photos (2606.01620).

A transformer over each frame of the mid level: self-attention within the frame, cross-attention to
E1's features of all references, MLP. Keys and values of the references do not depend on the video:
they are computed once for a profile.
"""

from typing import NamedTuple

import torch
from torch import Tensor, nn
from torch.nn import functional

from core.model.attention import FullAttention, MultiHeadAttention
from core.model.module_list import TypedModuleList
from core.model.rotary import Rotation, apply_rotary, grid_rotation
from core.model.vae.layers import rms_norm
from core.model.vae.resampling import channels_to_space, space_to_channels
from core.model.vae.vae_config import ReferenceAttentionConfig


class CrossKeyValues(NamedTuple):
    """Keys and values of the references, (batch, heads, references * tokens, head_width)."""

    keys: Tensor
    """Rotated."""
    values: Tensor


class HeadProjection(nn.Module):
    """Tokens (batch, n, width) to RMS-normed, rotated heads (batch, heads, n, head_width)."""

    def __init__(self, width: int, heads: int) -> None:
        super().__init__()
        self.heads = heads
        self.linear = nn.Linear(width, width)
        self.gain = nn.Parameter(torch.ones(width // heads))

    def forward(self, x: Tensor, rotation: Rotation) -> Tensor:
        """Return queries or keys."""
        y = rms_norm(self.linear(x).unflatten(-1, (self.heads, -1))).transpose(1, 2)
        return apply_rotary(y * self.gain.to(y), rotation)


class CrossAttention(nn.Module):
    """Multi-head cross-attention with QK norm, to precomputed keys and values."""

    def __init__(self, width: int, heads: int) -> None:
        super().__init__()
        self.query, self.key = HeadProjection(width, heads), HeadProjection(width, heads)
        self.value = nn.Linear(width, width)
        self.out = nn.Linear(width, width)

    def key_values(self, x: Tensor, rotation: Rotation) -> CrossKeyValues:
        """Return keys and values of tokens (batch, n, width)."""
        values = self.value(x).unflatten(-1, (self.query.heads, -1)).transpose(1, 2)
        return CrossKeyValues(self.key(x, rotation), values)

    def forward(self, x: Tensor, key_values: CrossKeyValues, rotation: Rotation) -> Tensor:
        """Take and return tokens (batch, n, width)."""
        y = functional.scaled_dot_product_attention(self.query(x, rotation), *key_values)
        out: Tensor = self.out(y.transpose(1, 2).flatten(2))
        return out


class ReferenceAttentionBlock(nn.Module):
    """Pre-norm transformer block: self-attention in the frame, cross-attention, MLP."""

    def __init__(self, config: ReferenceAttentionConfig) -> None:
        super().__init__()
        width = config.width
        self.self_attention = MultiHeadAttention(width, config.heads)
        self.cross_attention = CrossAttention(width, config.heads)
        self.mlp_in = nn.Linear(width, config.mlp_ratio * width)
        self.mlp_out = nn.Linear(config.mlp_ratio * width, width)

    def key_values(self, references: Tensor, rotation: Rotation) -> CrossKeyValues:
        """Return this block's keys and values of references (batch, references * tokens, width)."""
        return self.cross_attention.key_values(rms_norm(references), rotation)

    def forward(self, x: Tensor, key_values: CrossKeyValues, rotation: Rotation) -> Tensor:
        """Take and return (batch, time, tokens, width)."""
        batch, time, tokens, _ = x.shape
        y, _ = self.self_attention(rms_norm(x).flatten(0, 1), FullAttention(rotation))
        x = x + y.view_as(x)
        if key_values.keys.shape[2]:
            queries = rms_norm(x).flatten(1, 2)
            y = self.cross_attention(queries, key_values, tile_rotation(rotation, time))
            x = x + y.view(batch, time, tokens, -1)
        hidden = functional.silu(self.mlp_in(rms_norm(x)))
        out: Tensor = x + self.mlp_out(hidden)
        return out


class ReferenceAttention(nn.Module):
    """The blocks of D_ref on a residual path; zero-initialised: an identity at first."""

    def __init__(self, mid: int, features: int, config: ReferenceAttentionConfig) -> None:
        super().__init__()
        self.config = config
        cell = config.patch_size**2
        self.input_proj = nn.Linear(mid * cell, config.width)
        self.reference_proj = nn.Linear(features * cell, config.width)
        self.blocks: TypedModuleList[ReferenceAttentionBlock] = TypedModuleList(
            ReferenceAttentionBlock(config) for _ in range(config.blocks)
        )
        self.out = nn.Linear(config.width, mid * cell)
        nn.init.zeros_(self.out.weight)
        nn.init.zeros_(self.out.bias)

    def key_values(self, features: Tensor) -> tuple[CrossKeyValues, ...]:
        """Return each block's keys and values of the references, from their mid level.

        `features` is (batch, references, h, w, channels); the order of references has no effect.
        """
        x = self.reference_proj(space_to_channels(features, self.config.patch_size))
        rotation = tile_rotation(self._rotation(x), x.shape[1])
        return tuple(block.key_values(x.flatten(1, 3), rotation) for block in self.blocks)

    def forward(self, x: Tensor, key_values: tuple[CrossKeyValues, ...]) -> Tensor:
        """Take and return the mid level, (batch, time, h, w, channels)."""
        cells = self.input_proj(space_to_channels(x, self.config.patch_size))
        rotation = self._rotation(cells)
        tokens = cells.flatten(2, 3)
        for block, references in zip(self.blocks, key_values, strict=True):
            tokens = block(tokens, references, rotation)
        y = self.out(rms_norm(tokens)).view(*cells.shape[:4], -1)
        return x + channels_to_space(y, self.config.patch_size)

    def _rotation(self, cells: Tensor) -> Rotation:
        height, width = cells.shape[2:4]
        return grid_rotation(height, width, self.config.width // self.config.heads, cells.device)


def tile_rotation(rotation: Rotation, times: int) -> Rotation:
    """Return the rotation of several pictures' tokens, one picture after another."""
    if times == 1:
        return rotation
    return Rotation(*(part.repeat(times, 1) for part in rotation))
