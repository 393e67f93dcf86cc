"""Smooth displacement fields on coarse grids: spread from points, sampled, turned round.

A field is (n, 2, h, w): at each node the displacement (x, y) in window units, where the window
spans -1..1 and the corner nodes lie on its corners.
"""

import torch
from torch import Tensor
from torch.nn import functional as F


def nodes(height: int, width: int) -> Tensor:
    """Return the positions (height, width, 2) of a grid's nodes over the window."""
    y, x = torch.meshgrid(
        torch.linspace(-1, 1, height), torch.linspace(-1, 1, width), indexing="ij"
    )
    return torch.stack([x, y], dim=-1)


def sample(field: Tensor, at: Tensor) -> Tensor:
    """Return field (n, c, h, w) at positions (n, h2, w2, 2) as (n, c, h2, w2), constant outside."""
    return F.grid_sample(field, at, mode="bilinear", padding_mode="border", align_corners=True)


def invert(forward: Tensor, rounds: int = 3) -> Tensor:
    """Return the field that leads back: y + back(y) = x where x + forward(x) = y.

    Fixed-point iteration; exact enough where `forward` changes by less than half a pixel a pixel.
    """
    y = nodes(*forward.shape[-2:]).to(forward)
    back = -forward
    for _ in range(rounds):
        back = -sample(forward, y + back.permute(0, 2, 3, 1))
    return back


def spread(points: Tensor, values: Tensor, at: Tensor, smooth: float = 0.0) -> Tensor:
    """Carry values (..., k, c) from points (k, 2) to positions (m, 2) by a thin-plate spline.

    Returns (..., m, c). The result passes through the values; `smooth` loosens that.
    """
    k = len(points)
    affine = torch.cat([torch.ones(k, 1), points], dim=1)
    system = torch.zeros(k + 3, k + 3, dtype=torch.float64)
    system[:k, :k] = _plate(points, points).double() + smooth * torch.eye(k)
    system[:k, k:], system[k:, :k] = affine, affine.T
    all_at_once = values.movedim(-2, 0)
    padded = F.pad(all_at_once.flatten(1).double(), (0, 0, 0, 3))
    weights = torch.linalg.solve(system, padded).float()
    basis = torch.cat([_plate(at, points), torch.ones(len(at), 1), at], dim=1)
    found: Tensor = (basis @ weights).view(len(at), *all_at_once.shape[1:])
    return found.movedim(0, -2)


def _plate(a: Tensor, b: Tensor) -> Tensor:
    square = torch.cdist(a, b, compute_mode="donot_use_mm_for_euclid_dist").square()
    plate: Tensor = square * torch.log(square + 1e-12)
    return plate


def smoothstep(x: Tensor, low: float, high: float) -> Tensor:
    """Rise from 0 at `low` to 1 at `high`, or fall if `high` is lower; flat beyond."""
    t = ((x - low) / (high - low)).clamp(0, 1)
    return t * t * (3 - 2 * t)
