"""Eyelid and gaze warp: lids that close over a still eye, and eyeballs that turn."""

from typing import NamedTuple

import numpy as np

from core.perception.face.topology import (
    LEFT_BROW_LOWER,
    LEFT_EYE_CORNERS,
    LEFT_LOWER_LID,
    LEFT_UPPER_LID,
    RIGHT_BROW_LOWER,
    RIGHT_EYE_CORNERS,
    RIGHT_LOWER_LID,
    RIGHT_UPPER_LID,
)
from core.puppet.arrays import Array, array_namespace, as_array_like
from core.puppet.curve import COLUMNS, interpolate, monotone_cubic
from core.puppet.displacement import Points, smoothstep

EYE_SPAN = 1.4
"""An eye's columns reach this many half widths to either side."""

LID_MARGIN = 0.017
"""Height of the lid's edge with its lashes, which moves without being stretched; face heights."""

LID_OVERLAP = 0.6
"""How far a closed lid goes beyond the lower lid's edge, in margins: no white may show."""

LID_SKIN = 0.035
"""Least height of the skin above the lid that stretches when it closes; face heights."""

LASH_HEIGHT = 0.6
"""Height of the lash line of a shut lid, as a share of the open one's: lashes point down then."""

LASH_CORNERS = (0.7, 1.05)
"""Half widths of the eye between which the lash line thins out to nothing as the lid closes."""

LEAST_LASHES = 0.05
"""Height below which the lash line does not fall, so that the way back stays finite."""

LASH_SKIN = 0.15
"""How much of a shut lid's lash line is skin: it is seen from above, and softer."""

EDGE_SOFTNESS = 0.12
"""Width of a moving lid's edge, in margins, on top of a pixel's."""

LIDS_EXTENT = (-0.13, 0.07)
"""What the texture of the closed lids shows: v, in face heights, of its upper and lower end."""


class Eyes(NamedTuple):
    """Both eyes (the subject's right first), each in its own frame: u from corner to corner
    (-1..1), v downwards in crop units."""

    middle: Array
    """(2, 2)"""
    across: Array
    """(2, 2) from the middle to the corner on the subject's left"""
    down: Array
    """(2, 2) unit vectors"""
    curves: Array
    """(2, 5, COLUMNS) v of the upper lid's edge, of the lower lid's, of the line above which the
    skin stays where it is, and of the edge of a shut lid; then how freely the ball turns, 0..1"""
    margin: Array
    """(2,) LID_MARGIN in crop units"""


class EyeCoordinates(NamedTuple):
    """Positions around each of the k eyes of n portraits, in the photo; all smooth."""

    position: Array
    """(n, k, h, w, 2) crop units"""
    u: Array
    """(n, k, h, w) and v: the same in that eye's frame"""
    v: Array
    edges: Array
    """(n, k, 5, h, w) `Eyes.curves` there"""


class EyeWarp(NamedTuple):
    """Where the pixels around the k = 2 eyes of n portraits come from, and their alpha."""

    lid_source: Array
    """(n, k, h, w, 2) source positions of the skin, in the photo"""
    ball_source: Array
    """(n, k, h, w, 2) source positions of the eyeball"""
    lid_alpha: Array
    """(n, k, h, w) 1 where skin covers the eyeball"""
    unseen_skin: Array
    """(n, k, h, w) 1 where that skin lies folded away in the photo and has to be synthesized"""
    lid_coordinates: Array
    """(n, k, h, w, 2) where in `closed_lids` that skin is found"""


def find_eyes(points: Points, axes: Points, height: float) -> Eyes:
    """Find both eyes in landmarks (478, 3)."""
    sides = (
        (RIGHT_EYE_CORNERS, RIGHT_UPPER_LID, RIGHT_LOWER_LID, RIGHT_BROW_LOWER),
        (LEFT_EYE_CORNERS, LEFT_UPPER_LID, LEFT_LOWER_LID, LEFT_BROW_LOWER),
    )
    found = [_find_eye(points[:, :2], axes[1, :2], height, *side) for side in sides]
    return Eyes(*(np.stack(parts) for parts in zip(*found, strict=True)))


def _find_eye(
    points: Points,
    face_down: Points,
    height: float,
    corners: tuple[int, ...],
    upper: tuple[int, ...],
    lower: tuple[int, ...],
    brow: tuple[int, ...],
) -> tuple[Points, ...]:
    right, left = points[corners[0]], points[corners[1]]
    middle, across = (right + left) / 2, (left - right) / 2
    down = np.stack([-across[1], across[0]]) / np.linalg.norm(across)
    down = down * np.sign(down @ face_down)

    def columns(row: tuple[int, ...]) -> Points:
        away = points[list(row)] - middle
        u, v = away @ across / (across**2).sum(), away @ down
        order = u.argsort()
        return monotone_cubic(
            (u[order] + np.arange(len(u)) * 1e-5).astype(np.float32), v[order], EYE_SPAN
        )

    top_edge = columns((corners[0], *upper, corners[1]))
    low_edge = np.maximum(columns((corners[0], *lower, corners[1])), top_edge)
    still = np.minimum(columns(brow), top_edge - LID_SKIN * height)
    margin = np.array(LID_MARGIN * height, np.float32)
    side = abs(np.linspace(-EYE_SPAN, EYE_SPAN, COLUMNS, dtype=np.float32))
    shut = low_edge + LID_OVERLAP * margin * smoothstep(side, 1.0, 0.7)
    free = smoothstep(side, 1.0, 0.5)
    curves = np.stack([top_edge, low_edge, still, shut, free])
    return middle, across, down, curves, margin


def to_eye_frame(eyes: Eyes, at: Array) -> tuple[Array, Array]:
    """Return u and v (n, 2, h, w) of positions (n, 2, h, w, 2), crop units; see `Eyes`."""
    xp = array_namespace(at)
    across = eyes.across / (eyes.across**2).sum(-1)[..., None]
    away = (at - eyes.middle[:, :, None, None]).reshape(*at.shape[:2], -1, 2)
    both = (away @ xp.stack([across, eyes.down], axis=-1)).reshape(at.shape)
    return both[..., 0], both[..., 1]


def eye_coordinates(eyes: Eyes, at: Array) -> EyeCoordinates:
    """Return the eye coordinates of positions (n, 2, h, w, 2) in the photo, crop units."""
    u, v = to_eye_frame(eyes, at)
    edges = interpolate(eyes.curves, u.reshape(*u.shape[:2], 1, -1), EYE_SPAN)
    return EyeCoordinates(at, u, v, edges.reshape(*edges.shape[:3], *u.shape[2:]))


def warp_eyes(
    eyes: Eyes, at: EyeCoordinates, blink: Array, gaze: Array, pixel: float | Array
) -> EyeWarp:
    """Close the lids and turn the eyes.

    eyes: fields with a leading batch dimension n. blink: (n, 2) 0 as in the photo, 1 closed.
    gaze: (n, 2) to the right and down in the picture, in half widths of an eye. pixel: width of
    the lid's edge, crop units, (n, 1, 1, 1) if pictures differ in it.
    """
    xp, v = array_namespace(at.v), at.v
    top, low, still, shut, free = (at.edges[:, :, row] for row in range(5))
    margin, closing = eyes.margin[..., None, None], blink[..., None, None]
    edge = top + closing * (shut - top)
    corner = smoothstep(abs(at.u), *LASH_CORNERS)
    height = 1 - closing * (1 - LASH_HEIGHT * (1 - corner))
    lashes = margin * xp.clip(height, LEAST_LASHES, None)
    skin = _stretch_skin(v, still, top - margin, edge - lashes, margin / lashes)
    source = xp.where(v < edge, skin, v)
    lid = at.position + (source - v)[..., None] * eyes.down[:, :, None, None]
    soft = pixel + EDGE_SOFTNESS * closing * margin
    gap = xp.clip(abs(low - edge) / soft, None, 2) / 2
    end = xp.maximum(low, edge + 2 * soft)  # a closed lid's edge is soft as well
    uncovered = smoothstep((v - edge) / soft, -1.0, 1.0) * smoothstep((end - v) / soft, -1.0, 1.0)
    alpha = 1 - gap * uncovered
    above_lashes = smoothstep((edge - lashes - v) / margin, -0.3, 0.5)
    bare = xp.maximum(above_lashes, closing * (LASH_SKIN + (1 - LASH_SKIN) * corner))
    unseen = smoothstep((v - top) / margin, -1.0, 1.0) * bare
    half_gap = xp.clip(low - top, 1e-4, None) / 2
    height_in_eye = abs(v - (top + low) / 2) / half_gap
    inside = free * smoothstep(height_in_eye, 1.1, 0.6)
    half = xp.linalg.vector_norm(eyes.across, axis=-1)[..., None]
    ball = at.position - (gaze[:, None] * half)[:, :, None, None] * inside[..., None]
    return EyeWarp(lid, ball, alpha, unseen, _lid_coordinates(eyes, at.u, v + shut - edge))


def _lid_coordinates(eyes: Eyes, u: Array, v: Array) -> Array:
    """Where in the texture of both closed lids (-1..1) places in the eyes' frames lie."""
    xp = array_namespace(u)
    first, last = (end * eyes.margin[..., None, None] / LID_MARGIN for end in LIDS_EXTENT)
    beside = as_array_like(u, [-0.5, 0.5])[None, :, None, None]
    across = xp.clip(u / EYE_SPAN, -0.98, 0.98) / 2 + beside
    return xp.stack([across, 2 * (v - first) / (last - first) - 1], axis=-1)


def _stretch_skin(v: Array, still: Array, rest: Array, now: Array, slope: Array) -> Array:
    """Return the source of skin at v when the edge at `rest` has moved to `now`, below `still`.

    Above `still` nothing moves; between, a rational curve that starts with slope 1 and never
    folds; below `now` the edge moves as a whole, `slope` times as high in the photo.
    """
    xp = array_namespace(v)
    ratio = (now - still) / (rest - still)
    t = xp.clip((v - still) / (now - still), 0, 1)
    between = still + (rest - still) * ratio * t / (1 + (ratio - 1) * t)
    return xp.where(v < still, v, xp.where(v < now, between, (v - now) * slope + rest))
