"""Negatives for the face finder: backgrounds, people without faces, scrambled faces."""

from dataclasses import replace

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from core.perception.face.alignment import bounding_box
from core.perception.face.topology import CHIN, FOREHEAD, OVAL
from core.pixels import blurred, resized, smooth
from core.training.faces.corpus import Corpus, LabelledPortrait
from core.training.faces.pen import fill
from core.training.faces.textures import add_clutter, draw_texture
from core.video import Picture


def draw_background(corpus: Corpus, rng: Generator, height: int, width: int) -> Picture:
    """Return a picture (height, width, 3) without a face."""
    kind = rng.random()
    if kind < 0.5:
        return random_crop(corpus.sample_background(rng), rng, height, width)
    if kind < 0.75:
        return draw_texture(rng, height, width)
    patch = random_crop(_faceless_patch(corpus.sample(rng), rng), rng, height, width)
    return patch if rng.random() < 0.7 else add_clutter(patch, rng, int(rng.integers(1, 6)))


def random_crop(picture: Picture, rng: Generator, height: int, width: int) -> Picture:
    """Return a random crop, randomly flipped, resized to the size asked for."""
    h, w = picture.shape[:2]
    share = rng.uniform(0.35, 1.0)
    tall = max(4, int(min(h, w * height / width) * share))
    wide = max(4, min(w, int(tall * width / height)))
    top, left = int(rng.integers(h - tall + 1)), int(rng.integers(w - wide + 1))
    part = picture[top : top + tall, left : left + wide]
    if rng.random() < 0.5:
        part = part[:, ::-1]
    if rng.random() < 0.08:
        part = part[::-1]
    return resized(np.ascontiguousarray(part), width, height)


def _faceless_patch(portrait: LabelledPortrait, rng: Generator) -> Picture:
    """Return a part of the portrait that shows hair, clothes or wall, but no face."""
    picture = portrait.picture
    side = picture.shape[0]
    low, high = portrait.landmarks[:, :2].min(axis=0), portrait.landmarks[:, :2].max(axis=0)
    parts = [
        picture[int(min(high[1] + 4, side - 24)) :],
        picture[:, : int(max(low[0] - 4, 24))],
        picture[:, int(min(high[0] + 4, side - 24)) :],
        picture[: int(max(low[1] - 2, 16))],
    ]
    areas = np.array([part.shape[0] * part.shape[1] for part in parts], dtype=np.float64)
    return parts[int(rng.choice(4, p=areas / areas.sum()))]


def remove_face(portrait: LabelledPortrait, rng: Generator) -> LabelledPortrait:
    """Return the person with the face blurred out, scrambled, covered by hair or cut off."""
    picture, matte = portrait.picture.copy(), portrait.matte.copy()
    mask = _face_mask(portrait, rng)
    kind = rng.random()
    if kind < 0.35:
        _blend(picture, _blur_out(portrait), mask)
    elif kind < 0.6:
        _scramble(picture, portrait, rng)
    elif kind < 0.85:
        _blend(picture, _fill_with_hair(portrait, rng), mask)
    else:
        cut = int(np.clip(portrait.landmarks[CHIN, 1] + 3, 0, matte.shape[0] - 8))
        matte[:cut] = 0
    return replace(portrait, picture=picture, matte=matte)


def _face_mask(portrait: LabelledPortrait, rng: Generator) -> NDArray[np.uint8]:
    height, width = portrait.matte.shape
    mask = np.zeros((height // 4, width // 4), dtype=np.uint8)
    oval = portrait.landmarks[list(OVAL), :2]
    outline = oval.mean(axis=0) + (oval - oval.mean(axis=0)) * rng.uniform(1.0, 1.25)
    fill(mask, outline / 4, 255)
    soft = blurred(mask, max(0.5, bounding_box(portrait.landmarks).size * 0.008))
    return resized(soft, width, height)


def _blend(picture: Picture, other: Picture, mask: NDArray[np.uint8]) -> None:
    share = mask[..., None].astype(np.float32) / 255
    picture[:] = picture + (other.astype(np.float32) - picture) * share


def _blur_out(portrait: LabelledPortrait) -> Picture:
    """Blur far beyond any feature, on a small copy because the kernel is wide."""
    height, width = portrait.matte.shape
    size = bounding_box(portrait.landmarks).size / 8
    soft = blurred(resized(portrait.picture, width // 8, height // 8), max(1.0, size * 0.3))
    return resized(soft, width, height)


def _scramble(picture: Picture, portrait: LabelledPortrait, rng: Generator) -> None:
    """Shuffle the tiles of the face's bounding box."""
    count = int(rng.integers(3, 6))
    low, high = portrait.landmarks[:, :2].min(axis=0), portrait.landmarks[:, :2].max(axis=0)
    low, high = np.clip([low, high], 0, picture.shape[0] - 1).astype(int)
    tall, wide = (high[1] - low[1]) // count, (high[0] - low[0]) // count
    corners = [(low[1] + tall * r, low[0] + wide * c) for r in range(count) for c in range(count)]
    tiles = [picture[y : y + tall, x : x + wide].copy() for y, x in corners]
    for (y, x), index in zip(corners, rng.permutation(len(corners)), strict=True):
        tile = tiles[index]
        picture[y : y + tall, x : x + wide] = tile[::-1] if rng.random() < 0.3 else tile


def _fill_with_hair(portrait: LabelledPortrait, rng: Generator) -> Picture:
    """Fill with what is above the forehead, mostly hair: the back of a head."""
    height, width = portrait.matte.shape
    top = portrait.landmarks[FOREHEAD]
    size = bounding_box(portrait.landmarks).size
    y = int(np.clip(top[1] - 0.08 * size, 12, height - 8))
    x = int(np.clip(top[0], 20, width - 20))
    strip = portrait.picture[max(0, y - int(0.12 * size)) : y, max(0, x - 40) : x + 40]
    if min(strip.shape[:2]) < 4 or rng.random() < 0.15:
        return draw_texture(rng, height, width)
    return smooth(np.ascontiguousarray(strip), width, height)
