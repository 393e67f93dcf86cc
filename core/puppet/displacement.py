"""Displacement fields on coarse grids: thin-plate splines, sampling, inversion.

A field is (n, 2, h, w): at each node the displacement (x, y) in crop units, where the crop spans
-1..1 and the corner nodes lie on its corners.
"""

from functools import cache
from typing import Any, NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from core.puppet.arrays import Array, array_namespace, as_array_like

Points = NDArray[np.float32]


def grid_nodes(height: int, width: int) -> Points:
    """Return the positions (height, width, 2) of a grid's nodes over the crop."""
    y, x = np.linspace(-1, 1, height), np.linspace(-1, 1, width)
    return np.stack(np.meshgrid(x, y), axis=-1).astype(np.float32)


def sample_field(field: Array, at: Array, box: Array | None = None) -> Array:
    """Sample a field (n, 2, h, w) at (n, h2, w2, 2), bilinearly and clamped: (n, 2, h2, w2).

    box: (n, 3) middle and half side of the square that the field spans, instead of the crop.
    """
    if not isinstance(field, np.ndarray):
        if box is not None:
            at = (at - box[:, None, None, :2]) / box[:, None, None, 2:]
        how = {"padding_mode": "border", "align_corners": True}
        return array_namespace(field).nn.functional.grid_sample(field, at, **how)
    found = np.empty((*field.shape[:2], *at.shape[1:3]), np.float32)
    boxes = np.broadcast_to([0, 0, 1], (len(field), 3)) if box is None else box
    for planes, places, into, span in zip(field, at, found, boxes, strict=True):
        _remap_planes(planes, into, cv2.transform(places, _to_nodes(field.shape[:1:-1], span)))
    return found


def displace(field: Array, at: Array, box: Array | None = None) -> Array:
    """Return positions (n, h2, w2, 2) moved by what the field says there; see `sample_field`."""
    away = sample_field(field, at, box)
    if not isinstance(away, np.ndarray):
        return at + away.movedim(1, -1)
    return at + np.stack([np.asarray(cv2.merge(planes)) for planes in away])


def _to_nodes(sides: tuple[int, ...], box: Points) -> Points:
    """Return the matrix (2, 3) from positions to the nodes of a grid that spans `box`."""
    x, y, half = box.tolist()
    across, down = ((side - 1) / 2 for side in sides)
    return np.array(
        [[across / half, 0, across * (1 - x / half)], [0, down / half, down * (1 - y / half)]]
    )


def _remap_planes(planes: Points, into: Points, *grid: Any) -> None:
    """Sample planes (k, h, w) at the nodes of `grid`, (h2, w2, 2) or x and y, into (k, h2, w2).

    One by one, for OpenCV reads one channel exactly, and two in steps of 1/32 of a node.
    """
    x, y = grid if len(grid) == 2 else (*grid, None)
    for plane, sampled in zip(planes, into, strict=True):
        cv2.remap(plane, x, y, cv2.INTER_LINEAR, sampled, cv2.BORDER_REPLICATE)


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
    nodes = _node_numbers(*forward.shape[1:])
    scale = (nodes[:, -1:, -1:] / 2).astype(np.float32)
    planes = forward * scale
    back, moved = -planes, np.empty_like(planes)
    for _ in range(rounds):
        _remap_planes(planes, moved, *(nodes + back))
        np.negative(moved, out=back)
    if steep is not None:
        box = np.s_[:, slice(*steep.rows), slice(*steep.columns)]
        nodes, step = nodes[box], np.float32(steep.step)
        part = -step * planes[box]
        moved = np.empty_like(part)
        for _ in range(steep.rounds):
            _remap_planes(planes, moved, *(nodes + part))
            part = (1 - step) * part - step * moved
        back[box] = part
    return back / scale


@cache
def _node_numbers(height: int, width: int) -> Points:
    """Return x and y (2, height, width) of a grid's nodes, counted from its corner."""
    y, x = np.mgrid[:height, :width].astype(np.float32)
    return np.stack([x, y])


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
    t = ((x - low) / (high - low)).clip(0, 1)
    return t * t * (3 - 2 * t)
