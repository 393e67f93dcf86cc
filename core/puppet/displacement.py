"""Displacement fields on coarse grids: thin-plate splines, sampling, inversion.

A field is (n, 2, h, w): at each node the displacement (x, y) in crop units, where the crop spans
-1..1 and the corner nodes lie on its corners.
"""

from typing import NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from core.pixels import remapped
from core.puppet.arrays import Array, array_namespace, as_array_like

Points = NDArray[np.float32]


def grid_nodes(height: int, width: int) -> Points:
    """Return the positions (height, width, 2) of a grid's nodes over the crop."""
    y, x = np.linspace(-1, 1, height), np.linspace(-1, 1, width)
    return np.stack(np.meshgrid(x, y), axis=-1).astype(np.float32)


def sample_field(field: Array, at: Array) -> Array:
    """Sample a field (n, 2, h, w) at (n, h2, w2, 2), bilinearly and clamped: (n, 2, h2, w2)."""
    if not isinstance(field, np.ndarray):
        how = {"padding_mode": "border", "align_corners": True}
        return array_namespace(field).nn.functional.grid_sample(field, at, **how)
    x, y = ((side - 1) / 2 for side in field.shape[:1:-1])
    to_nodes = np.array([[x, 0, x], [0, y, y]])
    # OpenCV reads four channels exactly, two in steps of 1/32 of a node.
    planes = np.zeros((len(field), *field.shape[2:], 4), np.float32)
    planes[..., :2] = np.moveaxis(field, 1, -1)
    grids = [np.asarray(cv2.transform(p, to_nodes), np.float32) for p in np.ascontiguousarray(at)]
    sampled = np.stack([remapped(plane, grid) for plane, grid in zip(planes, grids, strict=True)])
    return np.moveaxis(sampled[..., :2], -1, 1)


class Refinement(NamedTuple):
    """The part of a field that changes steeply, and how often it is gone over once more."""

    rows: tuple[int, int]
    columns: tuple[int, int]
    rounds: int
    step: float
    """of the way in each round: whole steps never settle where a field stretches twofold"""


def invert_field(forward: Array, rounds: int = 3, steep: Refinement | None = None) -> Array:
    """Invert a displacement field: y + back(y) = x where x + forward(x) = y.

    Fixed-point iteration; exact enough where `forward` changes by less than half a pixel a pixel.
    """
    if isinstance(forward, np.ndarray):
        return np.stack([_invert_by_nodes(field, rounds, steep) for field in forward])
    xp = array_namespace(forward)
    y = as_array_like(forward, grid_nodes(*forward.shape[-2:]))
    back = -forward
    for _ in range(rounds):
        back = -sample_field(forward, y + xp.moveaxis(back, 1, -1))
    if steep is None:
        return back
    rows, columns = slice(*steep.rows), slice(*steep.columns)
    part, y = -steep.step * forward[..., rows, columns], y[rows, columns]
    for _ in range(steep.rounds):
        moved = sample_field(forward, y + xp.moveaxis(part, 1, -1))
        part = (1 - steep.step) * part - steep.step * moved
    back[..., rows, columns] = part
    return back


def _invert_by_nodes(forward: Points, rounds: int, steep: Refinement | None) -> Points:
    """Invert one field (2, h, w) in units of nodes, which saves converting it in every round."""
    sides = forward.shape[:0:-1]
    scale: Points = np.array([(side - 1) / 2 for side in sides], np.float32)
    planes = np.zeros((*forward.shape[1:], 4), np.float32)
    np.multiply(np.moveaxis(forward, 0, -1), scale, out=planes[..., :2])
    axes = (np.arange(side, dtype=np.float32) for side in sides)
    nodes: Points = np.stack(np.meshgrid(*axes), -1)
    back = -planes
    for _ in range(rounds):
        back = -remapped(planes, nodes + back[..., :2])
    if steep is not None:
        rows, columns, step = slice(*steep.rows), slice(*steep.columns), np.float32(steep.step)
        part, nodes = -step * planes[rows, columns], nodes[rows, columns]
        for _ in range(steep.rounds):
            moved = remapped(planes, nodes + part[..., :2])
            part = np.asarray((1 - step) * part - step * moved, np.float32)
        back[rows, columns] = part
    return np.moveaxis(np.asarray(back[..., :2] / scale, np.float32), -1, 0)


def thin_plate_spline(points: Points, values: Points, at: Points, smooth: float = 0.0) -> Points:
    """Interpolate values (..., k, c) at points (k, 2) to positions (m, 2) by a thin-plate spline.

    Returns (..., m, c). The spline passes through the values; `smooth` regularizes it.
    """
    k = len(points)
    affine = np.concat([np.ones((k, 1)), points], axis=1)
    system = np.zeros((k + 3, k + 3))
    system[:k, :k] = _spline_kernel(points, points) + smooth * np.eye(k)
    system[:k, k:], system[k:, :k] = affine, affine.T
    right = np.moveaxis(values, -2, 0)
    padded = np.zeros((k + 3, right[0].size))
    padded[:k] = right.reshape(k, -1)
    weights = np.linalg.solve(system, padded).astype(np.float32)
    basis = np.concat([_spline_kernel(at, points), np.ones((len(at), 1), np.float32), at], axis=1)
    result = (basis.astype(np.float32) @ weights).reshape(len(at), *right.shape[1:])
    return np.moveaxis(result, 0, -2)


def _spline_kernel(a: Points, b: Points) -> Points:
    away, other = (a[:, None, axis] - b[:, axis] for axis in range(2))
    away *= away
    away += np.square(other, out=other)
    return np.asarray(away * np.log(np.add(away, np.float32(1e-12), out=other), out=other))


def smoothstep(x: Array, low: float, high: float) -> Array:
    """Rise from 0 at `low` to 1 at `high`, or fall if `high` is lower; flat beyond."""
    t = array_namespace(x).clip((x - low) / (high - low), 0, 1)
    return t * t * (3 - 2 * t)
