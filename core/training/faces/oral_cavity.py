"""Paint the oral cavity of a mouth that a warp has opened."""

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from core.perception.face.alignment import Landmarks
from core.perception.face.topology import LIPS_INNER
from core.pixels import blurred
from core.training.faces.pen import fill
from core.video import Picture

UPPER_INNER_LIP = LIPS_INNER[:11]
LOWER_INNER_LIP = (*LIPS_INNER[10:], LIPS_INNER[0])


def paint_oral_cavity(picture: Picture, landmarks: Landmarks, rng: Generator) -> Picture:
    """Return the picture with cavity, teeth and tongue between the inner lips."""
    opening = landmarks[list(LIPS_INNER), :2]
    upper, lower = landmarks[list(UPPER_INNER_LIP), :2], landmarks[list(LOWER_INNER_LIP), :2][::-1]
    light = float(picture[_bounding_slices(opening, picture)].mean()) / 110 + 0.25
    inside = np.empty_like(picture)
    inside[:] = np.array([45, 14, 14]) * rng.uniform(0.4, 1.5) * light
    if rng.random() < 0.6:
        _tongue(inside, lower, upper, rng, light)
    if rng.random() < 0.7:
        _teeth(inside, upper, lower, rng.uniform(0.12, 0.55), rng, light)
    if rng.random() < 0.3:
        _teeth(inside, lower, upper, rng.uniform(0.1, 0.35), rng, light)
    mask = np.zeros(picture.shape[:2], dtype=np.uint8)
    fill(mask, opening, 255)
    soft = blurred(mask, 0.8)[..., None].astype(np.float32) / 255
    return np.asarray(picture + (inside - picture.astype(np.float32)) * soft, dtype=np.uint8)


def _teeth(
    inside: Picture,
    near: NDArray[np.float32],
    far: NDArray[np.float32],
    share: float,
    rng: Generator,
    light: float,
) -> None:
    colour = np.array([225, 212, 190]) * rng.uniform(0.6, 1.05) * min(light, 1.1)
    edge = near + (far - near) * share
    fill(inside, np.concatenate([near, edge[::-1]]), np.clip(colour, 0, 255).tolist())


def _tongue(
    inside: Picture,
    lower: NDArray[np.float32],
    upper: NDArray[np.float32],
    rng: Generator,
    light: float,
) -> None:
    colour = np.array([165, 80, 80]) * rng.uniform(0.6, 1.1) * light
    edge = lower + (upper - lower) * rng.uniform(0.2, 0.5)
    shape = np.concatenate([lower[2:-2], edge[2:-2][::-1]])
    fill(inside, shape, np.clip(colour, 0, 255).tolist())


def _bounding_slices(points: NDArray[np.float32], picture: Picture) -> tuple[slice, slice]:
    height, width = picture.shape[:2]
    (x0, y0), (x1, y1) = points.min(axis=0) - 12, points.max(axis=0) + 12
    rows = slice(int(np.clip(y0, 0, height - 2)), int(np.clip(y1, 1, height - 1)) + 1)
    return rows, slice(int(np.clip(x0, 0, width - 2)), int(np.clip(x1, 1, width - 1)) + 1)
