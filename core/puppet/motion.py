"""What a portrait does at one moment, and where that leads each place of the photo."""

from typing import NamedTuple

import torch
from torch import Tensor

from core.puppet.field import invert, nodes, sample
from core.puppet.rig import Rig

DISTANCE = 7.0
"""From the eye of the viewer to the face, in face heights: how strong perspective is."""


class Motion(NamedTuple):
    """One moment of a batch of n portraits; lengths in face heights, angles in radians."""

    moves: Tensor
    """(n, moves) strength of each of `rig.MOVES`, then of the lips' seal"""
    turn: Tensor
    """(n, 3) of the head: yaw to the picture's right, pitch down, roll clockwise"""
    shift: Tensor
    """(n, 3) of the head: right, down, away"""
    breath: Tensor
    """(n,) how far the chest has risen"""
    blink: Tensor
    """(n, 2) subject's right and left lid: 0 as in the photo, 1 closed"""
    gaze: Tensor
    """(n, 2) right and down in the picture, in half widths of an eye"""
    tongue: Tensor
    """(n,) 0 lying, 1 at the teeth"""


def still(count: int, moves: int) -> Motion:
    """Return the motion that changes nothing, for `count` portraits."""
    zero = torch.zeros
    return Motion(
        zero(count, moves), zero(count, 3), zero(count, 3), zero(count),
        zero(count, 2), zero(count, 2), zero(count),
    )  # fmt: skip


class Fields(NamedTuple):
    """The way back from the moving picture to the photo; displacement fields (n, 2, h, w)."""

    pose: Tensor
    """over the window: undoes the head's and the chest's motion"""
    upper: Tensor
    """over the face's box: undoes the expression, as the upper lip's side sees it"""
    lower: Tensor
    """the same as the lower lip's side sees it"""
    jaw: Tensor
    """(n, 2) how far the chin has moved"""


def fields(rig: Rig, motion: Motion) -> Fields:
    """Return the way back for `motion`; rig has a leading batch dimension n.

    Only `rig.fields`, which are large, may be fewer: each then serves as many moments in a row.
    """
    return Fields(pose_field(rig, motion), *shape_fields(rig, motion))


def pose_field(rig: Rig, motion: Motion) -> Tensor:
    """Return `Fields.pose` alone."""
    return invert(_posed(rig, motion))


def shape_fields(rig: Rig, motion: Motion) -> tuple[Tensor, Tensor, Tensor]:
    """Return `Fields.upper`, `lower` and `jaw` alone."""
    count, kinds = rig.fields.shape[:2]
    moments = motion.moves.view(count, -1, kinds)
    moved = (moments @ rig.fields.flatten(2)).view(-1, *rig.fields.shape[3:])
    half = rig.box[:, 2, None, None, None].repeat_interleave(2, dim=0)
    back = (invert(moved / half) * half).view(-1, 2, *moved.shape[1:])
    jaw = (motion.moves[:, None] @ rig.landmark_moves[:, :, JAW_MARK, :2])[:, 0]
    return back[:, 0], back[:, 1], jaw


JAW_MARK = 17
"""The landmark whose expression the lower teeth and the tongue follow: under the lower lip."""


def _posed(rig: Rig, motion: Motion) -> Tensor:
    """The forward field of the head's turn and shift and of the breath."""
    depth, head, chest = (rig.body[:, layer : layer + 1] for layer in range(3))
    grid = nodes(*depth.shape[-2:]).to(depth)
    place = torch.cat([grid.permute(2, 0, 1).expand(len(depth), -1, -1, -1), depth], dim=1)
    moved = turned(rig, motion, place.flatten(2).transpose(1, 2)).transpose(1, 2)
    away = moved.view_as(place)[:, :2] - place[:, :2]
    rise = torch.stack([torch.zeros_like(motion.breath), -motion.breath], dim=-1)
    lift = (rise * rig.height[:, None])[:, :, None, None]
    return head * away + (chest + 0.5 * head) * lift


def turned(rig: Rig, motion: Motion, place: Tensor) -> Tensor:
    """Return where the head's motion takes places (n, m, 3) that take full part in it."""
    height = rig.height[:, None, None]
    arm = place - rig.pivot[:, None]
    moved = arm @ rotation(motion.turn).transpose(1, 2) + rig.pivot[:, None]
    moved = moved + motion.shift[:, None] * height
    nearer = DISTANCE * height / (DISTANCE * height + moved[..., 2:] - place[..., 2:])
    middle = rig.box[:, None, :2]
    return torch.cat([(moved[..., :2] - middle) * nearer + middle, moved[..., 2:]], dim=-1)


def rotation(turn: Tensor) -> Tensor:
    """Return matrices (n, 3, 3) for yaw, pitch and roll (n, 3): first yaw, then pitch, then roll.

    x right, y down, z away.
    """
    (cy, cp, cr), (sy, sp, sr) = turn.cos().unbind(-1), turn.sin().unbind(-1)
    a, b = sp * sy, sp * cy
    rows = [
        cr * cy + sr * a, -sr * cp, sr * b - cr * sy,
        sr * cy - cr * a, cr * cp, -sr * sy - cr * b,
        cp * sy, sp, cp * cy,
    ]  # fmt: skip
    return torch.stack(rows, -1).view(-1, 3, 3)


def landmarks(rig: Rig, motion: Motion) -> Tensor:
    """Return the landmarks (n, 478, 3) of the moving portrait (lids aside), window units."""
    shaped = rig.landmarks + torch.einsum("nm,nmkc->nkc", motion.moves, rig.landmark_moves)
    return turned(rig, motion, shaped)


def unposed(fields_: Fields, at: Tensor) -> Tensor:
    """Bring places (n, h, w, 2) of the moving picture into the photo's pose."""
    return at + sample(fields_.pose, at).permute(0, 2, 3, 1)


def unshaped(rig: Rig, field: Tensor, posed: Tensor) -> Tensor:
    """Bring places (n, h, w, 2) in the photo's pose to where they come from in the photo."""
    middle, half = rig.box[:, None, None, :2], rig.box[:, None, None, 2:]
    return posed + sample(field, (posed - middle) / half).permute(0, 2, 3, 1)
