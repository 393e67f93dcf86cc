"""Composite scenes for the detector: nobody, one person or several, at any place and size."""

import math
from dataclasses import dataclass, replace

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from core.perception.face.alignment import (
    Affine,
    Landmarks,
    OrientedBox,
    bounding_box,
    downscale,
    transform_landmarks,
)
from core.pixels import CONSTANT, warped
from core.training.faces.corpus import LabelledPortrait
from core.training.faces.crops import BORDER_MODES
from core.training.faces.negatives import draw_background, remove_face
from core.training.faces.photometric import augment_photo
from core.training.faces.portrait_sampler import PortraitSampler
from core.training.faces.textures import add_clutter, draw_clutter
from core.video import Picture

MIN_FACE_SIZE = 13.0
"""Faces below this many pixels are ignored by the loss."""


@dataclass(frozen=True)
class LabelledFace:
    """A labelled face of a scene; an uncertain one is ignored by the loss."""

    box: OrientedBox
    landmarks: Landmarks
    certain: bool


@dataclass(frozen=True)
class CompositeScene:
    """A picture and its labelled faces."""

    picture: Picture
    faces: tuple[LabelledFace, ...]


def draw_scene(sampler: PortraitSampler, rng: Generator, height: int, width: int) -> CompositeScene:
    """Draw a random scene (height, width)."""
    kind = rng.random()
    if kind < 0.35:
        picture, faces = _close_up(sampler, rng, height, width)
    else:
        picture = draw_background(sampler.corpus, rng, height, width)
        if rng.random() < 0.3:
            picture = add_clutter(picture, rng, int(rng.integers(1, 6)))
        count = 0 if kind < 0.55 else int(rng.choice([1, 2, 3, 4], p=[0.5, 0.3, 0.13, 0.07]))
        decoys = int(rng.choice([0, 1, 2], p=[0.55, 0.3, 0.15]))
        faces = _crowd(picture, sampler, rng, count, decoys)
    faces = [_occlude(face, picture, rng) for face in faces]
    return CompositeScene(augment_photo(picture, rng), tuple(faces))


def _close_up(
    sampler: PortraitSampler, rng: Generator, height: int, width: int
) -> tuple[Picture, list[LabelledFace]]:
    """One portrait fills the picture."""
    portrait = sampler.sample(rng)
    box = bounding_box(portrait.landmarks)
    least = box.size / portrait.picture.shape[0] * min(height, width)
    size = rng.uniform(least * 0.8, 0.97 * min(height, width))
    guess = replace(box, angle=box.angle + _draw_lean(rng))
    matrix = _matrix_onto(guess, (width / 2, height / 2), size)
    matrix[:, 2] += rng.normal(0, 0.08, 2) * min(height, width)
    picture = warped(portrait.picture, matrix, width, height, int(rng.choice(BORDER_MODES)))
    return picture, [_label(portrait, matrix, (height, width))]


def _draw_lean(rng: Generator) -> float:
    """Draw a head's roll; most are nearly upright."""
    return float(rng.normal(0, 0.15) if rng.random() < 0.7 else rng.uniform(-0.85, 0.85))


def _matrix_onto(box: OrientedBox, middle: tuple[float, float], size: float) -> Affine:
    """Return the map that brings a face upright, centred at `middle`, at `size` pixels."""
    side = 2
    matrix = box.crop_matrix(side, side / size)
    matrix[:, 2] += np.array(middle) - (side - 1) / 2
    return matrix


def _label(portrait: LabelledPortrait, matrix: Affine, shape: tuple[int, int]) -> LabelledFace:
    landmarks = transform_landmarks(matrix, portrait.landmarks)
    box = bounding_box(landmarks)
    inside = (landmarks[:, :2] >= 0).all(axis=1) & (landmarks[:, :2] < shape[::-1]).all(axis=1)
    return LabelledFace(box, landmarks, bool(inside.mean() > 0.8 and box.size >= MIN_FACE_SIZE))


def _crowd(
    picture: Picture, sampler: PortraitSampler, rng: Generator, count: int, decoys: int
) -> list[LabelledFace]:
    """Composite people and faceless ones into the picture, in place, small ones behind."""
    side = min(picture.shape[:2])
    most = 0.95 if count == 1 else 0.6
    sizes = np.sort(np.exp(rng.uniform(math.log(13), math.log(side * most), count + decoys)))
    real = rng.permutation(count + decoys) < count
    faces: list[LabelledFace] = []
    for size, is_real in zip(sizes, real, strict=True):
        portrait = sampler.sample(rng)
        if not is_real:
            portrait = remove_face(portrait, rng)
        matrix = _draw_matrix(portrait, float(size), picture, rng)
        cover = _paste(picture, portrait, matrix)
        faces = [_mark_occluded(face, cover) for face in faces]
        if is_real:
            faces.append(_label(portrait, matrix, picture.shape[:2]))
    return faces


def _draw_matrix(
    portrait: LabelledPortrait, size: float, picture: Picture, rng: Generator
) -> Affine:
    height, width = picture.shape[:2]
    box = bounding_box(portrait.landmarks)
    margin = min(0.45 * size, 0.5 * min(height, width) - 1)
    x, y = rng.uniform(margin, width - margin), rng.uniform(margin, height - margin)
    return _matrix_onto(replace(box, angle=box.angle + _draw_lean(rng)), (float(x), float(y)), size)


def _paste(picture: Picture, portrait: LabelledPortrait, matrix: Affine) -> NDArray[np.float32]:
    """Composite the person into the picture, in place; return the alpha, (h, w)."""
    source, matte, local = portrait.picture, portrait.matte, matrix
    factor = int(1 / max(math.hypot(matrix[0, 0], matrix[1, 0]), 1e-6))
    if factor >= 2:
        source, local = downscale(source, matrix, factor)
        matte, _ = downscale(matte, matrix, factor)
    width, height = picture.shape[1::-1]
    seen = warped(source, local, width, height, CONSTANT).astype(np.float32)
    share = warped(matte, local, width, height, CONSTANT).astype(np.float32) / np.float32(255)
    picture[:] = picture + (seen - picture) * share[..., None]
    return share


def _mark_occluded(face: LabelledFace, share: NDArray[np.float32]) -> LabelledFace:
    """Return the face after something was composited over it; mostly hidden, it is uncertain."""
    height, width = share.shape
    x = np.clip(face.landmarks[:, 0], 0, width - 1).astype(int)
    y = np.clip(face.landmarks[:, 1], 0, height - 1).astype(int)
    hidden = float((share[y, x] > 0.5).mean())
    return replace(face, certain=face.certain and hidden < 0.3)


def _occlude(face: LabelledFace, picture: Picture, rng: Generator) -> LabelledFace:
    if rng.random() < 0.2:
        box = face.box
        middle = np.array([box.x, box.y]) + rng.normal(0, 0.3, 2) * box.size
        size = box.size * rng.uniform(0.05, 0.2)
        draw_clutter(picture, rng, (float(middle[0]), float(middle[1])), size)
    return face
