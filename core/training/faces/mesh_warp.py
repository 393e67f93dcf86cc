"""Mesh warping: give a portrait another expression and head pose, with exact landmarks."""

from dataclasses import dataclass, replace

import cv2
import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from core.perception.face.alignment import (
    Landmarks,
    bounding_box,
    invert_affine,
    transform_landmarks,
)
from core.perception.face.topology import (
    CHIN,
    LANDMARK_COUNT,
    LEFT_BROW,
    LEFT_CORNER,
    LEFT_EYE,
    LEFT_IRIS_MIRRORED,
    LEFT_LIDS,
    LIP_CENTRES,
    LIPS,
    LIPS_BETWEEN,
    LIPS_INNER,
    LIPS_OUTER,
    OVAL,
    RIGHT_BROW,
    RIGHT_CORNER,
    RIGHT_EYE,
    RIGHT_IRIS,
    RIGHT_LIDS,
)
from core.pixels import remapped
from core.training.faces.corpus import LabelledPortrait
from core.training.faces.oral_cavity import paint_oral_cavity

SKIN_POINTS = 468
"""Landmarks from here on are irises."""
RINGS = ((1.22, 0.9), (1.6, 0.4), (2.3, 0.0))
"""Rings of the oval around the face: scale, and share of the head's rotation."""
LOWER_LIPS = frozenset(
    (*LIPS_OUTER[11:], *LIPS_INNER[11:], *LIPS_BETWEEN[11:20], *LIPS_BETWEEN[31:])
)
MIN_LIP_GAP = 0.012
"""Lip gap, as a share of the face, above which the oral cavity is painted."""


@dataclass(frozen=True)
class ExpressionChange:
    """Parameters of an expression and pose change; lengths in face sizes, angles in radians."""

    lip_gap: float | None = None
    """Gap of the inner lips afterwards; None leaves it."""
    mouth_width: float = 0.0
    corner_lift: float = 0.0
    blink: tuple[float, float] = (0.0, 0.0)
    """Right and left; 1 is closed."""
    brow_lift: float = 0.0
    yaw: float = 0.0
    pitch: float = 0.0


def draw_change(rng: Generator, nose_offset: float) -> ExpressionChange:
    """Draw a random change; a turned head is not turned much further."""
    yaw = float(rng.normal(0, 0.2)) if rng.random() < 0.6 else 0.0
    if abs(nose_offset) > 0.12 and yaw * nose_offset > 0:
        yaw *= -0.7
    shut = float(rng.choice([0.0, 1.0, rng.random()], p=[0.55, 0.2, 0.25]))
    one = rng.random() < 0.15
    return ExpressionChange(
        lip_gap=_draw_lip_gap(rng),
        mouth_width=float(rng.normal(0, 0.10)) if rng.random() < 0.5 else 0.0,
        corner_lift=float(rng.normal(0, 0.008)),
        blink=(shut, 0.0 if one else shut),
        brow_lift=float(rng.normal(0, 0.012)),
        yaw=float(np.clip(yaw, -0.42, 0.42)),
        pitch=float(np.clip(rng.normal(0, 0.09), -0.2, 0.2)),
    )


def _draw_lip_gap(rng: Generator) -> float | None:
    kind = rng.random()
    if kind < 0.3:
        return None
    if kind < 0.5:
        return 0.0
    return float(rng.uniform(0.01, 0.05 if kind < 0.75 else 0.17))


class MeshWarper:
    """Piecewise affine warp over a Delaunay triangulation of the mean face."""

    def __init__(self, mean: Landmarks) -> None:
        from scipy.spatial import Delaunay  # who trains on films alone need not have it

        points = _add_rings(mean.astype(np.float64))[:, :2]
        triangles = Delaunay(points).simplices
        self._triangles: NDArray[np.int64] = triangles.astype(np.int64)
        right, left = (np.isin(triangles, eye).all(axis=1) for eye in (RIGHT_EYE, LEFT_EYE))
        self._inside_eyes: NDArray[np.bool_] = np.asarray(right) | np.asarray(left)

    def __call__(
        self, portrait: LabelledPortrait, change: ExpressionChange, rng: Generator
    ) -> LabelledPortrait:
        """Return the warped portrait with its new landmarks."""
        matrix = bounding_box(portrait.landmarks).crop_matrix(1, 1.0)
        neutral = transform_landmarks(matrix, portrait.landmarks).astype(np.float64)
        expressed = apply_expression(neutral, change)
        points = _add_rings(neutral)
        target = rotate_in_depth(_add_rings(expressed), points, change)
        back = invert_affine(matrix)
        source = transform_landmarks(back, points.astype(np.float32))
        goal = transform_landmarks(back, target.astype(np.float32))
        # An eyelid slides over the eye: what is inside the lids turns, but does not shut.
        opened = rotate_in_depth(_add_rings(_restore_lids(expressed, neutral)), points, change)
        picture, matte = self._render(
            portrait, source, goal, transform_landmarks(back, opened.astype(np.float32))
        )
        landmarks = goal[:LANDMARK_COUNT]
        if inner_lip_gap(expressed) > max(MIN_LIP_GAP, 1.8 * inner_lip_gap(neutral)):
            picture = paint_oral_cavity(picture, landmarks, rng)
        yaw = portrait.nose_offset + change.yaw * 0.5
        return replace(portrait, picture=picture, matte=matte, landmarks=landmarks, nose_offset=yaw)

    def _render(
        self, portrait: LabelledPortrait, source: Landmarks, goal: Landmarks, opened: Landmarks
    ) -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
        height, width = portrait.matte.shape
        triangles = self._triangles
        owner = np.full((height, width), -1, dtype=np.int32)
        corners = np.round(goal[triangles, :2] * 16).astype(np.int32)
        for index in np.argsort(-goal[triangles, 2].mean(axis=1)):
            cv2.fillConvexPoly(owner, corners[index], int(index), lineType=cv2.LINE_8, shift=4)
        shown = np.where(self._inside_eyes[:, None, None], opened[triangles], goal[triangles])
        maps = _affine_maps(shown[..., :2], source[triangles, :2])
        rows, columns = np.nonzero(owner >= 0)
        here = np.column_stack([columns, rows, np.ones(len(rows))]).astype(np.float32)
        from_ = np.einsum("nij,nj->ni", maps[owner[rows, columns]], here)
        grid = np.ascontiguousarray(np.mgrid[:height, :width][::-1].transpose(1, 2, 0), np.float32)
        grid[rows, columns] = from_
        return remapped(portrait.picture, grid), remapped(portrait.matte, grid)


def inner_lip_gap(landmarks: NDArray[np.floating]) -> float:
    """Return the gap of the inner lips, in the landmarks' unit."""
    return float(landmarks[LIP_CENTRES[1], 1] - landmarks[LIP_CENTRES[0], 1])


def apply_expression(face: NDArray[np.float64], change: ExpressionChange) -> NDArray[np.float64]:
    """Change the expression of an upright face (478, 3), in face sizes."""
    face = face.copy()
    if change.lip_gap is not None:
        _open_mouth(face, change.lip_gap - inner_lip_gap(face))
    middle = face[list(LIPS_OUTER)].mean(axis=0)
    half = max((face[LEFT_CORNER, 0] - face[RIGHT_CORNER, 0]) / 2, 0.05)
    near = np.exp(-(((face[:, :2] - middle[:2]) / (half * np.array([1.8, 1.3]))) ** 2).sum(1))
    aside = (face[:, 0] - middle[0]) / half
    face[:SKIN_POINTS, 0] += (change.mouth_width * half * near * aside)[:SKIN_POINTS]
    face[:SKIN_POINTS, 1] -= (change.corner_lift * near * np.clip(np.abs(aside), 0, 1.3))[
        :SKIN_POINTS
    ]
    face[[*RIGHT_BROW, *LEFT_BROW], 1] -= change.brow_lift
    _close_eye(face, RIGHT_EYE, RIGHT_LIDS, RIGHT_IRIS, change.blink[0])
    _close_eye(face, LEFT_EYE, LEFT_LIDS, LEFT_IRIS_MIRRORED, change.blink[1])
    return face


def _open_mouth(face: NDArray[np.float64], by: float) -> None:
    seam, chin = face[list(LIP_CENTRES), 1].mean(), face[CHIN, 1]
    middle = face[list(LIPS_OUTER), 0].mean()
    half = max((face[LEFT_CORNER, 0] - face[RIGHT_CORNER, 0]) / 2, 0.05)
    aside = np.abs(face[:, 0] - middle) / half
    lips = np.zeros(LANDMARK_COUNT, dtype=bool)
    lips[list(LIPS)] = True
    lower = np.zeros(LANDMARK_COUNT, dtype=bool)
    lower[list(LOWER_LIPS)] = True
    depth = np.clip((face[:, 1] - seam) / max(chin - seam, 0.05), 0, 1)
    share = np.where(lower, np.clip(1 - aside**2, 0, 1) ** 0.5, 0.0)
    skin = np.clip(depth * 2.5, 0, 1) * np.exp(-((aside / 2.2) ** 2))
    share = np.where(lips, share, np.where(face[:, 1] > seam, skin, 0.0))
    up = np.where(lips & ~lower, np.clip(1 - aside**2, 0, 1) ** 0.5, 0.0)
    # Closing meets in the middle; opening is the jaw's.
    lifted = 0.15 if by > 0 else 0.4
    face[:SKIN_POINTS, 1] += (by * ((1 - lifted) * share - lifted * up))[:SKIN_POINTS]


def _close_eye(
    face: NDArray[np.float64],
    eye: tuple[int, ...],
    lids: tuple[int, ...],
    iris: tuple[int, ...],
    blink: float,
) -> None:
    if blink <= 0:
        return
    upper, lower = list(eye[1:8]), list(eye[:8:-1])
    fall = blink * (face[lower, 1] - face[upper, 1])
    face[upper, 1] += 0.92 * fall
    face[lower, 1] -= 0.04 * fall
    face[list(lids[1:8]), 1] += 0.6 * fall
    face[list(lids[17:24]), 1] += 0.3 * fall
    line = face[[*upper, *lower], 1].mean()
    face[list(iris), 1] += blink * 0.6 * (line - face[list(iris), 1])


def _restore_lids(face: NDArray[np.float64], still: NDArray[np.float64]) -> NDArray[np.float64]:
    face = face.copy()
    contours = [*RIGHT_EYE, *LEFT_EYE]
    face[contours] = still[contours]
    return face


def _add_rings(face: NDArray[np.float64]) -> NDArray[np.float64]:
    """Add rings of control points around the face (478 points of it), for hair and background."""
    oval = face[list(OVAL[::2])]
    middle = face[:SKIN_POINTS].mean(axis=0)
    behind = oval[:, 2].max()
    rings = []
    for out, _ in RINGS:
        ring = middle + (oval - middle) * out
        ring[:, 2] = behind
        rings.append(ring)
    return np.concatenate([face, *rings])


def rotate_in_depth(
    target: NDArray[np.float64], still: NDArray[np.float64], change: ExpressionChange
) -> NDArray[np.float64]:
    """Rotate points by yaw and pitch; the rings follow by their share."""
    pivot = np.array([0.0, 0.25, still[LANDMARK_COUNT:, 2].max()])
    cy, sy, cp, sp = (f(a) for a in (change.yaw, change.pitch) for f in (np.cos, np.sin))
    about_y = np.array([[cy, 0, sy], [0, 1, 0], [-sy, 0, cy]])
    about_x = np.array([[1, 0, 0], [0, cp, -sp], [0, sp, cp]])
    result: NDArray[np.float64] = (target - pivot) @ (about_x @ about_y).T + pivot
    count = len(OVAL[::2])
    for ring, (_, share) in enumerate(RINGS):
        begin = LANDMARK_COUNT + ring * count
        part = slice(begin, begin + count)
        result[part] = still[part] + share * (result[part] - still[part])
    return result


def _affine_maps(goal: NDArray[np.float32], source: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return affine maps (n, 2, 3) that take triangles `goal` (n, 3, 2) to triangles `source`."""
    ones = np.ones((*goal.shape[:2], 1))
    square = np.concatenate([goal.astype(np.float64), ones], axis=2)
    flat = np.abs(np.linalg.det(square)) < 1e-3
    square[flat] = np.eye(3)
    maps = np.linalg.solve(square, source.astype(np.float64)).transpose(0, 2, 1)
    maps[flat] = np.array([[1, 0, 0], [0, 1, 0]])
    return maps.astype(np.float32)
