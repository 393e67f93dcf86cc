"""Motion (expression, head pose, eyes) of portraits, and the backward warp that it causes."""

from functools import cache
from typing import NamedTuple

import numpy as np

from core.puppet.arrays import Array, array_namespace, as_array_like
from core.puppet.displacement import Points, Refinement, displace, grid_nodes, invert_field
from core.puppet.rig import Rig

CAMERA_DISTANCE = 7.0
"""From the camera to the face, in face heights: how strong perspective is."""


EXPRESSION_ROUNDS = 2

LIPS = Refinement((38, 80), (26, 70), 6, 0.7)
"""Nodes of the face's box around the mouth, however it is turned: parting lips stretch them."""


class Motion(NamedTuple):
    """One moment of a batch of n portraits; lengths in face heights, angles in radians."""

    expression: Array
    """(n, shapes) weight of each of `rig.BLEND_SHAPES`, then of LIP_SEAL"""
    turn: Array
    """(n, 3) of the head: yaw to the picture's right, pitch down, roll clockwise"""
    shift: Array
    """(n, 3) of the head: right, down, away"""
    chest: Array
    """(n, 3) of the shoulders: right, down, roll clockwise"""
    breath: Array
    """(n,) how far the chest has risen"""
    blink: Array
    """(n, 2) subject's right and left lid: 0 as in the photo, 1 closed"""
    gaze: Array
    """(n, 2) right and down in the picture, in half widths of an eye"""
    tongue: Array
    """(n,) 0 lying, 1 at the teeth"""


def neutral_motion(count: int, expressions: int) -> Motion:
    """Return the motion of `count` portraits at rest, as the photo shows them."""
    shapes = ((expressions,), (3,), (3,), (3,), (), (2,), (2,), ())
    return Motion(*(np.zeros((count, *shape), np.float32) for shape in shapes))


class BackwardWarp(NamedTuple):
    """The backward warp from the moving picture to the photo; displacement fields (n, 2, h, w)."""

    pose: Array
    """over the crop: undoes the head's and the chest's motion"""
    upper: Array
    """over the face's box: undoes the expression on the upper lip's side of the seam"""
    lower: Array
    """the same on the lower lip's side"""
    jaw: Array
    """(n, 2) how far the chin has moved"""


def backward_warp(rig: Rig, motion: Motion) -> BackwardWarp:
    """Return the backward warp of `motion`; rig has a leading batch dimension n.

    Only `rig.displacements`, which are large, may be fewer: each serves as many moments in a row.
    """
    return BackwardWarp(pose_warp(rig, motion), *expression_warp(rig, motion))


def pose_warp(rig: Rig, motion: Motion) -> Array:
    """Return `BackwardWarp.pose` alone."""
    return invert_field(_pose_displacement(rig, motion))


def expression_warp(rig: Rig, motion: Motion) -> tuple[Array, Array, Array]:
    """Return `BackwardWarp.upper`, `lower` and `jaw` alone."""
    count, kinds = rig.displacements.shape[:2]
    moments = motion.expression.reshape(count, -1, kinds)
    moved = moments @ rig.displacements.reshape(count, kinds, -1)
    moved = moved.reshape(-1, *rig.displacements.shape[3:])
    half = array_namespace(moved).stack(2 * [rig.box[:, 2]], 1).reshape(-1, 1, 1, 1)
    back = (invert_field(moved / half, EXPRESSION_ROUNDS, LIPS) * half).reshape(
        -1, 2, *moved.shape[1:]
    )
    jaw = (motion.expression[:, None] @ rig.landmark_deltas[:, :, JAW_LANDMARK, :2])[:, 0]
    return back[:, 0], back[:, 1], jaw


JAW_LANDMARK = 17
"""The landmark whose expression the lower teeth and the tongue follow: under the lower lip."""


def _pose_displacement(rig: Rig, motion: Motion) -> Array:
    """Return the forward displacement field of the head's pose, the shoulders and the breath."""
    depth, head, chest = (rig.body[:, layer].reshape(len(rig.body), 1, -1) for layer in range(3))
    flat = as_array_like(depth, _grid_points(*rig.body.shape[-2:]))
    moved, _ = _turn_head(rig, motion, flat, depth)
    rise = (motion.breath * rig.height)[:, None]
    head_lift, chest_lift = (
        as_array_like(depth, [[0], [-share]]) * rise[..., None] for share in (0.5, 1)
    )
    away = head * (moved - flat + head_lift)
    away = away + chest * (_chest_displacement(rig, motion, flat) + chest_lift)
    return away.reshape(-1, 2, *rig.body.shape[-2:])


@cache
def _grid_points(height: int, width: int) -> Points:
    """Return x and y (2, height * width) of a grid's nodes over the crop."""
    return np.ascontiguousarray(grid_nodes(height, width).reshape(-1, 2).T)


def _chest_displacement(rig: Rig, motion: Motion, points: Array) -> Array:
    """Return how far the shoulders move points (2, m) that move with them wholly: (n, 2, m)."""
    roll = motion.chest[:, 2, None, None] * as_array_like(points, [[0, -1], [1, 0]])
    shift = motion.chest[:, :2, None] * rig.height[:, None, None]
    return roll @ points + (shift - roll @ rig.pivot[:, :2, None])


def apply_head_pose(rig: Rig, motion: Motion, points: Array) -> Array:
    """Apply the head's pose, in perspective, to points (n, m, 3) that move with it wholly."""
    flat, depth = _turn_head(rig, motion, points[..., :2].mT, points[..., 2:].mT)
    return array_namespace(flat).concat([flat, depth], axis=1).mT


def _turn_head(rig: Rig, motion: Motion, flat: Array, depth: Array) -> tuple[Array, Array]:
    """See `apply_head_pose`; x and y are (n, 2, m) or the same for all, depths (n, 1, m)."""
    height, pivot = rig.height[:, None, None], rig.pivot[:, :, None]
    turn = rotation_matrix(motion.turn)
    moved = turn[..., :2] @ flat + turn[..., 2:] * depth
    moved = moved + (pivot - turn @ pivot + motion.shift[:, :, None] * height)
    away, middle = moved[:, 2:], rig.box[:, :2, None]
    nearer = CAMERA_DISTANCE * height / (CAMERA_DISTANCE * height + away - depth)
    return (moved[:, :2] - middle) * nearer + middle, away


def rotation_matrix(turn: Array) -> Array:
    """Return rotation matrices (n, 3, 3) of Euler angles (n, 3): yaw, then pitch, then roll.

    x right, y down, z away.
    """
    xp = array_namespace(turn)
    (cy, cp, cr), (sy, sp, sr) = (xp.moveaxis(part, -1, 0) for part in (xp.cos(turn), xp.sin(turn)))
    a, b = sp * sy, sp * cy
    rows = [
        cr * cy + sr * a, -sr * cp, sr * b - cr * sy,
        sr * cy - cr * a, cr * cp, -sr * sy - cr * b,
        cp * sy, sp, cp * cy,
    ]  # fmt: skip
    return xp.stack(rows, axis=-1).reshape(-1, 3, 3)


def moved_landmarks(rig: Rig, motion: Motion) -> Array:
    """Return the landmarks (n, 478, 3) of the moving portrait (lids aside), crop units."""
    count, kinds = rig.landmark_deltas.shape[:2]
    moved = motion.expression[:, None] @ rig.landmark_deltas.reshape(count, kinds, -1)
    shaped = rig.landmarks + moved.reshape(-1, *rig.landmarks.shape[1:])
    return apply_head_pose(rig, motion, shaped)


def undo_pose(warp: BackwardWarp, positions: Array) -> Array:
    """Warp positions (n, h, w, 2) of the moving picture back into the photo's pose."""
    return displace(warp.pose, positions)


def undo_expression(rig: Rig, field: Array, posed: Array) -> Array:
    """Warp positions (n, h, w, 2) in the photo's pose back to their sources in the photo."""
    return displace(field, posed, rig.box)
