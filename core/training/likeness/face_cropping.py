"""Differentiable face crops by landmarks, in batches, on any device."""

import torch
from torch import Tensor
from torch.nn import functional

from core.model.grid import grid_coordinates
from core.perception.face.topology import CHIN, FOREHEAD, OVAL


def face_squares(landmarks: Tensor, scale: float) -> Tensor:
    """Return the square around each face: centre x, y and half side, (..., 3).

    landmarks: (..., 478, 2 or 3), in a picture of -1 to 1; scale: half side in face heights.
    """
    flat = landmarks[..., :2]
    height = (flat[..., FOREHEAD, :] - flat[..., CHIN, :]).norm(dim=-1, keepdim=True)
    return torch.cat([flat[..., list(OVAL), :].mean(-2), scale * height], -1)


def crop_squares(pictures: Tensor, squares: Tensor, side: int) -> Tensor:
    """Resample squares (n, 3) of pictures (n, 3, h, w) to (n, 3, side, side)."""
    here = grid_coordinates(side, side, pictures.device).to(pictures)
    grid = squares[:, None, None, :2] + squares[:, None, None, 2:] * here
    return functional.grid_sample(pictures, grid, padding_mode="border", align_corners=False)


def to_square(landmarks: Tensor, squares: Tensor) -> Tensor:
    """Map landmarks (n, points, 2) into their squares (n, 3) of -1 to 1."""
    return (landmarks - squares[:, None, :2]) / squares[:, None, 2:]
