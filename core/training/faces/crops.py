"""Crops for networks that know about where the face is: landmarks, lips, eyes, matte."""

from dataclasses import replace
from typing import NamedTuple

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from core.perception.face_landmarks import part_placement
from core.perception.face_mesh import Landmarks, Matrix, Placement, crop, moved, placement_of
from core.perception.face_network import LandmarkConfig, MatteConfig, PartConfig
from core.pixels import CONSTANT, REFLECT, REPLICATE, resized
from core.training.faces.cast import Cast, exchanged
from core.training.faces.corpus import Portrait
from core.training.faces.decoys import faceless, surroundings
from core.training.faces.light import photograph
from core.training.faces.textures import shape, shapes
from core.video import Picture

BORDERS = (REPLICATE, REPLICATE, REFLECT, CONSTANT)

MARGIN = 1.25
"""How much wider mistakes are cut out than they are shown."""

PART_DOUBT = (0.015, 0.04, 0.04)
"""How unsure the landmarks of a first look are: shift and scale in face sizes, angle."""


class FaceCrop(NamedTuple):
    """A crop and what is in it; landmarks in sides of the crop about its middle."""

    picture: Picture
    landmarks: Landmarks
    present: bool


class MatteCrop(NamedTuple):
    """A crop, the share of person in each pixel, and where that is known; both (side, side)."""

    picture: Picture
    matte: NDArray[np.uint8]
    known: NDArray[np.uint8]


def shaken(place: Placement, rng: Generator, shift: float, scale: float, turn: float) -> Placement:
    """Return the placement as somebody would have it who is unsure by so much."""
    dx, dy = rng.normal(0, shift, 2) * place.size
    size = place.size * float(np.exp(rng.normal(0, scale)))
    angle = place.angle + float(rng.normal(0, turn))
    return Placement(place.x + float(dx), place.y + float(dy), size, angle)


def in_sides(matrix: Matrix, landmarks: Landmarks, side: int) -> Landmarks:
    """Return landmarks in sides of the crop; 0 is its middle."""
    flat = moved(matrix, landmarks)
    flat[:, :2] -= (side - 1) / 2
    return np.asarray(flat / side, dtype=np.float32)


def face_crop(cast: Cast, config: LandmarkConfig, rng: Generator) -> FaceCrop:
    """Draw a crop of a face as the detector, or the first look, would place it."""
    portrait = cast.portrait(rng)
    rough = rng.random() < 0.5
    place = placement_of(portrait.landmarks)
    guess = shaken(place, rng, *((0.07, 0.13, 0.17) if rough else (0.02, 0.04, 0.04)))
    matrix = guess.matrix(config.side, config.zoom)
    border = int(rng.choice(BORDERS))
    picture = crop(portrait.picture, matrix, config.side, border)
    if rng.random() < 0.5:
        picture = _before(picture, portrait, matrix, cast, rng)
    if rng.random() < 0.25:
        occlude(picture, rng, config.side / config.zoom)
    picture = photograph(picture, rng)
    return FaceCrop(picture, in_sides(matrix, portrait.landmarks, config.side), True)


def _before(
    picture: Picture, portrait: Portrait, matrix: Matrix, cast: Cast, rng: Generator
) -> Picture:
    """Put the person in the crop before something else, at times with others around."""
    side = picture.shape[0]
    share = crop(portrait.matte, matrix, side, CONSTANT)[..., None]
    behind = surroundings(cast.corpus, rng, side, side)
    if rng.random() < 0.25:
        behind = _with_bystander(behind, cast.portrait(rng), rng)
    mixed = behind + (picture.astype(np.float32) - behind) * (share.astype(np.float32) / 255)
    return np.asarray(mixed, dtype=np.uint8)


def _with_bystander(behind: Picture, other: Portrait, rng: Generator) -> Picture:
    side, place = behind.shape[0], placement_of(other.landmarks)
    aside = rng.choice([-1, 1]) * rng.uniform(0.6, 1.1) * place.size
    away = replace(place, x=place.x + float(aside), size=place.size * rng.uniform(0.9, 1.6))
    matrix = away.matrix(side, 1.5)
    share = crop(other.matte, matrix, side, CONSTANT)[..., None].astype(np.float32)
    seen = crop(other.picture, matrix, side)
    return np.asarray(behind + (seen.astype(np.float32) - behind) * (share / 255), np.uint8)


def occlude(picture: Picture, rng: Generator, size: float, most: float = 0.2) -> None:
    """Draw something small over the face, which is `size` pixels high, in place."""
    middle = (np.array(picture.shape[1::-1]) - 1) / 2 + rng.normal(0, 0.3, 2) * size
    shape(picture, rng, (float(middle[0]), float(middle[1])), size * rng.uniform(0.05, most))


def no_face_crop(cast: Cast, config: LandmarkConfig, rng: Generator) -> FaceCrop:
    """Draw a crop that shows no face, or not where a face should be."""
    side = config.side
    kind = rng.random()
    if kind < 0.25 and cast.mistakes:
        picture = _mistake(cast, config, rng)
    elif kind < 0.5:
        picture = surroundings(cast.corpus, rng, side, side)
        picture = shapes(picture, rng, int(rng.integers(0, 5)))
    else:
        portrait = cast.portrait(rng)
        place = placement_of(portrait.landmarks)
        if kind < 0.75:
            portrait, guess = faceless(portrait, rng), shaken(place, rng, 0.07, 0.15, 0.17)
        else:
            guess = _beside(place, rng)
        matrix = guess.matrix(side, config.zoom)
        picture = crop(portrait.picture, matrix, side, int(rng.choice(BORDERS)))
        if rng.random() < 0.5:
            picture = _before(picture, portrait, matrix, cast, rng)
    if rng.random() < 0.3:
        occlude(picture, rng, side / config.zoom, 0.6)
    nowhere = np.zeros((478, 3), dtype=np.float32)
    return FaceCrop(photograph(picture, rng), nowhere, False)


def _mistake(cast: Cast, config: LandmarkConfig, rng: Generator) -> Picture:
    wide = cast.mistakes[rng.integers(len(cast.mistakes))]
    middle = (wide.shape[0] - 1) / 2
    place = Placement(middle, middle, config.side / config.zoom, 0.0)
    guess = shaken(place, rng, 0.05, 0.08, 0.1)
    seen = crop(wide, guess.matrix(config.side, config.zoom), config.side)
    return np.ascontiguousarray(seen[:, ::-1]) if rng.random() < 0.5 else seen


def _beside(place: Placement, rng: Generator) -> Placement:
    """Return a placement that has only a piece of the face, or the face as a speck."""
    kind = rng.random()
    if kind < 0.6:
        turn = rng.uniform(0, 2 * np.pi)
        reach = rng.uniform(0.62, 1.3) * place.size
        x, y = place.x + reach * np.cos(turn), place.y + reach * np.sin(turn)
        return replace(place, x=float(x), y=float(y), size=place.size * rng.uniform(0.6, 1.5))
    factor = rng.uniform(0.25, 0.42) if kind < 0.85 else rng.uniform(2.6, 3.5)
    shift = rng.normal(0, 0.2, 2) * place.size
    x, y = place.x + float(shift[0]), place.y + float(shift[1])
    return Placement(x, y, place.size * float(factor), place.angle)


def part_crop(cast: Cast, config: PartConfig, points: tuple[int, ...], rng: Generator) -> FaceCrop:
    """Draw a close look at a part as the landmarks of a first look would place it."""
    portrait = cast.portrait(rng)
    place = part_placement(portrait.landmarks, points)
    guess = shaken(place, rng, *PART_DOUBT)
    matrix = guess.matrix(config.side, config.zoom)
    picture = crop(portrait.picture, matrix, config.side, int(rng.choice(BORDERS)))
    if rng.random() < 0.1:
        occlude(picture, rng, config.side / config.zoom, 0.12)
    picture = photograph(picture, rng)
    landmarks = in_sides(matrix, portrait.landmarks[list(points)], config.side)
    return FaceCrop(picture, landmarks, True)


def matte_crop(cast: Cast, config: MatteConfig, rng: Generator) -> MatteCrop:
    """Draw head and shoulders, most often before another background than their own."""
    portrait = _reduced(cast.portrait(rng))
    height, width = portrait.matte.shape
    if rng.random() < 0.7:
        portrait = exchanged(portrait, surroundings(cast.corpus, rng, height, width))
    place = placement_of(portrait.landmarks)
    turn = 0.1 if rng.random() < 0.8 else 0.5
    guess = shaken(replace(place, angle=0.0), rng, 0.1, 0.15, turn)
    guess = replace(guess, size=guess.size * rng.uniform(0.65, 1.1))
    matrix = guess.matrix(config.side, config.zoom)
    picture = photograph(crop(portrait.picture, matrix, config.side), rng)
    matte = crop(portrait.matte, matrix, config.side)
    everywhere = np.full((height, width), 255, dtype=np.uint8)
    known = crop(everywhere, matrix, config.side, CONSTANT)
    return MatteCrop(picture, matte, known)


def _reduced(portrait: Portrait) -> Portrait:
    """Return the portrait at half its size: head and shoulders need no more."""
    size = (portrait.matte.shape[1] // 2, portrait.matte.shape[0] // 2)
    landmarks = (portrait.landmarks / 2 - np.array([0.25, 0.25, 0])).astype(np.float32)
    picture, matte = resized(portrait.picture, *size), resized(portrait.matte, *size)
    return replace(portrait, picture=picture, matte=matte, landmarks=landmarks)
