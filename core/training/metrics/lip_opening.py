"""How far lips part, from landmarks."""

import torch
from torch import Tensor

from core.perception.face.topology import LIP_CENTRES

SHUT = 0.012
"""Opening, in half sides of the frame, below which lips are shut."""


def lip_opening(landmarks: Tensor) -> Tensor:
    """Return the distance of the inner lips' middles of landmarks (..., 478, 2)."""
    upper, lower = (landmarks[..., point, :] for point in LIP_CENTRES)
    return torch.linalg.vector_norm(lower - upper, dim=-1)  # type: ignore[no-any-return]
