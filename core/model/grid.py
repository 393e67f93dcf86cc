"""Places in a picture: as rotary positions, and as coordinates from -1 to 1."""

import torch
from torch import Tensor

from core.model.rotary import Rotation

GRID_ROPE_BASE = 100.0
"""Cells over which the slowest pair of a row or column turns by one radian."""


def grid_rotation(height: int, width: int, head_width: int, device: torch.device) -> Rotation:
    """Return how much each cell's pairs turn: half of them tell the row, half the column."""
    pairs = head_width // 4
    speeds = GRID_ROPE_BASE ** -torch.linspace(0, 1, pairs, device=device)
    rows = torch.arange(height, device=device)[:, None, None] * speeds  # (height, 1, pairs)
    columns = torch.arange(width, device=device)[:, None] * speeds  # (width, pairs)
    shape = (height, width, pairs)
    angle = torch.cat([rows.expand(shape), columns.expand(shape)], -1).flatten(0, 1)
    cos, sin = angle.cos(), angle.sin()
    return Rotation(torch.cat([cos, cos], 1), torch.cat([-sin, sin], 1))


def grid_coordinates(height: int, width: int, device: torch.device) -> Tensor:
    """Return the middle (x, y) of each cell, (height, width, 2); the picture is -1 to 1."""
    y = (2 * torch.arange(height, device=device) + 1) / height - 1
    x = (2 * torch.arange(width, device=device) + 1) / width - 1
    return torch.stack([x.expand(height, width), y[:, None].expand(height, width)], -1)
