"""Sample images as a grid in one PNG file."""

from collections.abc import Sequence
from pathlib import Path

import torch
from PIL import Image
from torch import Tensor

MAX_COLUMNS = 8
"""Images in a row; more are thinned out."""


def save_image_grid(path: Path, rows: Sequence[Tensor]) -> None:
    """Write rows of images, each (images, 3, h, w) in [-1, 1]; short ones are padded with black."""
    thinned = [evenly_spaced(row) for row in rows if len(row)]
    columns = max(len(row) for row in thinned)
    strips = []
    for row in thinned:
        padding = row.new_full((columns - len(row), *row.shape[1:]), -1)
        strips.append(torch.cat([*torch.cat([row, padding])], 2))  # (3, h, columns * w)
    grid = ((torch.cat(strips, 1) + 1) * 127.5).clamp(0, 255).byte()
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(grid.permute(1, 2, 0).numpy()).save(path)


def evenly_spaced(row: Tensor) -> Tensor:
    """Return at most MAX_COLUMNS of the images, evenly spaced."""
    if len(row) > MAX_COLUMNS:
        row = row[torch.linspace(0, len(row) - 1, MAX_COLUMNS).round().long().to(row.device)]
    return row.detach().float().cpu()
