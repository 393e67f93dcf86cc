"""Smooth displacement fields on coarse grids: spread from points, sampled, turned round.

A field is (n, 2, h, w): at each node the displacement (x, y) in window units, where the window
spans -1..1 and the corner nodes lie on its corners.
"""

import cv2
import numpy as np
from numpy.typing import NDArray

from core.pixels import remapped
from core.puppet.arrays import Array, array_namespace, as_array_like

Points = NDArray[np.float32]


def grid_nodes(height: int, width: int) -> Points:
    """Return the positions (height, width, 2) of a grid's nodes over the window."""
    y, x = np.linspace(-1, 1, height), np.linspace(-1, 1, width)
    return np.stack(np.meshgrid(x, y), axis=-1).astype(np.float32)


def sample_field(field: Array, at: Array) -> Array:
    """Return field (n, 2, h, w) at positions (n, h2, w2, 2) as (n, 2, h2, w2), constant outside."""
    if not isinstance(field, np.ndarray):
        how = {"padding_mode": "border", "align_corners": True}
        return array_namespace(field).nn.functional.grid_sample(field, at, **how)
    x, y = ((side - 1) / 2 for side in field.shape[:1:-1])
    to_nodes = np.array([[x, 0, x], [0, y, y]])
    # OpenCV reads four channels exactly, two in steps of 1/32 of a node.
    planes = np.zeros((len(field), *field.shape[2:], 4), np.float32)
    planes[..., :2] = np.moveaxis(field, 1, -1)
    ways = [np.asarray(cv2.transform(w, to_nodes), np.float32) for w in np.ascontiguousarray(at)]
    seen = np.stack([remapped(plane, way) for plane, way in zip(planes, ways, strict=True)])
    return np.moveaxis(seen[..., :2], -1, 1)


def invert_field(forward: Array, rounds: int = 3) -> Array:
    """Return the field that leads back: y + back(y) = x where x + forward(x) = y.

    Fixed-point iteration; exact enough where `forward` changes by less than half a pixel a pixel.
    """
    xp = array_namespace(forward)
    y = as_array_like(forward, grid_nodes(*forward.shape[-2:]))
    back = -forward
    for _ in range(rounds):
        back = -sample_field(forward, y + xp.moveaxis(back, 1, -1))
    return back


def thin_plate_spline(points: Points, values: Points, at: Points, smooth: float = 0.0) -> Points:
    """Carry values (..., k, c) from points (k, 2) to positions (m, 2) by a thin-plate spline.

    Returns (..., m, c). The result passes through the values; `smooth` loosens that.
    """
    k = len(points)
    affine = np.concat([np.ones((k, 1)), points], axis=1)
    system = np.zeros((k + 3, k + 3))
    system[:k, :k] = _spline_kernel(points, points) + smooth * np.eye(k)
    system[:k, k:], system[k:, :k] = affine, affine.T
    all_at_once = np.moveaxis(values, -2, 0)
    padded = np.zeros((k + 3, all_at_once[0].size))
    padded[:k] = all_at_once.reshape(k, -1)
    weights = np.linalg.solve(system, padded).astype(np.float32)
    basis = np.concat([_spline_kernel(at, points), np.ones((len(at), 1), np.float32), at], axis=1)
    found = (basis.astype(np.float32) @ weights).reshape(len(at), *all_at_once.shape[1:])
    return np.moveaxis(found, 0, -2)


def _spline_kernel(a: Points, b: Points) -> Points:
    away, other = (a[:, None, axis] - b[:, axis] for axis in range(2))
    away *= away
    away += np.square(other, out=other)
    return np.asarray(away * np.log(np.add(away, np.float32(1e-12), out=other), out=other))


def smoothstep(x: Array, low: float, high: float) -> Array:
    """Rise from 0 at `low` to 1 at `high`, or fall if `high` is lower; flat beyond."""
    t = array_namespace(x).clip((x - low) / (high - low), 0, 1)
    return t * t * (3 - 2 * t)
