"""How far eyes are open, from landmarks."""

import torch
from torch import Tensor

from core.perception.face.topology import EYE_LIDS


def eye_opening(landmarks: Tensor) -> Tensor:
    """Return the widest gap between the lids of landmarks (..., 478, 2) in widths of the eye, mean
    of both."""
    openings = []
    for corners, upper, lower in EYE_LIDS:
        gaps = landmarks[..., list(lower), :] - landmarks[..., list(upper), :]
        width = landmarks[..., corners[0], :] - landmarks[..., corners[1], :]
        openings.append(gaps.norm(dim=-1).amax(-1) / width.norm(dim=-1).clamp(min=1e-3))
    return torch.stack(openings).mean(0)
