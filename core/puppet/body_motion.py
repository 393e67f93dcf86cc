"""Depth of head and chest, and their motion weights: how much each place moves with either."""

import numpy as np

from core.perception.face.topology import CHIN, NOSE_TIP, OVAL
from core.portrait.backdrop import MOVING_SHARE
from core.puppet.displacement import Points, grid_nodes, smoothstep, thin_plate_spline

POSE_NODES = 64
"""Nodes along each side of the crop."""

EDGE_FADE = 0.4
"""How far from the photo's edge motion is whole again, face heights."""

DEPTH_LANDMARKS = sorted({*range(0, 478, 2), *OVAL, NOSE_TIP})
"""Landmarks whose depth is kept; nose and outline, which parallax parts, are among them."""

HEAD_RINGS = ((1.25, 0.10), (1.6, 0.20), (2.2, 0.24))
"""Outlines of the head beyond the face: factor on the face's oval, and how much farther back."""


def body_layers(points: Points, height: float, axes: Points) -> Points:
    """Return (3, POSE_NODES, POSE_NODES): depth, weight of the head's motion, of the chest's.

    points: (478, 3) crop units. All fades at the crop's edge, beyond which nothing moves.
    """
    grid = grid_nodes(POSE_NODES, POSE_NODES)
    below = (grid - points[CHIN, :2]) @ axes[1, :2] / height
    inside = smoothstep(abs(grid).max(-1), MOVING_SHARE, 0.85)
    head = 0.12 + 0.88 * smoothstep(below, 0.55, -0.02)
    chest = smoothstep(below, 0.15, 0.8)
    return np.stack([_depth(points, height, grid), head * inside, chest * inside])


def fade_at_photo_edges(layers: Points, height: float, left: float, right: float) -> Points:
    """Return `layers` with all motion fading towards the photo's left and right edge, crop units.

    What the photo cuts off there goes on in its surroundings, which stay still.
    """
    across = grid_nodes(POSE_NODES, POSE_NODES)[..., 0]
    near = np.minimum(across - left, right - across) / (EDGE_FADE * height)
    share = smoothstep(near, 0.0, 1.0)
    return np.stack([layers[0], layers[1] * share, layers[2] * share])


def _depth(points: Points, height: float, grid: Points) -> Points:
    """Extrapolate the landmarks' depth over the head: an egg behind the face, level beyond it."""
    oval = points[list(OVAL)]
    middle = oval.mean(0)
    known, depths = [points[DEPTH_LANDMARKS, :2]], [points[DEPTH_LANDMARKS, 2]]
    for factor, back in HEAD_RINGS:
        known.append(middle[:2] + factor * (oval[::2, :2] - middle[:2]))
        depths.append(oval[::2, 2] + back * height)
    border = grid_nodes(7, 7).reshape(-1, 2)
    border = border[abs(border).max(-1) > 0.99]
    known.append(border)
    depths.append(np.full(len(border), oval[:, 2].mean() + HEAD_RINGS[-1][1] * height))
    values = np.concat(depths)[:, None]
    depth = thin_plate_spline(np.concat(known), values, grid.reshape(-1, 2), 1e-3)
    return depth.reshape(grid.shape[:2])
