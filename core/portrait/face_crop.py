"""The face crop: the square of a photo that moves, with coordinates -1..1, its crop units."""

from dataclasses import dataclass
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from core.perception.face.topology import CHIN, FOREHEAD, OVAL
from core.pixels import boxed, scaled, warped

CROP_REACH = 2.3
"""Half the crop's side, in face heights: down to the chest, out beyond the shoulders."""

CROP_DROP = 0.35
"""How far below the middle of the face the crop's middle lies, in face heights."""

SMALLEST_SIDE = 64
"""Least pixels of a crop's side, however small the face is shown."""

ROUNDING = 1e-6
"""Pixels by which edges may miss those of the photo's pixels: rounding, no more."""

A = TypeVar("A", bound=NDArray[Any])


def face_height(landmarks: NDArray[np.float32]) -> float:
    """Return the distance from forehead to chin of landmarks (478, 2 or 3), in their unit."""
    return float(np.linalg.norm(landmarks[FOREHEAD, :2] - landmarks[CHIN, :2]))


@dataclass(frozen=True)
class FaceCrop:
    """A square of the photo; lengths in the photo's pixels, counted from its edge."""

    x: float
    y: float
    half: float

    @classmethod
    def around(cls, landmarks: NDArray[np.float32]) -> "FaceCrop":
        """Return the crop for a face with landmarks (478, 3); see `to_units`."""
        middle, height = landmarks[list(OVAL), :2].mean(0) + 0.5, face_height(landmarks)
        return cls(float(middle[0]), float(middle[1] + CROP_DROP * height), CROP_REACH * height)

    def snap(self, scale: float) -> "FaceCrop":
        """Return nearly this crop, with its edges on the pixel grid of the photo at `scale`."""
        side = max(SMALLEST_SIDE, round(2 * self.half * scale))
        x, y = ((round(v * scale - side / 2) + side / 2) / scale for v in (self.x, self.y))
        return FaceCrop(x, y, side / 2 / scale)

    def to_units(self, points: NDArray[np.float32]) -> NDArray[np.float32]:
        """Transform points (..., 2 or 3) to crop units; depth is only scaled.

        They count in pixels from the centre of the photo's first, as face finders do.
        """
        shift = np.array([self.x - 0.5, self.y - 0.5, 0.0], np.float32)[: points.shape[-1]]
        return ((points - shift) / np.float32(self.half)).astype(np.float32)

    def extract(self, image: A, side: int) -> A:
        """Resample the crop to (side, side[, channels]); the photo's edge is replicated."""
        scale = side / (2 * self.half)
        left, top = (self.half - self.x) * scale, (self.half - self.y) * scale
        large = scaled(image, scale)
        if max(abs(shift - round(shift)) for shift in (left, top)) < ROUNDING:
            return boxed(large, -round(left), -round(top), side, side)
        return warped(large, np.array([[1, 0, left], [0, 1, top]]), side, side)
