"""Face alignment: oriented boxes of landmarks, their similarity transforms and crops."""

import math
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from core.perception.face.topology import (
    LEFT_CORNER,
    LEFT_EYE_OUTER,
    RIGHT_CORNER,
    RIGHT_EYE_OUTER,
)
from core.pixels import REPLICATE, shrunk, warped
from core.video import Picture

Landmarks: TypeAlias = NDArray[np.float32]
"""(478, 3): x right and y down in pixels, z in the same unit, smaller is nearer."""
Affine: TypeAlias = NDArray[np.float64]
"""(2, 3): an affine map of points (x, y)."""

_WIDTH_WEIGHT = 1.2
"""Size is the larger of height and this times width: a face turned down is short, one turned
aside narrow."""


@dataclass(frozen=True)
class OrientedBox:
    """A square box around a face, rotated with it."""

    x: float
    y: float
    """Centre of the landmarks' bounding box, measured upright, in pixels."""
    size: float
    """About the height of the landmarks, in pixels."""
    angle: float
    """In-plane rotation in radians, positive when the head leans clockwise on the screen."""

    def crop_matrix(self, side: int, crop_scale: float) -> Affine:
        """Return the map to an upright crop of `side` pixels, `crop_scale` sizes wide."""
        scale = side / (crop_scale * self.size)
        cos, sin = scale * math.cos(self.angle), scale * math.sin(self.angle)
        turn = np.array([[cos, sin], [-sin, cos]])
        # Pixel centres are whole numbers: the middle of the square is (side - 1) / 2.
        shift = (side - 1) / 2 - turn @ np.array([self.x, self.y])
        return np.column_stack([turn, shift])

    def distance(self, other: "OrientedBox") -> float:
        """Return the distance of the centres, in sizes of the larger box."""
        return math.hypot(self.x - other.x, self.y - other.y) / max(self.size, other.size)


def bounding_box(landmarks: Landmarks) -> OrientedBox:
    """Return the oriented bounding box of landmarks (478, 3)."""
    flat = landmarks[:, :2].astype(np.float64)
    across = (flat[LEFT_EYE_OUTER] - flat[RIGHT_EYE_OUTER]) + (
        flat[LEFT_CORNER] - flat[RIGHT_CORNER]
    )
    angle = math.atan2(across[1], across[0])
    cos, sin = math.cos(angle), math.sin(angle)
    upright = flat @ np.array([[cos, -sin], [sin, cos]])
    lowest, highest = upright.min(axis=0), upright.max(axis=0)
    x, y = (lowest + highest) / 2 @ np.array([[cos, sin], [-sin, cos]])
    width, height = highest - lowest
    return OrientedBox(float(x), float(y), float(max(height, _WIDTH_WEIGHT * width, 1e-3)), angle)


def transform_landmarks(matrix: Affine, landmarks: Landmarks) -> Landmarks:
    """Return landmarks (n, 2 or 3) under a similarity; z scales along."""
    scale = math.hypot(matrix[0, 0], matrix[1, 0])
    flat = landmarks[:, :2] @ matrix[:, :2].T + matrix[:, 2]
    return np.column_stack([flat, landmarks[:, 2:] * scale]).astype(np.float32)


def invert_affine(matrix: Affine) -> Affine:
    """Return the map back."""
    back = np.linalg.inv(matrix[:, :2])
    return np.column_stack([back, -back @ matrix[:, 2]])


def crop_square(picture: Picture, matrix: Affine, side: int, border: int = REPLICATE) -> Picture:
    """Return what `matrix` sees of the picture, (side, side, channels), without aliasing."""
    region, shift = _visible_region(picture, matrix, side)
    local = matrix.copy()
    local[:, 2] += matrix[:, :2] @ shift
    # Warping reads single pixels: beyond a reduction by two, average them first.
    factor = int(1 / max(math.hypot(matrix[0, 0], matrix[1, 0]), 1e-6))
    if factor >= 2 and min(region.shape[:2]) >= 2 * factor:
        region, local = downscale(region, local, factor)
    return warped(region, local, side, side, border)


def downscale(picture: Picture, matrix: Affine, factor: int) -> tuple[Picture, Affine]:
    """Return the picture made smaller and the map that sees the same of it."""
    small = shrunk(picture, factor)
    local = matrix.copy()
    local[:, 2] += matrix[:, :2] @ np.full(2, (factor - 1) / 2)
    local[:, :2] *= factor
    return small, local


def _visible_region(picture: Picture, matrix: Affine, side: int) -> tuple[Picture, Affine]:
    """Cut the picture down to what the square can see, so that only that is reduced."""
    height, width = picture.shape[:2]
    corners = np.array([[0, 0, 1], [side, 0, 1], [0, side, 1], [side, side, 1]])
    visible = corners @ invert_affine(matrix).T
    left, top = np.clip(np.floor(visible.min(axis=0)).astype(int) - 2, 0, [width - 1, height - 1])
    right, bottom = np.ceil(visible.max(axis=0)).astype(int) + 2
    right, bottom = min(max(right, left + 1), width), min(max(bottom, top + 1), height)
    return picture[top:bottom, left:right], np.array([left, top], dtype=np.float64)
