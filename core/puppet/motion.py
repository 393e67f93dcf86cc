"""What a portrait does at one moment, and where that leads each place of the photo."""

from typing import NamedTuple

import numpy as np

from core.puppet.arrays import Array, functions, like
from core.puppet.field import invert, nodes, sample
from core.puppet.rig import Rig

DISTANCE = 7.0
"""From the eye of the viewer to the face, in face heights: how strong perspective is."""


class Motion(NamedTuple):
    """One moment of a batch of n portraits; lengths in face heights, angles in radians."""

    moves: Array
    """(n, moves) strength of each of `rig.MOVES`, then of the lips' seal"""
    turn: Array
    """(n, 3) of the head: yaw to the picture's right, pitch down, roll clockwise"""
    shift: Array
    """(n, 3) of the head: right, down, away"""
    breath: Array
    """(n,) how far the chest has risen"""
    blink: Array
    """(n, 2) subject's right and left lid: 0 as in the photo, 1 closed"""
    gaze: Array
    """(n, 2) right and down in the picture, in half widths of an eye"""
    tongue: Array
    """(n,) 0 lying, 1 at the teeth"""


def still(count: int, moves: int) -> Motion:
    """Return the motion that changes nothing, for `count` portraits."""
    shapes = ((moves,), (3,), (3,), (), (2,), (2,), ())
    return Motion(*(np.zeros((count, *shape), np.float32) for shape in shapes))


class Fields(NamedTuple):
    """The way back from the moving picture to the photo; displacement fields (n, 2, h, w)."""

    pose: Array
    """over the window: undoes the head's and the chest's motion"""
    upper: Array
    """over the face's box: undoes the expression, as the upper lip's side sees it"""
    lower: Array
    """the same as the lower lip's side sees it"""
    jaw: Array
    """(n, 2) how far the chin has moved"""


def fields(rig: Rig, motion: Motion) -> Fields:
    """Return the way back for `motion`; rig has a leading batch dimension n.

    Only `rig.fields`, which are large, may be fewer: each then serves as many moments in a row.
    """
    return Fields(pose_field(rig, motion), *shape_fields(rig, motion))


def pose_field(rig: Rig, motion: Motion) -> Array:
    """Return `Fields.pose` alone."""
    return invert(_posed(rig, motion))


def shape_fields(rig: Rig, motion: Motion) -> tuple[Array, Array, Array]:
    """Return `Fields.upper`, `lower` and `jaw` alone."""
    count, kinds = rig.fields.shape[:2]
    moments = motion.moves.reshape(count, -1, kinds)
    moved = moments @ rig.fields.reshape(count, kinds, -1)
    moved = moved.reshape(-1, *rig.fields.shape[3:])
    half = functions(moved).stack(2 * [rig.box[:, 2]], 1).reshape(-1, 1, 1, 1)
    back = (invert(moved / half) * half).reshape(-1, 2, *moved.shape[1:])
    jaw = (motion.moves[:, None] @ rig.landmark_moves[:, :, JAW_MARK, :2])[:, 0]
    return back[:, 0], back[:, 1], jaw


JAW_MARK = 17
"""The landmark whose expression the lower teeth and the tongue follow: under the lower lip."""


def _posed(rig: Rig, motion: Motion) -> Array:
    """The forward field of the head's turn and shift and of the breath."""
    xp = functions(rig.body)
    depth, head, chest = (rig.body[:, layer : layer + 1] for layer in range(3))
    grid = like(depth, nodes(*depth.shape[-2:]))[None]
    flat = xp.broadcast_to(xp.moveaxis(grid, -1, 1), (len(depth), 2, *depth.shape[-2:]))
    place = xp.concat([flat, depth], axis=1)
    moved = turned(rig, motion, place.reshape(*place.shape[:2], -1).mT).mT
    away = moved.reshape(place.shape)[:, :2] - flat
    rise = xp.stack([0 * motion.breath, -motion.breath], axis=-1)
    lift = (rise * rig.height[:, None])[:, :, None, None]
    return head * away + (chest + 0.5 * head) * lift


def turned(rig: Rig, motion: Motion, place: Array) -> Array:
    """Return where the head's motion takes places (n, m, 3) that take full part in it."""
    height = rig.height[:, None, None]
    arm = place - rig.pivot[:, None]
    moved = arm @ rotation(motion.turn).mT + rig.pivot[:, None]
    moved = moved + motion.shift[:, None] * height
    nearer = DISTANCE * height / (DISTANCE * height + moved[..., 2:] - place[..., 2:])
    middle = rig.box[:, None, :2]
    flat = (moved[..., :2] - middle) * nearer + middle
    return functions(flat).concat([flat, moved[..., 2:]], axis=-1)


def rotation(turn: Array) -> Array:
    """Return matrices (n, 3, 3) for yaw, pitch and roll (n, 3): first yaw, then pitch, then roll.

    x right, y down, z away.
    """
    xp = functions(turn)
    (cy, cp, cr), (sy, sp, sr) = (xp.moveaxis(part, -1, 0) for part in (xp.cos(turn), xp.sin(turn)))
    a, b = sp * sy, sp * cy
    rows = [
        cr * cy + sr * a, -sr * cp, sr * b - cr * sy,
        sr * cy - cr * a, cr * cp, -sr * sy - cr * b,
        cp * sy, sp, cp * cy,
    ]  # fmt: skip
    return xp.stack(rows, axis=-1).reshape(-1, 3, 3)


def landmarks(rig: Rig, motion: Motion) -> Array:
    """Return the landmarks (n, 478, 3) of the moving portrait (lids aside), window units."""
    count, kinds = rig.landmark_moves.shape[:2]
    moved = motion.moves[:, None] @ rig.landmark_moves.reshape(count, kinds, -1)
    shaped = rig.landmarks + moved.reshape(-1, *rig.landmarks.shape[1:])
    return turned(rig, motion, shaped)


def unposed(fields_: Fields, at: Array) -> Array:
    """Bring places (n, h, w, 2) of the moving picture into the photo's pose."""
    return at + functions(at).moveaxis(sample(fields_.pose, at), 1, -1)


def unshaped(rig: Rig, field: Array, posed: Array) -> Array:
    """Bring places (n, h, w, 2) in the photo's pose to where they come from in the photo."""
    middle, half = rig.box[:, None, None, :2], rig.box[:, None, None, 2:]
    return posed + functions(posed).moveaxis(sample(field, (posed - middle) / half), 1, -1)
