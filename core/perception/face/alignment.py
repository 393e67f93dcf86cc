"""The face mesh: what its 478 points are called, where a face lies, and crops taken by that."""

import math
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from core.pixels import REPLICATE, shrunk, warped
from core.video import Picture

Landmarks: TypeAlias = NDArray[np.float32]
"""(478, 3): x right and y down in pixels, z in the same unit, smaller is nearer."""
Affine: TypeAlias = NDArray[np.float64]
"""(2, 3): an affine map of points (x, y)."""

LANDMARK_COUNT = 478

LIPS_OUTER = (
    61, 185, 40, 39, 37, 0, 267, 269, 270, 409, 291, 375, 321, 405, 314, 17, 84, 181, 91, 146,
)  # fmt: skip
LIPS_INNER = (
    78, 191, 80, 81, 82, 13, 312, 311, 310, 415, 308, 324, 318, 402, 317, 14, 87, 178, 88, 95,
)  # fmt: skip
LIPS_BETWEEN = (
    76, 184, 74, 73, 72, 11, 302, 303, 304, 408, 306, 307, 320, 404, 315, 16, 85, 180, 90, 77,
    62, 183, 42, 41, 38, 12, 268, 271, 272, 407, 292, 325, 319, 403, 316, 15, 86, 179, 89, 96,
)  # fmt: skip
LIPS = (*LIPS_OUTER, *LIPS_INNER, *LIPS_BETWEEN)
AROUND_LIPS = (
    57, 186, 92, 165, 167, 164, 393, 391, 322, 410, 287, 273, 335, 406, 313, 18, 83, 182, 106, 43,
)  # fmt: skip

# The two eyes name their points in the same order, mirrored. Right is the subject's right.
RIGHT_EYE = (33, 246, 161, 160, 159, 158, 157, 173, 133, 155, 154, 153, 145, 144, 163, 7)
LEFT_EYE = (263, 466, 388, 387, 386, 385, 384, 398, 362, 382, 381, 380, 374, 373, 390, 249)
RIGHT_IRIS = (468, 469, 470, 471, 472)
LEFT_IRIS = (473, 476, 475, 474, 477)
RIGHT_LIDS = (
    130, 247, 30, 29, 27, 28, 56, 190, 243, 112, 26, 22, 23, 24, 110, 25,
    226, 113, 225, 224, 223, 222, 221, 189, 244, 233, 232, 231, 230, 229, 228, 31,
)  # fmt: skip
LEFT_LIDS = (
    359, 467, 260, 259, 257, 258, 286, 414, 463, 341, 256, 252, 253, 254, 339, 255,
    446, 342, 445, 444, 443, 442, 441, 413, 464, 453, 452, 451, 450, 449, 448, 261,
)  # fmt: skip
RIGHT_BROW = (70, 63, 105, 66, 107, 46, 53, 52, 65, 55)
LEFT_BROW = (300, 293, 334, 296, 336, 276, 283, 282, 295, 285)
EYES = (*RIGHT_EYE, *RIGHT_IRIS, *LEFT_EYE, *LEFT_IRIS)

OVAL = (
    10, 338, 297, 332, 284, 251, 389, 356, 454, 323, 361, 288, 397, 365, 379, 378, 400, 377,
    152, 148, 176, 149, 150, 136, 172, 58, 132, 93, 234, 127, 162, 21, 54, 103, 67, 109,
)  # fmt: skip

LIP_GAPS = ((82, 87), (13, 14), (312, 317), (81, 178), (311, 402))
"""Pairs of upper and lower inner lip points; their distance is how far the mouth is open."""
RIGHT_EYE_GAPS = ((160, 144), (159, 145), (158, 153))
LEFT_EYE_GAPS = ((387, 373), (386, 374), (385, 380))

_WIDTH_WEIGHT = 1.2
"""A face turned down is short and one turned aside narrow: its size is the larger of its height
and this times its width."""


@dataclass(frozen=True)
class OrientedBox:
    """Where a face lies in a picture."""

    x: float
    y: float
    """Middle of the landmarks' box in the face's own upright, in pixels."""
    size: float
    """About the height of the landmarks, in pixels."""
    angle: float
    """In-plane rotation in radians, positive when the head leans clockwise on the screen."""

    def crop_matrix(self, side: int, crop_scale: float) -> Affine:
        """Return the map from the picture to an upright square of `side` pixels, `zoom` faces."""
        scale = side / (crop_scale * self.size)
        cos, sin = scale * math.cos(self.angle), scale * math.sin(self.angle)
        turn = np.array([[cos, sin], [-sin, cos]])
        # Pixel centres are whole numbers: the middle of the square is (side - 1) / 2.
        shift = (side - 1) / 2 - turn @ np.array([self.x, self.y])
        return np.column_stack([turn, shift])

    def distance(self, other: "OrientedBox") -> float:
        """Return how far the middles are apart, in sizes of the larger."""
        return math.hypot(self.x - other.x, self.y - other.y) / max(self.size, other.size)


def bounding_box(landmarks: Landmarks) -> OrientedBox:
    """Return where the face with these landmarks, (478, 3), lies."""
    flat = landmarks[:, :2].astype(np.float64)
    across = (flat[263] - flat[33]) + (flat[291] - flat[61])
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
