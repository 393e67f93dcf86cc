"""The landmarks of a drawn face: the mean face with proportions of its own, lips closed."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.perception.face.topology import (
    CHIN,
    FOREHEAD,
    LEFT_BROW_LOWER,
    LEFT_EYE_CORNERS,
    LEFT_IRIS,
    LEFT_LOWER_LID,
    LEFT_UPPER_LID,
    LOWER_INNER,
    LOWER_INSIDE,
    LOWER_MIDDLE,
    LOWER_OUTER,
    OVAL,
    RIGHT_BROW_LOWER,
    RIGHT_EYE_CORNERS,
    RIGHT_IRIS,
    RIGHT_LOWER_LID,
    RIGHT_UPPER_LID,
    UPPER_INNER,
    UPPER_INSIDE,
    UPPER_MIDDLE,
    UPPER_OUTER,
)
from core.puppet.displacement import thin_plate_spline
from core.puppet.expression import load_expressions

Shape = NDArray[np.float64]
"""(478, 3) x right, y down, z away; the face is 1 high and its outline's middle is the origin."""

UPPER_ROWS = (UPPER_INNER, UPPER_INSIDE, UPPER_MIDDLE, UPPER_OUTER)
LOWER_ROWS = (LOWER_INNER, LOWER_INSIDE, LOWER_MIDDLE, LOWER_OUTER)
ROW_SHARES = (0.0, 0.32, 0.68, 1.0)
"""How far from the seam to the lip's outline each row lies."""

RIGHT_LIP_CORNER, LEFT_LIP_CORNER = (61, 76, 62, 78), (291, 306, 292, 308)
RIGHT_BROW_UPPER, LEFT_BROW_UPPER = (70, 63, 105, 66, 107), (336, 296, 334, 293, 300)
NOSE = (
    1, 2, 4, 5, 195, 197, 6, 19, 94, 44, 274, 45, 275, 220, 440, 115, 344, 48, 278, 64, 294,
    98, 327, 97, 326, 129, 358, 49, 279, 131, 360, 134, 363, 51, 281, 3, 248,
)  # fmt: skip


@dataclass(frozen=True)
class Proportions:
    """Lengths in face heights, measured from the middle of the face's outline."""

    face: float = 0.80
    """width at the cheeks"""
    jaw: float = 1.0
    """width of the jaw, times that of the mean face"""
    chin: float = 1.0
    """width of the chin, the same"""
    eye_place: tuple[float, float] = (0.190, -0.150)
    """middle of the subject's left eye"""
    eye: tuple[float, float] = (0.088, 0.078)
    """half its width; its height"""
    eye_tilt: float = 0.012
    """how much the outer corner is higher than the inner one"""
    iris: float = 0.040
    """radius"""
    brow: float = -0.262
    """height of the brows' middle"""
    brow_arch: float = 0.030
    brow_slope: float = 0.010
    """how much the outer end is higher than the inner one"""
    brow_wide: float = 0.030
    brow_reach: tuple[float, float] = (0.085, 0.315)
    """inner and outer end"""
    nose: float = 1.0
    """width, times that of the mean face"""
    nose_tip: float = 0.0
    """how much lower than in the mean face"""
    mouth: tuple[float, float] = (0.135, 0.262)
    """half its width; how low its seam lies"""
    lips: tuple[float, float] = (0.036, 0.050)
    """height of the upper and the lower lip"""
    smile: float = 0.014
    """how much the corners are higher than the middle of the seam"""


def landmarks(proportions: Proportions) -> Shape:
    """Return the shape of a face with these proportions."""
    mean = load_expressions().mean.astype(np.float64) * [1, -1, -1]
    mean[:, :2] -= mean[list(OVAL), :2].mean(0)
    shape = mean.copy()
    fixed = [
        *_outline(shape, proportions),
        *_nose(shape, proportions),
        *_eye(shape, proportions, -1),
        *_eye(shape, proportions, 1),
        *_brow(shape, proportions, -1),
        *_brow(shape, proportions, 1),
        *_lips(shape, proportions),
    ]
    _carry(mean, shape, sorted(set(fixed)))
    shape[:, :2] -= shape[list(OVAL), :2].mean(0)
    return np.asarray(shape / (shape[CHIN, 1] - shape[FOREHEAD, 1]))


def _carry(mean: Shape, shape: Shape, fixed: list[int]) -> None:
    """Let all other landmarks follow those that were placed."""
    others = [i for i in range(len(mean)) if i not in set(fixed)]
    moved = shape[fixed, :2] - mean[fixed, :2]
    at, to = (mean[some, :2].astype(np.float32) for some in (fixed, others))
    shape[others, :2] += thin_plate_spline(at, moved.astype(np.float32), to, 1e-4)


def _outline(shape: Shape, p: Proportions) -> list[int]:
    points = list(OVAL)
    x, y = shape[points, 0], shape[points, 1]
    wide = p.face / (x.max() - x.min())
    low = np.clip(y / 0.42, 0, 1)
    jaw = 1 + (p.jaw - 1) * np.sin(np.pi / 2 * low)
    tip = 1 + (p.chin - 1) * np.clip((y - 0.38) / 0.12, 0, 1)
    shape[points, 0] = x * wide * jaw * tip
    return points


def _nose(shape: Shape, p: Proportions) -> list[int]:
    points = list(NOSE)
    low = np.clip((shape[points, 1] + 0.20) / 0.25, 0, 1)
    shape[points, 0] *= 1 + (p.nose - 1) * low
    shape[points, 1] += p.nose_tip * low
    return points


def _eye(shape: Shape, p: Proportions, side: int) -> list[int]:
    corners, upper, lower, iris = (
        (RIGHT_EYE_CORNERS, RIGHT_UPPER_LID, RIGHT_LOWER_LID, RIGHT_IRIS)
        if side < 0
        else (LEFT_EYE_CORNERS, LEFT_UPPER_LID, LEFT_LOWER_LID, LEFT_IRIS)
    )
    middle = np.array([side * p.eye_place[0], p.eye_place[1]])
    half, tall = p.eye
    ends = shape[list(corners), 0]
    ring = [*corners, *upper, *lower]
    u = np.clip((shape[ring, 0] - ends.mean()) / (abs(ends[1] - ends[0]) / 2), -1, 1) * side
    lid = np.array([0.0] * 2 + [-0.66] * len(upper) + [0.34] * len(lower)) * tall
    shape[ring, 0] = middle[0] + side * half * u
    shape[ring, 1] = middle[1] + lid_profile(u, lid) - p.eye_tilt * u / 2
    look = middle + np.array([0, -0.13 * tall])
    shape[list(iris), :2] = look + p.iris * np.array([[0, 0], [1, 0], [0, -1], [-1, 0], [0, 1]])
    return [*ring, *iris]


def lid_profile(u: Shape, height: Shape) -> Shape:
    """Return how far lids of these heights are from the corners' line, u from nose (-1) to ear."""
    leaning = np.where(height < 0, 1 - 0.16 * u, 1 + 0.22 * u)
    towards_nose = np.clip(-u, 0, 1)
    power = np.where(height < 0, 0.72 + 0.25 * towards_nose, 0.85 + 0.50 * towards_nose)
    return np.asarray(height * leaning * np.clip(1 - u**2, 0, 1) ** power)


def _brow(shape: Shape, p: Proportions, side: int) -> list[int]:
    upper, lower = (
        (RIGHT_BROW_UPPER[::-1], RIGHT_BROW_LOWER[::-1])
        if side < 0
        else (LEFT_BROW_UPPER, LEFT_BROW_LOWER)
    )
    t = np.array([0, 0.33, 0.62, 0.85, 1.0])
    x = p.brow_reach[0] + (p.brow_reach[1] - p.brow_reach[0]) * t
    hill = np.array([0.22, 0.70, 1.0, 0.88, 0.38])
    y = p.brow + p.brow_slope * (0.5 - t) - p.brow_arch * (hill - 0.5)
    half = p.brow_wide / 2 * np.array([0.85, 1.0, 0.95, 0.75, 0.35])
    shape[list(upper), :2] = np.stack([side * x, y - half], axis=1)
    shape[list(lower), :2] = np.stack([side * x, y + half], axis=1)
    return [*upper, *lower]


def _lips(shape: Shape, p: Proportions) -> list[int]:
    half = p.mouth[0]
    used = list[int]()
    for rows, height, sign in ((UPPER_ROWS, p.lips[0], -1), (LOWER_ROWS, p.lips[1], 1)):
        for row, share in zip(rows, ROW_SHARES, strict=True):
            u = np.linspace(-1, 1, 11)[1:-1] * (0.90 + 0.05 * share)
            profile = _upper_lip(u) if sign < 0 else _lower_lip(u)
            shape[list(row), 0] = half * u
            shape[list(row), 1] = seam(u, p) + sign * share * height * profile
            used += row
    for corner, side in ((RIGHT_LIP_CORNER, -1), (LEFT_LIP_CORNER, 1)):
        u = side * np.array([1.0, 0.985, 0.965, 0.94])
        shape[list(corner), 0] = half * u
        shape[list(corner), 1] = seam(u, p)
        used += corner
    return used


def seam(u: Shape, p: Proportions) -> Shape:
    """Return the height of the closed mouth's line at u (-1..1)."""
    dip = 0.10 * p.lips[0] * np.exp(-((u / 0.22) ** 2))
    return np.asarray(p.mouth[1] + dip - p.smile * np.abs(u) ** 2.2)


def _upper_lip(u: Shape) -> Shape:
    """Cupid's bow: two peaks beside a dip."""
    body = np.clip(1 - np.abs(u) ** 1.7, 0, 1)
    return np.asarray(
        body * (1 - 0.16 * np.exp(-((u / 0.12) ** 2)))
        + 0.06 * np.exp(-(((np.abs(u) - 0.24) / 0.13) ** 2))
    )


def _lower_lip(u: Shape) -> Shape:
    return np.asarray(np.clip(1 - np.abs(u) ** 2.3, 0, 1) ** 0.95)
