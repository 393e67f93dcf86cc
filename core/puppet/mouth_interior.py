"""Procedural mouth interior: cavity, tongue, lower and upper teeth, in this order.

All is drawn once per portrait into textures in the mouth's own frame, WIDTH x HEIGHT texels that
span INTERIOR_EXTENT. The upper teeth keep to the skull; tongue and lower teeth go with the jaw.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from core.puppet.arrays import Array

WIDTH, HEIGHT = 320, 224
INTERIOR_EXTENT = (0.28, -0.14, 0.252)
"""What the textures show, in face heights: half the width; top and bottom below the seam."""

ARCH = 0.155
"""Radius of the dental arch as seen from the front, face heights."""

UPPER_WIDTHS = (0.047, 0.037, 0.041, 0.038, 0.036, 0.050)
LOWER_WIDTHS = (0.030, 0.032, 0.037, 0.038, 0.038, 0.052)
"""Widths of the teeth from the middle outwards, face heights (mean human crowns)."""

UPPER_EDGE, UPPER_ROOT = 0.024, -0.036
LOWER_EDGE, LOWER_ROOT = 0.006, 0.052
"""Where crowns end and begin, in face heights below the closed lips' seam."""

ENAMEL = (0.93, 0.90, 0.84)
GUM = (0.62, 0.33, 0.33)
TONGUE = (0.66, 0.36, 0.35)
CAVITY = (0.20, 0.075, 0.07)

Plane = NDArray[np.float32]


class MouthInterior(NamedTuple):
    """RGBA textures (4, HEIGHT, WIDTH), 0..1, not premultiplied."""

    cavity: Array
    """Covers everything; keeps to the skull."""
    tongue: Array
    lower: Array
    upper: Array


def draw_interior(white: tuple[float, float, float]) -> MouthInterior:
    """Draw the interior, lit so that white has this colour, 0..1: that of the eyes' whites."""
    y, x = np.mgrid[0:HEIGHT, 0:WIDTH].astype(np.float32)
    x = ((x + 0.5) / WIDTH * 2 - 1) * INTERIOR_EXTENT[0]
    y = INTERIOR_EXTENT[1] + (y + 0.5) / HEIGHT * (INTERIOR_EXTENT[2] - INTERIOR_EXTENT[1])
    light = np.array(white, np.float32)
    upper = _tooth_row(x, y, UPPER_WIDTHS, UPPER_EDGE, UPPER_ROOT)
    lower = _tooth_row(x, y, LOWER_WIDTHS, LOWER_EDGE, LOWER_ROOT)
    return MouthInterior(
        *(_tint(part, light) for part in (_cavity(x, y), _tongue(x, y), lower, upper))
    )


def _tint(part: Plane, light: Plane) -> Plane:
    part[:3] *= light[:, None, None]
    return np.clip(part, 0, 1).astype(np.float32)


def _cavity(x: Plane, y: Plane) -> Plane:
    """Dark flesh, darker towards the throat."""
    throat = np.exp(-((x / 0.09) ** 2) - ((y - 0.05) / 0.07) ** 2)
    tone = 1.0 - 0.75 * throat
    colour = np.array(CAVITY, np.float32)[:, None, None] * tone
    return np.concatenate([colour, np.ones_like(x)[None]])


def _tooth_row(x: Plane, y: Plane, widths: tuple[float, ...], edge: float, root: float) -> Plane:
    """One row of teeth with its gums, symmetric about x = 0."""
    side = np.sign(root - edge)
    picture = np.zeros((4, *x.shape), np.float32)
    along = 0.0
    for i, width in enumerate(widths):
        angle = (along + width / 2) / ARCH
        along += width
        if angle > 1.5:
            break
        for sign in (-1, 1):
            _tooth(picture, x, y, sign * angle, width, edge, root, i)
    picture = _alpha_over(picture, _tooth_gaps(x, y, edge, root))
    gum = _soft_step(np.abs(x), ARCH * 0.95, 0.02) * _soft_step(-side * (y - root), 0.006, 0.006)
    gum_picture = np.concatenate([_flat_colour(GUM, x) * _side_shading(x), gum[None]])
    return _alpha_over(picture, gum_picture)


def _tooth_gaps(x: Plane, y: Plane, edge: float, root: float) -> Plane:
    """What is seen in the gaps between crowns: their own sides, in shade, not the dark throat."""
    rise = (root - edge) * (0.10 + 0.35 * (1 - np.sqrt(np.clip(1 - (x / ARCH) ** 2, 0, 1))) ** 2)
    from_tip = (y - edge - rise) / (root - edge)
    cover = np.clip(from_tip / 0.12, 0, 1) * np.clip((1 - from_tip) / 0.05, 0, 1)
    cover = cover * _soft_step(np.abs(x), ARCH * 0.97, 0.01)
    colour = (
        _flat_colour(ENAMEL, x) * np.array([0.86, 0.82, 0.77])[:, None, None] * _side_shading(x)
    )
    return np.concatenate([colour, cover[None]]).astype(np.float32)


def _tooth(
    picture: Plane, x: Plane, y: Plane, angle: float, width: float, edge: float, root: float, i: int
) -> None:
    """Paint one crown over `picture`: a rounded box, narrower with the arch's turn."""
    half = width / 2 * max(np.cos(angle), 0.12)
    middle = ARCH * np.sin(angle)
    columns = np.flatnonzero(np.abs(x[0] - middle) < half)
    if not len(columns):
        return
    part = slice(columns[0], columns[-1] + 1)
    x, y, picture = x[:, part], y[:, part], picture[..., part]
    rise = (root - edge) * (0.05 * (i == 1) + 0.04 * (i > 2) + 0.35 * (1 - np.cos(angle)) ** 2)
    tip = edge + rise
    centre, tall = (tip + root) / 2, abs(root - tip) / 2
    across, up = np.abs(x - middle) / half, np.abs(y - centre) / tall
    distance = (across**5 + up**6) ** 0.2
    cover = np.clip((1.0 - distance) / 0.10, 0, 1)
    relief = 1.0 - 0.10 * np.clip(across, 0, 1) ** 4
    from_tip = np.clip((y - tip) / (root - tip), 0, 1)
    warm = np.stack([1 - 0.02 * from_tip, 1 - 0.08 * from_tip, 1 - 0.18 * from_tip])
    colour = _flat_colour(ENAMEL, x) * warm * relief * (0.10 + 0.90 * np.cos(angle) ** 2)
    picture[:] = _alpha_over(np.concatenate([colour, cover[None]]), picture)


def _tongue(x: Plane, y: Plane) -> Plane:
    """A low dome with a groove, its tip just behind the lower teeth."""
    dome = 1 - (x / 0.115) ** 2 - ((y - 0.042) / 0.055) ** 2
    cover = np.clip(dome / 0.25, 0, 1)
    light = 0.62 + 0.38 * np.clip(1.4 - (y + 0.01) / 0.06, 0, 1)
    groove = 1 - 0.14 * np.exp(-((x / 0.010) ** 2))
    return np.concatenate(
        [_flat_colour(TONGUE, x) * light * groove * _side_shading(x), cover[None]]
    )


def _flat_colour(colour: tuple[float, float, float], like: Plane) -> Plane:
    return np.asarray(np.array(colour)[:, None, None] * np.ones_like(like), dtype=np.float32)


def _side_shading(x: Plane) -> Plane:
    """Light falls off to the sides of the mouth."""
    return np.asarray(0.10 + 0.90 * np.clip(1 - (np.abs(x) / ARCH) ** 2, 0, 1), dtype=np.float32)


def _soft_step(x: Plane, end: float, soft: float) -> Plane:
    return np.asarray(np.clip((end - x) / soft + 0.5, 0, 1), dtype=np.float32)


def _alpha_over(top: Plane, below: Plane) -> Plane:
    """Composite one RGBA picture over another (Porter and Duff 1984), not premultiplied."""
    cover = top[3] + below[3] * (1 - top[3])
    colour = top[:3] * top[3] + below[:3] * below[3] * (1 - top[3])
    return np.concatenate([colour / np.maximum(cover, 1e-6), cover[None]]).astype(np.float32)
