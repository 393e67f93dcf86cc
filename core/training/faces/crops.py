"""Training crops for landmark, part and matting networks, with augmentation."""

from dataclasses import replace
from typing import NamedTuple

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from core.perception.face.alignment import (
    Affine,
    Landmarks,
    OrientedBox,
    bounding_box,
    crop_square,
    transform_landmarks,
)
from core.perception.face.config import LandmarkConfig, MatteConfig, PartConfig
from core.perception.face.landmarks import part_box
from core.perception.face.topology import LANDMARK_COUNT
from core.pixels import CONSTANT, REFLECT, REPLICATE, resized
from core.training.faces.corpus import LabelledPortrait
from core.training.faces.negatives import draw_background, remove_face
from core.training.faces.photometric import augment_photo
from core.training.faces.portrait_sampler import PortraitSampler, replace_background
from core.training.faces.textures import add_clutter, draw_clutter
from core.video import Picture

BORDER_MODES = (REPLICATE, REPLICATE, REFLECT, CONSTANT)

HARD_NEGATIVE_MARGIN = 1.25
"""How much wider hard negatives are stored than shown."""

PART_JITTER = (0.015, 0.04, 0.04)
"""Noise of a part's box: shift and scale in face sizes, angle."""


class LandmarkSample(NamedTuple):
    """A crop and its labels; landmarks in sides of the crop about its centre."""

    picture: Picture
    landmarks: Landmarks
    present: bool


class MatteSample(NamedTuple):
    """A crop, its alpha, and where that is valid; both (side, side)."""

    picture: Picture
    matte: NDArray[np.uint8]
    valid: NDArray[np.uint8]


def jitter(
    box: OrientedBox, rng: Generator, shift: float, scale: float, turn: float
) -> OrientedBox:
    """Add Gaussian noise to a box, as an upstream network would."""
    dx, dy = rng.normal(0, shift, 2) * box.size
    size = box.size * float(np.exp(rng.normal(0, scale)))
    angle = box.angle + float(rng.normal(0, turn))
    return OrientedBox(box.x + float(dx), box.y + float(dy), size, angle)


def to_crop_units(matrix: Affine, landmarks: Landmarks, side: int) -> Landmarks:
    """Map landmarks to sides of the crop; 0 is its centre."""
    flat = transform_landmarks(matrix, landmarks)
    flat[:, :2] -= (side - 1) / 2
    return np.asarray(flat / side, dtype=np.float32)


def draw_face(sampler: PortraitSampler, config: LandmarkConfig, rng: Generator) -> LandmarkSample:
    """Draw a positive: a face crop with the noise of the detector or of the first landmark pass."""
    portrait = sampler.sample(rng)
    rough = rng.random() < 0.5
    box = bounding_box(portrait.landmarks)
    guess = jitter(box, rng, *((0.07, 0.13, 0.17) if rough else (0.02, 0.04, 0.04)))
    matrix = guess.crop_matrix(config.side, config.crop_scale)
    border = int(rng.choice(BORDER_MODES))
    picture = crop_square(portrait.picture, matrix, config.side, border)
    if rng.random() < 0.5:
        picture = _composite(picture, portrait, matrix, sampler, rng)
    if rng.random() < 0.25:
        occlude(picture, rng, config.side / config.crop_scale)
    picture = augment_photo(picture, rng)
    return LandmarkSample(picture, to_crop_units(matrix, portrait.landmarks, config.side), True)


def _composite(
    picture: Picture,
    portrait: LabelledPortrait,
    matrix: Affine,
    sampler: PortraitSampler,
    rng: Generator,
) -> Picture:
    """Composite the crop's person onto another background, at times with a bystander."""
    side = picture.shape[0]
    share = crop_square(portrait.matte, matrix, side, CONSTANT)[..., None]
    behind = draw_background(sampler.corpus, rng, side, side)
    if rng.random() < 0.25:
        behind = _add_bystander(behind, sampler.sample(rng), rng)
    mixed = behind + (picture.astype(np.float32) - behind) * (share.astype(np.float32) / 255)
    return np.asarray(mixed, dtype=np.uint8)


def _add_bystander(behind: Picture, other: LabelledPortrait, rng: Generator) -> Picture:
    side, box = behind.shape[0], bounding_box(other.landmarks)
    aside = rng.choice([-1, 1]) * rng.uniform(0.6, 1.1) * box.size
    away = replace(box, x=box.x + float(aside), size=box.size * rng.uniform(0.9, 1.6))
    matrix = away.crop_matrix(side, 1.5)
    share = crop_square(other.matte, matrix, side, CONSTANT)[..., None].astype(np.float32)
    seen = crop_square(other.picture, matrix, side)
    return np.asarray(behind + (seen.astype(np.float32) - behind) * (share / 255), np.uint8)


def occlude(picture: Picture, rng: Generator, size: float, max_size: float = 0.2) -> None:
    """Draw a small occluder over the face, which is `size` pixels high, in place."""
    middle = (np.array(picture.shape[1::-1]) - 1) / 2 + rng.normal(0, 0.3, 2) * size
    draw_clutter(
        picture, rng, (float(middle[0]), float(middle[1])), size * rng.uniform(0.05, max_size)
    )


def draw_negative(
    sampler: PortraitSampler, config: LandmarkConfig, rng: Generator
) -> LandmarkSample:
    """Draw a negative: no face, or a misaligned one."""
    side = config.side
    kind = rng.random()
    if kind < 0.25 and sampler.hard_negatives:
        picture = _draw_hard_negative(sampler, config, rng)
    elif kind < 0.5:
        picture = draw_background(sampler.corpus, rng, side, side)
        picture = add_clutter(picture, rng, int(rng.integers(0, 5)))
    else:
        portrait = sampler.sample(rng)
        box = bounding_box(portrait.landmarks)
        if kind < 0.75:
            portrait, guess = remove_face(portrait, rng), jitter(box, rng, 0.07, 0.15, 0.17)
        else:
            guess = _misalign(box, rng)
        matrix = guess.crop_matrix(side, config.crop_scale)
        picture = crop_square(portrait.picture, matrix, side, int(rng.choice(BORDER_MODES)))
        if rng.random() < 0.5:
            picture = _composite(picture, portrait, matrix, sampler, rng)
    if rng.random() < 0.3:
        occlude(picture, rng, side / config.crop_scale, 0.6)
    nowhere = np.zeros((LANDMARK_COUNT, 3), dtype=np.float32)
    return LandmarkSample(augment_photo(picture, rng), nowhere, False)


def _draw_hard_negative(
    sampler: PortraitSampler, config: LandmarkConfig, rng: Generator
) -> Picture:
    stored = sampler.hard_negatives[rng.integers(len(sampler.hard_negatives))]
    middle = (stored.shape[0] - 1) / 2
    box = OrientedBox(middle, middle, config.side / config.crop_scale, 0.0)
    guess = jitter(box, rng, 0.05, 0.08, 0.1)
    seen = crop_square(stored, guess.crop_matrix(config.side, config.crop_scale), config.side)
    return np.ascontiguousarray(seen[:, ::-1]) if rng.random() < 0.5 else seen


def _misalign(box: OrientedBox, rng: Generator) -> OrientedBox:
    """Return a box around only a piece of the face, or one far too large."""
    kind = rng.random()
    if kind < 0.6:
        turn = rng.uniform(0, 2 * np.pi)
        reach = rng.uniform(0.62, 1.3) * box.size
        x, y = box.x + reach * np.cos(turn), box.y + reach * np.sin(turn)
        return replace(box, x=float(x), y=float(y), size=box.size * rng.uniform(0.6, 1.5))
    factor = rng.uniform(0.25, 0.42) if kind < 0.85 else rng.uniform(2.6, 3.5)
    shift = rng.normal(0, 0.2, 2) * box.size
    x, y = box.x + float(shift[0]), box.y + float(shift[1])
    return OrientedBox(x, y, box.size * float(factor), box.angle)


def draw_part(
    sampler: PortraitSampler, config: PartConfig, points: tuple[int, ...], rng: Generator
) -> LandmarkSample:
    """Draw a crop of a face part with the noise of the landmark network."""
    portrait = sampler.sample(rng)
    box = part_box(portrait.landmarks, points)
    guess = jitter(box, rng, *PART_JITTER)
    matrix = guess.crop_matrix(config.side, config.crop_scale)
    picture = crop_square(portrait.picture, matrix, config.side, int(rng.choice(BORDER_MODES)))
    if rng.random() < 0.1:
        occlude(picture, rng, config.side / config.crop_scale, 0.12)
    picture = augment_photo(picture, rng)
    landmarks = to_crop_units(matrix, portrait.landmarks[list(points)], config.side)
    return LandmarkSample(picture, landmarks, True)


def draw_matte(sampler: PortraitSampler, config: MatteConfig, rng: Generator) -> MatteSample:
    """Draw head and shoulders, mostly composited onto another background."""
    portrait = _halve(sampler.sample(rng))
    height, width = portrait.matte.shape
    if rng.random() < 0.7:
        portrait = replace_background(portrait, draw_background(sampler.corpus, rng, height, width))
    box = bounding_box(portrait.landmarks)
    turn = 0.1 if rng.random() < 0.8 else 0.5
    guess = jitter(replace(box, angle=0.0), rng, 0.1, 0.15, turn)
    guess = replace(guess, size=guess.size * rng.uniform(0.65, 1.1))
    matrix = guess.crop_matrix(config.side, config.crop_scale)
    picture = augment_photo(crop_square(portrait.picture, matrix, config.side), rng)
    matte = crop_square(portrait.matte, matrix, config.side)
    everywhere = np.full((height, width), 255, dtype=np.uint8)
    known = crop_square(everywhere, matrix, config.side, CONSTANT)
    return MatteSample(picture, matte, known)


def _halve(portrait: LabelledPortrait) -> LabelledPortrait:
    """Return the portrait at half its size, enough for head and shoulders."""
    size = (portrait.matte.shape[1] // 2, portrait.matte.shape[0] // 2)
    landmarks = (portrait.landmarks / 2 - np.array([0.25, 0.25, 0])).astype(np.float32)
    picture, matte = resized(portrait.picture, *size), resized(portrait.matte, *size)
    return replace(portrait, picture=picture, matte=matte, landmarks=landmarks)
