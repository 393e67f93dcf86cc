"""Motion (expression, head pose, eyes) of portraits, and the backward warp that it causes."""

from typing import NamedTuple

import numpy as np

from core.puppet.arrays import Array, array_namespace, as_array_like
from core.puppet.displacement import Refinement, grid_nodes, invert_field, sample_field
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
    xp = array_namespace(rig.body)
    depth, head, chest = (rig.body[:, layer : layer + 1] for layer in range(3))
    grid = as_array_like(depth, grid_nodes(*depth.shape[-2:]))[None]
    flat = xp.broadcast_to(xp.moveaxis(grid, -1, 1), (len(depth), 2, *depth.shape[-2:]))
    points = xp.concat([flat, depth], axis=1)
    moved = apply_head_pose(rig, motion, points.reshape(*points.shape[:2], -1).mT).mT
    away = moved.reshape(points.shape)[:, :2] - flat
    rise = xp.stack([0 * motion.breath, -motion.breath], axis=-1)
    lift = (rise * rig.height[:, None])[:, :, None, None]
    return (
        head * away + chest * _chest_displacement(rig, motion, flat) + (chest + 0.5 * head) * lift
    )


def _chest_displacement(rig: Rig, motion: Motion, points: Array) -> Array:
    """Return how far the shoulders move points (n, 2, h, w) that move with them wholly."""
    xp = array_namespace(points)
    across, down, roll = (xp.moveaxis(motion.chest, -1, 0)[i][:, None, None] for i in range(3))
    height = rig.height[:, None, None]
    arm = points - rig.pivot[:, :2, None, None]
    return xp.stack([across * height - roll * arm[:, 1], down * height + roll * arm[:, 0]], axis=1)


def apply_head_pose(rig: Rig, motion: Motion, points: Array) -> Array:
    """Apply the head's pose, in perspective, to points (n, m, 3) that move with it wholly."""
    height = rig.height[:, None, None]
    arm = points - rig.pivot[:, None]
    moved = arm @ rotation_matrix(motion.turn).mT + rig.pivot[:, None]
    moved = moved + motion.shift[:, None] * height
    nearer = (
        CAMERA_DISTANCE * height / (CAMERA_DISTANCE * height + moved[..., 2:] - points[..., 2:])
    )
    middle = rig.box[:, None, :2]
    flat = (moved[..., :2] - middle) * nearer + middle
    return array_namespace(flat).concat([flat, moved[..., 2:]], axis=-1)


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
    away = sample_field(warp.pose, positions)
    return positions + array_namespace(away).moveaxis(away, 1, -1)


def undo_expression(rig: Rig, field: Array, posed: Array) -> Array:
    """Warp positions (n, h, w, 2) in the photo's pose back to their sources in the photo."""
    middle, half = rig.box[:, None, None, :2], rig.box[:, None, None, 2:]
    away = sample_field(field, (posed - middle) / half)
    return posed + array_namespace(away).moveaxis(away, 1, -1)
