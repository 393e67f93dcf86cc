"""The lip seam: where the lips part in the photo, the masks of both sides, and how to close it."""

from typing import NamedTuple

import numpy as np

from core.perception.face.topology import (
    CHIN,
    INNER_CORNERS,
    JAW,
    LANDMARK_COUNT,
    LOWER_INNER,
    LOWER_INSIDE,
    LOWER_MIDDLE,
    LOWER_OUTER,
    UPPER_INNER,
    UPPER_INSIDE,
    UPPER_MIDDLE,
    UPPER_OUTER,
)
from core.puppet.arrays import Array
from core.puppet.curve import Vector, interpolate, monotone_cubic
from core.puppet.displacement import Points, smoothstep

SEAM_SPAN = 1.5
"""The seam's columns reach this many half widths of the mouth to either side."""

UPPER_SHARE = 0.35
"""How much of the way to the closed mouth the upper lip goes; the lower lip goes the rest."""

CORNER_FADE = (0.94, 1.06)
"""Half widths over which the two sides of the seam become one at the corners."""


class LipSeam(NamedTuple):
    """The mouth's own frame, u from corner to corner (-1..1), v downwards, and the lips' edges."""

    middle: Array
    """(2,) crop units"""
    across: Array
    """(2,) from the middle to the subject's left inner corner, crop units"""
    down: Array
    """(2,) unit vector"""
    edges: Array
    """(2, COLUMNS) v of the upper and the lower lip's inner edge, crop units"""

    def to_mouth_frame(self, at: Points) -> tuple[Points, Points]:
        """Return u and v of positions (..., 2)."""
        away = at - self.middle
        return away @ self.across / (self.across**2).sum(), away @ self.down

    def parting_weight(self, at: Points, height: float) -> Points:
        """Return how far (0..1) the two sides of the seam may part at positions (..., 2)."""
        u, v = self.to_mouth_frame(at)
        v = v / height
        beside = smoothstep(abs(u), CORNER_FADE[1], CORNER_FADE[0])
        return np.asarray(beside * smoothstep(v, -0.30, -0.20) * smoothstep(v, 0.50, 0.38))

    def side_masks(self, at: Points, pixel: float) -> Points:
        """Return the masks (2, ...) of the upper and the lower side at positions (..., 2).

        pixel: width of the edges in crop units. Beyond the corners both are 1.
        """
        u, v = self.to_mouth_frame(at)
        upper, lower = (
            interpolate(edge, u.ravel(), SEAM_SPAN).reshape(u.shape) for edge in self.edges
        )
        open_here = smoothstep(abs(u), CORNER_FADE[1], CORNER_FADE[0])
        above = ((upper - v) / pixel + 1.0).clip(0, 1)
        below = ((v - lower) / pixel + 1.0).clip(0, 1)
        return np.stack([1 - open_here * (1 - above), 1 - open_here * (1 - below)])


def find_lip_seam(points: Points, axes: Points) -> LipSeam:
    """Find the seam in landmarks (478, 3)."""
    right, left = (points[i, :2] for i in INNER_CORNERS)
    middle, across = (right + left) / 2, (left - right) / 2
    down = np.stack([-across[1], across[0]]) / np.linalg.norm(across)
    down = down * np.sign(down @ axes[1, :2])
    bare = LipSeam(middle, across, down, np.zeros((2, 1), np.float32))
    rows = []
    for row in (UPPER_INNER, LOWER_INNER):
        ring = (INNER_CORNERS[0], *row, INNER_CORNERS[1])
        u, v = bare.to_mouth_frame(points[list(ring), :2])
        order = u.argsort()
        rows.append(monotone_cubic(_strictly_rising(u[order]), v[order], SEAM_SPAN))
    upper, lower = rows
    seam = (upper + lower) / 2
    return bare._replace(edges=np.stack([np.minimum(upper, seam), np.maximum(lower, seam)]))


def _strictly_rising(u: Vector) -> Vector:
    return u + np.arange(len(u), dtype=np.float32) * np.float32(1e-5)


def closing_deltas(points: Points, axes: Points) -> Points:
    """Return the deltas (478, 3) that close the lips of landmarks (478, 3)."""
    down = axes[1] / np.linalg.norm(axes[1])
    move = np.zeros((LANDMARK_COUNT, 3), np.float32)
    gap = ((points[list(LOWER_INNER)] - points[list(UPPER_INNER)]) @ down).clip(min=0)
    for row, share in zip(
        (UPPER_INNER, UPPER_INSIDE, UPPER_MIDDLE, UPPER_OUTER), (1, 0.95, 0.85, 0.7), strict=True
    ):
        move[list(row)] = UPPER_SHARE * share * gap[:, None] * down
    for row, share in zip(
        (LOWER_INNER, LOWER_INSIDE, LOWER_MIDDLE, LOWER_OUTER), (1, 1, 0.95, 0.85), strict=True
    ):
        move[list(row)] = (UPPER_SHARE - 1) * share * gap[:, None] * down
    widest = gap.max()
    reach = np.linalg.norm(points[list(JAW), :2] - points[CHIN, :2], axis=-1)
    near = np.exp(-((reach / reach.max() * 1.5) ** 2))
    move[list(JAW)] = -0.3 * widest * near[:, None] * down
    return move
