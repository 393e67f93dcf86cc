"""D_ref: the decoder looks at the references, frame by frame (2606.01620).

Self-attention within each frame, then cross-attention to what E1 sees in all references. Keys and
values of the references do not depend on the video: they are computed once for a profile.
"""

from typing import NamedTuple

import torch
from torch import Tensor, nn
from torch.nn import functional

from core.model.attention import Alone, Attention
from core.model.layers import Row, normed
from core.model.plane import plane_rotation
from core.model.rotary import Rotation, rotate
from core.model.shortcuts import fold_space, unfold_space
from core.model.vae_config import GuidanceConfig


class ReferenceKeys(NamedTuple):
    """What the references offer to one block, (batch, heads, references * tokens, head width)."""

    keys: Tensor
    """Rotated."""
    values: Tensor


class Heads(nn.Module):
    """Tokens (batch, n, width) to normed and rotated heads (batch, heads, n, head width)."""

    def __init__(self, width: int, heads: int) -> None:
        super().__init__()
        self.heads = heads
        self.mix = nn.Linear(width, width)
        self.gain = nn.Parameter(torch.ones(width // heads))

    def forward(self, x: Tensor, rotation: Rotation) -> Tensor:
        """Return queries or keys."""
        y = normed(self.mix(x).unflatten(-1, (self.heads, -1))).transpose(1, 2)
        return rotate(y * self.gain.to(y), rotation)


class CrossAttention(nn.Module):
    """Queries look at keys that somebody may have computed long ago."""

    def __init__(self, width: int, heads: int) -> None:
        super().__init__()
        self.query, self.key = Heads(width, heads), Heads(width, heads)
        self.value = nn.Linear(width, width)
        self.out = nn.Linear(width, width)

    def offer(self, x: Tensor, rotation: Rotation) -> ReferenceKeys:
        """Return what tokens (batch, n, width) offer."""
        values = self.value(x).unflatten(-1, (self.query.heads, -1)).transpose(1, 2)
        return ReferenceKeys(self.key(x, rotation), values)

    def forward(self, x: Tensor, offered: ReferenceKeys, rotation: Rotation) -> Tensor:
        """Look from tokens (batch, n, width)."""
        seen = functional.scaled_dot_product_attention(self.query(x, rotation), *offered)
        out: Tensor = self.out(seen.transpose(1, 2).flatten(2))
        return out


class GuidanceBlock(nn.Module):
    """Look within the frame, look at the references, think."""

    def __init__(self, config: GuidanceConfig) -> None:
        super().__init__()
        width = config.width
        self.self_attention = Attention(width, config.heads)
        self.cross_attention = CrossAttention(width, config.heads)
        self.inner = nn.Linear(width, config.expansion * width)
        self.outer = nn.Linear(config.expansion * width, width)

    def offer(self, references: Tensor, rotation: Rotation) -> ReferenceKeys:
        """Return what references offer to this block: (batch, references * tokens, width)."""
        return self.cross_attention.offer(normed(references), rotation)

    def forward(self, x: Tensor, offered: ReferenceKeys, rotation: Rotation) -> Tensor:
        """Take (batch, time, tokens, width)."""
        batch, time, tokens, _ = x.shape
        own, _ = self.self_attention(normed(x).flatten(0, 1), Alone(rotation))
        x = x + own.view_as(x)
        if offered.keys.shape[2]:
            queries = normed(x).flatten(1, 2)
            seen = self.cross_attention(queries, offered, repeated(rotation, time))
            x = x + seen.view(batch, time, tokens, -1)
        inner = functional.silu(self.inner(normed(x)))
        out: Tensor = x + self.outer(inner)
        return out


class Guidance(nn.Module):
    """All of D_ref, beside a shortcut; nothing but the shortcut before it is trained."""

    def __init__(self, mid: int, features: int, config: GuidanceConfig) -> None:
        super().__init__()
        self.config = config
        cell = config.patch**2
        self.into = nn.Linear(mid * cell, config.width)
        self.of_reference = nn.Linear(features * cell, config.width)
        self.blocks: Row[GuidanceBlock] = Row(GuidanceBlock(config) for _ in range(config.blocks))
        self.out = nn.Linear(config.width, mid * cell)
        nn.init.zeros_(self.out.weight)
        nn.init.zeros_(self.out.bias)

    def offer(self, features: Tensor) -> tuple[ReferenceKeys, ...]:
        """Return what references offer to each block, from their mid level.

        `features` is (batch, references, h, w, channels); the order of references tells nothing.
        """
        x = self.of_reference(fold_space(features, self.config.patch))
        rotation = repeated(self._rotation(x), x.shape[1])
        return tuple(block.offer(x.flatten(1, 3), rotation) for block in self.blocks)

    def forward(self, x: Tensor, offered: tuple[ReferenceKeys, ...]) -> Tensor:
        """Take the mid level, (batch, time, h, w, channels)."""
        cells = self.into(fold_space(x, self.config.patch))
        rotation = self._rotation(cells)
        tokens = cells.flatten(2, 3)
        for block, keys in zip(self.blocks, offered, strict=True):
            tokens = block(tokens, keys, rotation)
        seen = self.out(normed(tokens)).view(*cells.shape[:4], -1)
        return x + unfold_space(seen, self.config.patch)

    def _rotation(self, cells: Tensor) -> Rotation:
        height, width = cells.shape[2:4]
        return plane_rotation(height, width, self.config.width // self.config.heads, cells.device)


def repeated(rotation: Rotation, times: int) -> Rotation:
    """Return the rotation of several pictures' tokens in a row."""
    if times == 1:
        return rotation
    return Rotation(*(part.repeat(times, 1) for part in rotation))
