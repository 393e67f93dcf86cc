"""Procedural mouth interior: cavity, tongue, lower and upper teeth, in this order.

All is drawn once per portrait into textures in the mouth's own frame, WIDTH x HEIGHT texels that
span INTERIOR_EXTENT. The upper teeth keep to the skull; tongue and lower teeth go with the jaw.
"""

from typing import NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from core.puppet.arrays import Array

WIDTH, HEIGHT = 320, 224
INTERIOR_EXTENT = (0.28, -0.14, 0.252)
"""What the textures show, in face heights: half the width; top and bottom below the seam."""

ARCH = 0.155
"""Radius of a dental arch as seen from the front, face heights, behind lips as wide as that."""

CORNER_DEPTH = 0.05
"""How far behind the front teeth the corners of the mouth lie, face heights."""

UPPER_WIDTHS = (0.047, 0.037, 0.041, 0.038, 0.036, 0.050)
LOWER_WIDTHS = (0.030, 0.032, 0.037, 0.038, 0.038, 0.052)
"""Widths of the teeth from the middle outwards, face heights (mean human crowns)."""

UPPER_EDGE, UPPER_ROOT = 0.024, -0.036
LOWER_EDGE, LOWER_ROOT = 0.006, 0.052
"""Where crowns end and begin, in face heights below the closed lips' seam."""

TIPS = ((0.03, 4.0), (0.06, 2.5), (0.16, 1.6), (0.12, 2.0))
"""Of middle and lateral incisor, canine and premolars: how much of the crown its tip rounds off,
and how squarely."""

SHORTER = (0.0, 0.07, 0.01, 0.06, 0.09, 0.11)
"""How much shorter than the first the crowns are."""

TONE_STEP = (1.0, 0.98, 0.90, 0.84, 0.74, 0.62)
"""How bright the crowns are beside the first: from the canines on they stand in the cheek's
shade."""

ENAMEL = (0.85, 0.85, 0.81)
PALER = 0.15
"""How much less coloured than skin teeth are in the same light."""

GUM = (0.62, 0.33, 0.33)
TONGUE = (0.66, 0.36, 0.35)
"""In white light."""

FLESH = 0.24
"""How bright the cavity is beside the lips."""

VARIETY = 0.05
"""Spread of the sizes of one person's crowns, a share of them."""

Plane = NDArray[np.float32]
Colour = tuple[float, float, float]


class MouthLook(NamedTuple):
    """What makes one person's mouth theirs, and the light that falls into it."""

    light: Colour = (1.0, 1.0, 1.0)
    """of the brightest skin, 0..1"""
    slope: float = 0.0
    """how much brighter, as a share, the light is at one arch's radius to the picture's right"""
    lips: Colour = (0.72, 0.42, 0.42)
    """0..1"""
    half_width: float = 0.155
    """of the mouth, face heights, as wide as it would be from the front"""
    yaw: float = 0.0
    """of the head in the photo, radians to the picture's right"""
    enamel: Colour | None = None
    """of teeth that are seen, 0..1, or None"""
    tip: float = UPPER_EDGE
    """where the upper teeth end, face heights below the seam"""
    softness: float = 0.8
    """Gaussian blur of the photo, texels"""
    seed: int = 0


class MouthInterior(NamedTuple):
    """RGBA textures (4, HEIGHT, WIDTH), 0..1, not premultiplied."""

    cavity: Array
    """Covers everything; keeps to the skull."""
    tongue: Array
    lower: Array
    upper: Array


class _Arch(NamedTuple):
    """Where a row of teeth stands as the camera sees it."""

    radius: float
    yaw: float

    def across(self, angle: float) -> float:
        """Return the place of a tooth so far along the arch, face heights to the right."""
        turned = self.radius * np.sin(angle + self.yaw)
        return float(turned - (self.radius - CORNER_DEPTH) * np.sin(self.yaw))

    def facing(self, x: Plane) -> Plane:
        """Return how squarely the arch faces the camera at `x`, 0..1."""
        sine = (x + (self.radius - CORNER_DEPTH) * np.sin(self.yaw)) / self.radius
        return np.asarray(np.sqrt(np.clip(1 - sine**2, 0, 1)), np.float32)


def texel_positions() -> tuple[Plane, Plane]:
    """Return x and y of the textures' texels, face heights from the seam's middle."""
    y, x = np.mgrid[0:HEIGHT, 0:WIDTH].astype(np.float32)
    x = ((x + 0.5) / WIDTH * 2 - 1) * INTERIOR_EXTENT[0]
    return x, INTERIOR_EXTENT[1] + (y + 0.5) / HEIGHT * (INTERIOR_EXTENT[2] - INTERIOR_EXTENT[1])


def draw_interior(look: MouthLook) -> MouthInterior:
    """Draw the inside of a mouth that looks like this."""
    x, y = texel_positions()
    random = np.random.default_rng(look.seed)
    arch = _Arch(ARCH * float(np.clip(look.half_width / 0.155, 0.85, 1.15)), look.yaw)
    shade = _light_across(x, look) * (0.25 + 0.75 * arch.facing(x))
    light = np.array(look.light)
    paler = PALER * light.mean() + (1 - PALER) * light
    enamel = np.array(look.enamel or ENAMEL * paler, np.float32)
    gum = _flesh(GUM, look)
    edge = look.tip + 0.004 * float(random.uniform(-1, 1)) * (look.enamel is None)
    root = UPPER_ROOT + 0.5 * (edge - UPPER_EDGE)
    upper = _tooth_row(x, y, arch, UPPER_WIDTHS, edge, root, enamel, gum, random)
    lower = _tooth_row(x, y, arch, LOWER_WIDTHS, LOWER_EDGE, LOWER_ROOT, 0.85 * enamel, gum, random)
    parts = (_cavity(x, y, look), _tongue(x, y, look), lower, upper)
    return MouthInterior(*(_finished(part, shade, look.softness) for part in parts))


def _finished(part: Plane, shade: Plane, softness: float) -> Plane:
    """Return a layer in its light, as soft as the photo around it."""
    part[:3] *= shade
    return np.stack([cv2.GaussianBlur(plane, (0, 0), softness) for plane in part]).clip(0, 1)


def _light_across(x: Plane, look: MouthLook) -> Plane:
    """Return the light: from one side as on the face, and less towards the corners."""
    corner = np.clip((np.abs(x) / look.half_width - 0.45) / 0.55, 0, 1)
    aside = np.clip(1 + look.slope * x / ARCH, 0.4, 1.25)
    return np.asarray(aside * (1 - 0.6 * corner * corner), np.float32)


def _flesh(colour: Colour, look: MouthLook) -> Plane:
    """Return gums or tongue: between their usual colour in this light and that of the lips."""
    usual = np.array(colour) * look.light
    return np.asarray(0.55 * usual + 0.45 * np.array(look.lips), np.float32)


def _cavity(x: Plane, y: Plane, look: MouthLook) -> Plane:
    """Dark flesh, darker towards the throat."""
    throat = np.exp(-((x / 0.09) ** 2) - ((y - 0.05) / 0.07) ** 2)
    lips = np.array(look.lips, np.float32) * [1.05, 0.72, 0.70]
    colour = FLESH * lips[:, None, None] * (1.0 - 0.72 * throat)
    return np.concatenate([colour, np.ones_like(x)[None]]).astype(np.float32)


def _tooth_row(
    x: Plane, y: Plane, arch: _Arch, widths: tuple[float, ...], edge: float, root: float,
    enamel: Plane, gum: Plane, random: np.random.Generator,
) -> Plane:  # fmt: skip
    """One row of teeth with its gums."""
    side = np.sign(root - edge)
    picture = np.zeros((4, *x.shape), np.float32)
    along = np.zeros(2)
    scale = arch.radius / ARCH
    for i, usual in enumerate(widths):
        sizes = usual * scale * (1 + VARIETY * random.uniform(-1, 1))
        for number, sign in enumerate((-1, 1)):
            width = sizes * (1 + 0.4 * VARIETY * random.uniform(-1, 1))
            angle = sign * (along[number] + width / 2) / arch.radius
            along[number] += width
            own = _Crown(i, width, edge, root, *random.uniform(-1, 1, 3))
            if abs(angle) < 1.5 and np.cos(angle + arch.yaw) > 0.1:
                _tooth(picture, x, y, arch, angle, own, enamel)
    picture = alpha_over(picture, _tooth_gaps(x, y, arch, edge, root, enamel))
    scallop = 0.004 * np.cos(2 * np.pi * x / (widths[0] * scale) + np.pi)
    inside = _soft_step(np.abs(x), arch.radius * 1.02, 0.02)
    cover = inside * _soft_step(-side * (y - root + side * scallop), 0.004, 0.008)
    return alpha_over(picture, np.concatenate([_flat(gum, x) * 0.8, cover[None]]))


def _tooth_gaps(x: Plane, y: Plane, arch: _Arch, edge: float, root: float, enamel: Plane) -> Plane:
    """What is seen in the gaps between crowns: their own sides, in shade, not the dark throat."""
    rise = (root - edge) * (0.14 + 0.35 * (1 - arch.facing(x)) ** 2)
    from_tip = (y - edge - rise) / (root - edge)
    cover = np.clip(from_tip / 0.14, 0, 1) * np.clip((1 - from_tip) / 0.05, 0, 1)
    cover = cover * _soft_step(np.abs(x), arch.radius * 0.97, 0.01)
    colour = _flat(enamel, x) * np.array([0.80, 0.74, 0.68])[:, None, None]
    return np.concatenate([colour, cover[None]]).astype(np.float32)


class _Crown(NamedTuple):
    """One tooth, counted from the middle; what varies is -1..1."""

    number: int
    width: float
    edge: float
    root: float
    longer: float
    lighter: float
    tilt: float


def _tooth(
    picture: Plane, x: Plane, y: Plane, arch: _Arch, angle: float, crown: _Crown, enamel: Plane
) -> None:
    """Paint one crown over `picture`, narrower with the arch's turn."""
    i, tall = crown.number, crown.root - crown.edge
    turn = float(np.cos(angle + arch.yaw))
    half, middle = crown.width / 2 * max(turn, 0.12), arch.across(angle)
    columns = np.flatnonzero(np.abs(x[0] - middle) < half + 0.004)
    if not len(columns):
        return
    part = slice(columns[0], columns[-1] + 1)
    x, y, picture = x[:, part], y[:, part], picture[..., part]
    rise = SHORTER[i] + 0.35 * (1 - np.cos(angle)) ** 2 - 0.6 * VARIETY * crown.longer
    across = (x - middle) / half + 0.10 * crown.tilt * (y - crown.edge) / tall
    rounded, squarely = TIPS[min(i, 3)]
    tip = crown.edge + tall * (rise + rounded * np.abs(across).clip(0, 1) ** squarely)
    from_tip = (y - tip) / (crown.root - tip)
    narrow = 1 - 0.12 * np.clip(from_tip - 0.35, 0, 1)
    sides = np.clip((narrow - np.abs(across)) / 0.12, 0, 1)
    cover = sides * np.clip(from_tip / 0.06, 0, 1) * np.clip((1.04 - from_tip) / 0.06, 0, 1)
    relief = 1.0 - 0.13 * np.clip(np.abs(across), 0, 1) ** 3
    relief = relief * (0.94 + 0.06 * np.clip(from_tip / 0.25, 0, 1))
    back = np.clip(from_tip, 0, 1) + 0.35 * (i == 2)
    warm = np.stack([1 - 0.03 * back, 1 - 0.07 * back, 1 - 0.13 * back])
    tone = TONE_STEP[i] * (1 + 0.02 * crown.lighter)
    colour = _flat(enamel, x) * warm * relief * tone
    picture[:] = alpha_over(np.concatenate([colour, cover[None]]), picture)


def _tongue(x: Plane, y: Plane, look: MouthLook) -> Plane:
    """A low dome with a groove, its tip just behind the lower teeth."""
    dome = 1 - (x / 0.115) ** 2 - ((y - 0.042) / 0.055) ** 2
    cover = np.clip(dome / 0.30, 0, 1)
    light = 0.50 + 0.32 * np.clip(1.4 - (y + 0.01) / 0.06, 0, 1)
    groove = 1 - 0.12 * np.exp(-((x / 0.012) ** 2))
    sides = 1 - 0.5 * np.clip(np.abs(x) / 0.115, 0, 1) ** 2
    colour = _flat(_flesh(TONGUE, look), x) * light * groove * sides
    return np.concatenate([colour, cover[None]]).astype(np.float32)


def _flat(colour: Plane, like: Plane) -> Plane:
    return np.asarray(np.asarray(colour)[:, None, None] * np.ones_like(like), dtype=np.float32)


def _soft_step(x: Plane, end: float, soft: float) -> Plane:
    return np.asarray(np.clip((end - x) / soft + 0.5, 0, 1), dtype=np.float32)


def alpha_over(top: Plane, below: Plane) -> Plane:
    """Composite one RGBA picture over another (Porter and Duff 1984), not premultiplied."""
    cover = top[3] + below[3] * (1 - top[3])
    colour = top[:3] * top[3] + below[:3] * below[3] * (1 - top[3])
    return np.concatenate([colour / np.maximum(cover, 1e-6), cover[None]]).astype(np.float32)
