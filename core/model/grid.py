"""Normalised coordinates of a grid's cells, as `grid_sample` wants them."""

import torch
from torch import Tensor


def grid_coordinates(height: int, width: int, device: torch.device) -> Tensor:
    """Return the middle (x, y) of each cell, (height, width, 2); the picture is -1 to 1."""
    y = (2 * torch.arange(height, device=device) + 1) / height - 1
    x = (2 * torch.arange(width, device=device) + 1) / width - 1
    return torch.stack([x.expand(height, width), y[:, None].expand(height, width)], -1)
