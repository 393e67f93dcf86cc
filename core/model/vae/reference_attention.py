"""D_ref: the decoder looks at the references, frame by frame (2606.01620).

Self-attention within each frame, then cross-attention to what E1 sees in all references. Keys and
values of the references do not depend on the video: they are computed once for a profile.
"""

from typing import NamedTuple

import torch
from torch import Tensor, nn
from torch.nn import functional

from core.model.attention import FullAttention, MultiHeadAttention
from core.model.grid import grid_rotation
from core.model.module_list import TypedModuleList
from core.model.rotary import Rotation, apply_rotary
from core.model.vae.layers import rms_norm
from core.model.vae.resampling import channels_to_space, space_to_channels
from core.model.vae.vae_config import ReferenceAttentionConfig


class CrossKeyValues(NamedTuple):
    """What the references offer to one block, (batch, heads, references * tokens, head width)."""

    keys: Tensor
    """Rotated."""
    values: Tensor


class HeadProjection(nn.Module):
    """Tokens (batch, n, width) to normed and rotated heads (batch, heads, n, head width)."""

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
    """Queries look at keys that somebody may have computed long ago."""

    def __init__(self, width: int, heads: int) -> None:
        super().__init__()
        self.query, self.key = HeadProjection(width, heads), HeadProjection(width, heads)
        self.value = nn.Linear(width, width)
        self.out = nn.Linear(width, width)

    def key_values(self, x: Tensor, rotation: Rotation) -> CrossKeyValues:
        """Return what tokens (batch, n, width) offer."""
        values = self.value(x).unflatten(-1, (self.query.heads, -1)).transpose(1, 2)
        return CrossKeyValues(self.key(x, rotation), values)

    def forward(self, x: Tensor, key_values: CrossKeyValues, rotation: Rotation) -> Tensor:
        """Look from tokens (batch, n, width)."""
        seen = functional.scaled_dot_product_attention(self.query(x, rotation), *key_values)
        out: Tensor = self.out(seen.transpose(1, 2).flatten(2))
        return out


class ReferenceAttentionBlock(nn.Module):
    """Look within the frame, look at the references, think."""

    def __init__(self, config: ReferenceAttentionConfig) -> None:
        super().__init__()
        width = config.width
        self.self_attention = MultiHeadAttention(width, config.heads)
        self.cross_attention = CrossAttention(width, config.heads)
        self.mlp_in = nn.Linear(width, config.mlp_ratio * width)
        self.mlp_out = nn.Linear(config.mlp_ratio * width, width)

    def key_values(self, references: Tensor, rotation: Rotation) -> CrossKeyValues:
        """Return what references offer to this block: (batch, references * tokens, width)."""
        return self.cross_attention.key_values(rms_norm(references), rotation)

    def forward(self, x: Tensor, offered: CrossKeyValues, rotation: Rotation) -> Tensor:
        """Take (batch, time, tokens, width)."""
        batch, time, tokens, _ = x.shape
        own, _ = self.self_attention(rms_norm(x).flatten(0, 1), FullAttention(rotation))
        x = x + own.view_as(x)
        if offered.keys.shape[2]:
            queries = rms_norm(x).flatten(1, 2)
            seen = self.cross_attention(queries, offered, tile_rotation(rotation, time))
            x = x + seen.view(batch, time, tokens, -1)
        inner = functional.silu(self.mlp_in(rms_norm(x)))
        out: Tensor = x + self.mlp_out(inner)
        return out


class ReferenceAttention(nn.Module):
    """All of D_ref, beside a shortcut; nothing but the shortcut before it is trained."""

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
        """Return what references offer to each block, from their mid level.

        `features` is (batch, references, h, w, channels); the order of references tells nothing.
        """
        x = self.reference_proj(space_to_channels(features, self.config.patch_size))
        rotation = tile_rotation(self._rotation(x), x.shape[1])
        return tuple(block.key_values(x.flatten(1, 3), rotation) for block in self.blocks)

    def forward(self, x: Tensor, offered: tuple[CrossKeyValues, ...]) -> Tensor:
        """Take the mid level, (batch, time, h, w, channels)."""
        cells = self.input_proj(space_to_channels(x, self.config.patch_size))
        rotation = self._rotation(cells)
        tokens = cells.flatten(2, 3)
        for block, keys in zip(self.blocks, offered, strict=True):
            tokens = block(tokens, keys, rotation)
        seen = self.out(rms_norm(tokens)).view(*cells.shape[:4], -1)
        return x + channels_to_space(seen, self.config.patch_size)

    def _rotation(self, cells: Tensor) -> Rotation:
        height, width = cells.shape[2:4]
        return grid_rotation(height, width, self.config.width // self.config.heads, cells.device)


def tile_rotation(rotation: Rotation, times: int) -> Rotation:
    """Return the rotation of several pictures' tokens in a row."""
    if times == 1:
        return rotation
    return Rotation(*(part.repeat(times, 1) for part in rotation))
