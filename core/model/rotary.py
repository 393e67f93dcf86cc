"""Rotary position embedding (RoPE): of tokens in time and space, and of the cells of one grid."""

import math
from typing import NamedTuple

import torch
from torch import Tensor, nn

ROPE_BASE = 100.0
"""Rows over which the slowest pair of a row or column turns by one radian."""


class Rotation(NamedTuple):
    """The rotation of each token's pairs of channels, (tokens, head_width)."""

    cos: Tensor
    sin: Tensor
    """Negative for the first halves of pairs, so that a rotation takes one swap."""


class RotaryEmbedding(nn.Module):
    """Three-dimensional rotary positions of latents' tokens: time, row, column.

    Pairs for time turn by whole multiples of 1 / period of a circle per latent. So time is a
    clock face: attention does not change under any common shift, and the angles of latent one
    million are as exact as those of the first.
    """

    phase_table: Tensor
    grid_positions: Tensor

    def __init__(self, head_width: int, grid: int, period: int) -> None:
        super().__init__()
        pairs = head_width // 2
        self.axis_pairs = pairs // 6 * 2  # even: attention kernels want multiples of eight
        self.time_pairs = pairs - 2 * self.axis_pairs
        self.period = period
        # Whole numbers, for a network that is cast to half precision casts its buffers too.
        self.register_buffer("phase_table", _phase_table(self.time_pairs, period), persistent=False)
        positions = torch.cartesian_prod(torch.arange(grid), torch.arange(grid))
        self.register_buffer("grid_positions", positions, persistent=False)

    def rotation_at(self, times: Tensor) -> Rotation:
        """Return the rotation of all tokens of latents at `times`, (latents,) whole numbers.

        A latent's tokens run along its rows.
        """
        time = self.phase_table[times % self.period] * (2 * math.pi / self.period)
        steps = torch.linspace(0, 1, self.axis_pairs, device=times.device)
        place = (self.grid_positions[..., None] * ROPE_BASE**-steps).flatten(1)
        latents, tokens = len(time), len(place)
        angle = torch.cat(
            [
                time[:, None].expand(latents, tokens, -1),
                place.expand(latents, tokens, -1),
            ],
            2,
        )
        return _rotation(angle.flatten(0, 1))

    def time_part(self, x: Tensor) -> Tensor:
        """Return the channels of (..., head_width) that encode time, (..., 2 * time_pairs)."""
        half = x.shape[-1] // 2
        pairs = self.time_pairs
        return torch.cat([x[..., :pairs], x[..., half : half + pairs]], -1)

    def zero_time_part(self, x: Tensor) -> Tensor:
        """Return (..., head_width) with zeros in the channels that encode time."""
        half = x.shape[-1] // 2
        spatial = torch.arange(half, device=x.device) >= self.time_pairs
        return x * spatial.repeat(2)


def grid_rotation(height: int, width: int, head_width: int, device: torch.device) -> Rotation:
    """Return two-dimensional rotary positions: half of each cell's pairs for row and for column."""
    pairs = head_width // 4
    speeds = ROPE_BASE ** -torch.linspace(0, 1, pairs, device=device)
    rows = torch.arange(height, device=device)[:, None, None] * speeds  # (height, 1, pairs)
    columns = torch.arange(width, device=device)[:, None] * speeds  # (width, pairs)
    shape = (height, width, pairs)
    return _rotation(torch.cat([rows.expand(shape), columns.expand(shape)], -1).flatten(0, 1))


def apply_rotary(x: Tensor, rotation: Rotation) -> Tensor:
    """Rotate the pairs (i, i + head_width / 2) of x, (..., tokens, head_width)."""
    swapped = x.roll(x.shape[-1] // 2, -1)
    return torch.addcmul(x * rotation.cos, swapped, rotation.sin).type_as(x)


def _rotation(angle: Tensor) -> Rotation:
    """Return the rotation by angles (tokens, pairs)."""
    cos, sin = angle.cos(), angle.sin()
    return Rotation(torch.cat([cos, cos], 1), torch.cat([-sin, sin], 1))


def _phase_table(pairs: int, period: int) -> Tensor:
    """Return the phases of time's pairs, in 1 / period of a circle, (period, pairs).

    The slowest pair goes round once in a period, the fastest turns by one radian a latent.
    """
    fastest = math.log10(period / (2 * math.pi))
    speeds = torch.logspace(0, fastest, pairs, dtype=torch.float64).round().long()
    return torch.outer(torch.arange(period), speeds) % period
