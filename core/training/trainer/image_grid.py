"""Sample pictures: rows of frames in one PNG file, to look at while a training runs."""

from collections.abc import Sequence
from pathlib import Path

import torch
from PIL import Image
from torch import Tensor

MAX_COLUMNS = 8
"""Pictures in a row."""


def save_image_grid(path: Path, rows: Sequence[Tensor]) -> None:
    """Write rows of pictures, each (pictures, 3, h, w) in [-1, 1]; shorter ones end in black."""
    shown = [evenly_spaced(row) for row in rows if len(row)]
    columns = max(len(row) for row in shown)
    lines = []
    for row in shown:
        black = row.new_full((columns - len(row), *row.shape[1:]), -1)
        lines.append(torch.cat([*torch.cat([row, black])], 2))  # (3, h, columns * w)
    picture = ((torch.cat(lines, 1) + 1) * 127.5).clamp(0, 255).byte()
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(picture.permute(1, 2, 0).numpy()).save(path)


def evenly_spaced(row: Tensor) -> Tensor:
    """Return at most WIDEST of the pictures, evenly spread."""
    if len(row) > MAX_COLUMNS:
        row = row[torch.linspace(0, len(row) - 1, MAX_COLUMNS).round().long().to(row.device)]
    return row.detach().float().cpu()
