"""Cartoon faces drawn over real landmarks: drawings with known meshes."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from core.perception.face.alignment import Landmarks, bounding_box
from core.perception.face.topology import (
    CHIN,
    LEFT_BROW,
    LEFT_EYE,
    LEFT_IRIS_MIRRORED,
    LEFT_LIDS,
    LIPS_INNER,
    LIPS_OUTER,
    NOSE_BRIDGE,
    OVAL,
    RIGHT_BROW,
    RIGHT_EYE,
    RIGHT_IRIS,
    RIGHT_LIDS,
)
from core.pixels import blurred
from core.training.faces.corpus import LabelledPortrait
from core.training.faces.pen import Points, disc, fill, stroke
from core.training.faces.textures import Colour, draw_colour, draw_skin_colour
from core.video import Picture

_NOSE = (NOSE_BRIDGE, 6, 197, 195, 5, 4, 98, 97, 2, 326, 327)


def draw_cartoon(portrait: LabelledPortrait, rng: Generator) -> LabelledPortrait:
    """Return a cartoon with the portrait's pose."""
    landmarks = _enlarge_eyes(portrait.landmarks, rng.choice([1.0, rng.uniform(1.0, 1.5)]))
    canvas = np.zeros_like(portrait.picture)
    matte = np.zeros_like(portrait.matte)
    place = bounding_box(landmarks)
    pen = _OutlinePen(canvas, matte, place.size, rng)
    skin, hair = draw_skin_colour(rng), draw_colour(rng)
    _draw_body(pen, landmarks, skin, hair, rng)
    pen.fill(landmarks[list(OVAL), :2], skin)
    _draw_fringe(pen, landmarks, hair, rng)
    _draw_features(pen, landmarks, skin, hair, rng)
    if rng.random() < 0.5:
        canvas = blurred(canvas, rng.uniform(0.5, 1.2))
    return replace(portrait, picture=canvas, matte=matte, landmarks=landmarks)


class _OutlinePen:
    """Fills and strokes with one outline style per drawing."""

    def __init__(
        self, canvas: Picture, matte: NDArray[np.uint8], size: float, rng: Generator
    ) -> None:
        self.canvas, self.matte, self.size = canvas, matte, size
        self.outline = rng.random() < 0.6
        self.wide = max(1, round(size * rng.uniform(0.006, 0.02)))

    def fill(self, points: Points, tone: Colour) -> None:
        fill(self.canvas, points, tone)
        fill(self.matte, points, 255)
        if self.outline:
            self.stroke(points, (25, 20, 20), closed=True)

    def stroke(
        self, points: Points, tone: Sequence[float], closed: bool = False, wide: float = 1
    ) -> None:
        stroke(self.canvas, points, tone, self.wide * wide, closed)


def _enlarge_eyes(landmarks: Landmarks, factor: float) -> Landmarks:
    landmarks = landmarks.copy()
    for eye, lids, iris in (
        (RIGHT_EYE, RIGHT_LIDS[:16], RIGHT_IRIS),
        (LEFT_EYE, LEFT_LIDS[:16], LEFT_IRIS_MIRRORED),
    ):
        middle = landmarks[list(eye), :2].mean(axis=0)
        for points, by in ((eye, factor), (iris, factor), (lids, (1 + factor) / 2)):
            some = list(points)
            landmarks[some, :2] = middle + (landmarks[some, :2] - middle) * by
    return landmarks


def _draw_body(
    pen: _OutlinePen, landmarks: Landmarks, skin: Colour, hair: Colour, rng: Generator
) -> None:
    oval = landmarks[list(OVAL), :2]
    middle, size = oval.mean(axis=0), pen.size
    if rng.random() < 0.85:
        long = rng.uniform(1.1, 1.6)
        back = middle + (oval - middle) * np.array([rng.uniform(1.08, 1.35), long])
        if rng.random() < 0.6:
            back[:, 1] = np.minimum(back[:, 1], middle[1] + size * 0.2)
        pen.fill(back, hair)
    chin = landmarks[CHIN, :2]
    for wide, top, low, tone in ((0.17, -0.1, 0.5, skin), (0.8, 0.28, 1.6, draw_colour(rng))):
        box = np.array([[-wide, low], [-wide * 0.9, top], [wide * 0.9, top], [wide, low]])
        pen.fill((chin + box * size), tone)


def _draw_fringe(pen: _OutlinePen, landmarks: Landmarks, hair: Colour, rng: Generator) -> None:
    if rng.random() < 0.25:
        return
    top = landmarks[[251, 284, 332, 297, 338, 10, 109, 67, 103, 54, 21], :2]
    middle = landmarks[list(OVAL), :2].mean(axis=0)
    crown = middle + (top - middle) * rng.uniform(1.15, 1.4)
    low = top + (middle - top) * rng.uniform(0.0, 0.25, (len(top), 1))
    pen.fill(np.concatenate([crown, low[::-1]]), hair)


def _draw_features(
    pen: _OutlinePen, landmarks: Landmarks, skin: Colour, hair: Colour, rng: Generator
) -> None:
    flat = landmarks[:, :2]
    dark, iris_colour = (30, 22, 20), draw_colour(rng)
    for eye, iris, brow in (
        (RIGHT_EYE, RIGHT_IRIS, RIGHT_BROW),
        (LEFT_EYE, LEFT_IRIS_MIRRORED, LEFT_BROW),
    ):
        _draw_eye(pen, flat[list(eye)], flat[list(iris)], iris_colour, skin)
        pen.stroke(flat[list(brow[:5])], dark if rng.random() < 0.5 else hair, wide=2)
    shade = (int(skin[0] * 0.6), int(skin[1] * 0.55), int(skin[2] * 0.55))
    pen.stroke(flat[list(_NOSE[int(rng.integers(0, 7)) :])], shade)
    lips = skin if rng.random() < 0.3 else (int(rng.integers(120, 220)), 70, 75)
    pen.fill(flat[list(LIPS_OUTER)], lips)
    pen.fill(flat[list(LIPS_INNER)], (70, 20, 25) if rng.random() < 0.6 else (240, 240, 235))
    pen.stroke(flat[list(LIPS_INNER[:11])], dark)


def _draw_eye(pen: _OutlinePen, contour: Points, iris: Points, tone: Colour, skin: Colour) -> None:
    pen.fill(contour, (245, 245, 240))
    reach = float(np.linalg.norm(iris[1:] - iris[0], axis=1).mean())
    inside = np.zeros_like(pen.matte)
    fill(inside, contour, 255)
    gaze = pen.canvas.copy()
    disc(gaze, iris[0], reach, tone)
    disc(gaze, iris[0], reach * 0.45, (15, 12, 12))
    pen.canvas[inside > 127] = gaze[inside > 127]
    pen.stroke(contour[:9], (25, 20, 20), wide=1.3)
    pen.stroke(contour[8:], [c * 0.5 for c in skin], wide=0.7)
