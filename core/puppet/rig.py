"""The rig of a portrait: blend shapes as displacement fields, pose weights, lips and eyes."""

from typing import NamedTuple

import numpy as np

from core.perception.face.topology import (
    CHIN,
    FEATURES,
    FOREHEAD,
    LANDMARK_COUNT,
    LOWER_LIP,
    OVAL,
    UPPER_LIP,
)
from core.puppet.arrays import Array
from core.puppet.body_motion import body_layers
from core.puppet.displacement import Points, grid_nodes, smoothstep, thin_plate_spline
from core.puppet.expression import Expressions
from core.puppet.eyelid_warp import Eyes, find_eyes
from core.puppet.lip_seam import LipSeam, closing_deltas, find_lip_seam
from core.puppet.procrustes import fit_similarity

FACE_NODES = 96
"""Nodes along each side of the face's box."""

BOX_HALF = 0.95
"""Half the side of the face's box, in face heights."""

BLEND_SHAPES = (
    "jawOpen", "jawForward", "mouthLeft", "mouthRight", "mouthFunnel", "mouthPucker",
    "mouthStretch", "mouthSmile_L", "mouthSmile_R", "mouthFrown", "mouthUpperUp",
    "mouthLowerDown", "mouthPress", "mouthRollLower", "mouthRollUpper", "mouthShrugLower",
    "mouthShrugUpper", "mouthDimple", "cheekPuff", "cheekSquint", "noseSneer", "browInnerUp",
    "browOuterUp_L", "browOuterUp_R", "browDown_L", "browDown_R", "eyeSquint",
)  # fmt: skip
"""Names of the blend shapes of a rig. One more follows them, LIP_SEAL: it closes the lips that the
portrait was taken with."""

LIP_SEAL = len(BLEND_SHAPES)

SPLINE_SMOOTHING = 1e-5
"""Regularization of the splines, so that noise in landmarks does not crease the picture."""

SPLINE_LANDMARKS = sorted({*FEATURES, *range(0, 468, 3)})
"""Control points of the splines: all landmarks of lips, lids, brows and outline, and every third
of the others, which say nothing new."""


class Rig(NamedTuple):
    """One portrait, ready to move; all lengths in crop units. Fields stack into batches."""

    landmarks: Array
    """(478, 3) as in the photo, x right, y down, z away from the viewer"""
    landmark_deltas: Array
    """(shapes, 478, 3) of the blend shapes, added to the landmarks at full weight"""
    displacements: Array
    """(shapes, 2, 2, FACE_NODES, FACE_NODES) the same as displacement fields over the face's box:
    on the upper lip's side of the seam and on the lower lip's; then x and y"""
    box: Array
    """(3,) middle and half side of the face's box"""
    height: Array
    """() of the face, forehead to chin"""
    axes: Array
    """(3, 3) rows: the face's own right, down and away"""
    pivot: Array
    """(3,) where the head turns"""
    body: Array
    """(3, POSE_NODES, POSE_NODES) depth; weight of the head's motion; weight of the chest's"""
    lips: LipSeam
    eyes: Eyes


def build_rig(landmarks: Points, expressions: Expressions) -> Rig:
    """Return the rig for landmarks (478, 3) in crop units."""
    points = landmarks
    height = float(np.linalg.norm(points[FOREHEAD, :2] - points[CHIN, :2]))
    axes, deltas = _fit_mean_face(landmarks, expressions)
    lips = find_lip_seam(points, axes)
    deltas = np.concat([deltas, closing_deltas(points, axes)[None]])
    middle = points[list(OVAL), :2].mean(0) + 0.12 * height * axes[1, :2]
    box = np.append(middle, np.float32(BOX_HALF * height))
    displacements = _spread_deltas(points, deltas, box, lips, height, axes)
    pivot = points[CHIN] + height * (0.18 * axes[1] + 0.42 * axes[2])
    return Rig(
        points, deltas, displacements, box, np.asarray(height, np.float32), axes, pivot,
        body_layers(points, height, axes), lips, find_eyes(points, axes, height),
    )  # fmt: skip


def _fit_mean_face(landmarks: Points, expressions: Expressions) -> tuple[Points, Points]:
    """Fit the mean face to the landmarks; return the face's axes and its blend shapes' deltas."""
    flip = np.array([1, -1, -1])  # from y up, z forward to y down, z away
    mean = expressions.mean.astype(np.float64) * flip
    fit = fit_similarity(mean, landmarks.astype(np.float64), np.ones(LANDMARK_COUNT))
    linear = (fit.scale * fit.rotation * flip).astype(np.float32)
    return fit.rotation.T.astype(np.float32), expressions.select(BLEND_SHAPES) @ linear.T


def _spread_deltas(
    points: Points, deltas: Points, box: Points, lips: LipSeam, height: float, axes: Points
) -> Points:
    """Spread the landmarks' deltas over the box by splines, once for each side of the lip seam.

    Either side leaves the other lip out, so that each field is smooth right across the mouth;
    away from the mouth the two are made one.
    """
    at = box[:2] + box[2] * grid_nodes(FACE_NODES, FACE_NODES)
    fixed = _fixed_points(points, box, height, axes)
    sides = []
    for other in (LOWER_LIP, UPPER_LIP):
        kept = [i for i in SPLINE_LANDMARKS if i not in other]
        controls = np.concat([points[kept, :2], fixed])
        values = np.zeros((len(deltas), len(controls), 2), np.float32)
        values[:, : len(kept)] = deltas[:, kept, :2]
        spread = thin_plate_spline(controls, values, at.reshape(-1, 2), SPLINE_SMOOTHING)
        sides.append(np.moveaxis(spread.reshape(len(deltas), FACE_NODES, FACE_NODES, 2), -1, 1))
    upper, lower = sides
    edge = abs(grid_nodes(FACE_NODES, FACE_NODES)).max(-1)
    mean, apart = (upper + lower) / 2, (upper - lower) / 2 * lips.parting_weight(at, height)
    inside = smoothstep(edge, 1.0, 0.85)
    return np.ascontiguousarray(np.stack([mean + apart, mean - apart], axis=1) * inside)


def _fixed_points(points: Points, box: Points, height: float, axes: Points) -> Points:
    """Return control points that no expression moves: hair, neck and the border of the box."""
    oval = points[list(OVAL), :2]
    middle = oval.mean(0)
    above = (oval - middle) @ axes[1, :2] < 0.1 * height
    hair = middle + (oval[above] - middle) * 1.3
    across = np.linspace(-0.7, 0.7, 12, dtype=np.float32)[:, None] * height * axes[0, :2]
    neck = points[CHIN, :2] + across + 0.30 * height * axes[1, :2]
    lattice = grid_nodes(9, 9).reshape(-1, 2)
    border = box[:2] + box[2] * lattice[abs(lattice).max(-1) > 0.99]
    return np.concat([hair, neck, border])
