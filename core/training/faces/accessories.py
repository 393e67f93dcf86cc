"""Augmentation with accessories: glasses, scarves, hats and masks drawn onto portraits."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
from numpy.random import Generator

from core.perception.face.alignment import bounding_box
from core.perception.face.topology import LEFT_EYE, NOSE_BRIDGE, OVAL, RIGHT_EYE
from core.pixels import blurred, grey
from core.training.faces.corpus import LabelledPortrait
from core.training.faces.pen import Points, ellipse, fill, stroke
from core.training.faces.textures import Colour, draw_colour, draw_texture, rotation

_EYES = (RIGHT_EYE, LEFT_EYE)
_MASK_OUTLINE = (
    234, 93, 132, 58, 172, 136, 150, 149, 176, 148, 152,
    377, 400, 378, 379, 365, 397, 288, 361, 323, 454, 347, 197, 118,
)  # fmt: skip
_FOREHEAD_LINE = (127, 162, 21, 54, 103, 67, 109, 10, 338, 297, 332, 284, 251, 389, 356)


def add_accessory(portrait: LabelledPortrait, rng: Generator) -> LabelledPortrait:
    """Return the portrait with one random accessory."""
    worn = replace(portrait, picture=portrait.picture.copy(), matte=portrait.matte.copy())
    _ACCESSORIES[int(rng.choice(len(_ACCESSORIES), p=_PROBABILITIES))](worn, rng)
    return worn


def _glasses(worn: LabelledPortrait, rng: Generator) -> None:
    """Draw frames around the eyes; lenses are clear, tinted or dark."""
    flat, place = worn.landmarks[:, :2], bounding_box(worn.landmarks)
    reach = place.size * np.array([rng.uniform(0.12, 0.17), rng.uniform(0.085, 0.14)])
    square = rng.uniform(2, 5)
    middles = [flat[list(eye)].mean(axis=0) for eye in _EYES]
    lenses = [middle + _lens_outline(reach, square, place.angle) for middle in middles]
    _tint(worn, lenses, rng)
    frame, wide = draw_colour(rng), place.size * rng.uniform(0.006, 0.025)
    along = np.array([[reach[0], 0.0]]) @ rotation(place.angle)
    bridge = flat[NOSE_BRIDGE] + np.concatenate([-0.35 * along, 0.35 * along])
    arms = (
        np.stack([flat[127], (middles[0] - along)[0]]),
        np.stack([(middles[1] + along)[0], flat[356]]),
    )
    for lens in lenses:
        stroke(worn.picture, lens, frame, wide, closed=True)
    for bar in (bridge, *arms):
        stroke(worn.picture, bar, frame, wide)


def _tint(worn: LabelledPortrait, lenses: list[Points], rng: Generator) -> None:
    tint: Colour = (18, 18, 20) if rng.random() < 0.6 else draw_colour(rng)
    dark = float(rng.choice([0.0, rng.uniform(0, 0.5), rng.uniform(0.75, 1)], p=[0.6, 0.2, 0.2]))
    coloured = worn.picture.copy()
    for lens in lenses:
        fill(coloured, lens, tint)
    worn.picture[:] = worn.picture * (1 - dark) + coloured * dark


def _lens_outline(reach: Points, square: float, angle: float) -> Points:
    turn = np.linspace(0, 2 * np.pi, 40, endpoint=False)
    circle = np.column_stack([np.cos(turn), np.sin(turn)])
    outline = np.sign(circle) * np.abs(circle) ** (2 / square) * reach
    return np.asarray(outline @ rotation(angle))


def _scarf(worn: LabelledPortrait, rng: Generator) -> None:
    """Draw a scarf or hood around the face, over hair, ears and neck."""
    oval = worn.landmarks[list(OVAL), :2].astype(np.float64)
    middle = oval.mean(axis=0)
    around = middle + (oval - middle) * rng.uniform(1.3, 1.6, 2)
    if rng.random() < 0.6:
        chin, size = oval[18], bounding_box(worn.landmarks).size
        drop = np.array([[0.75, 1.4], [-0.75, 1.4]]) * size
        around = np.concatenate([around[:12], chin + drop, around[24:]])
    _cover_with_cloth(worn, around, middle + (oval - middle) * rng.uniform(0.94, 1.06), rng)


def _hat(worn: LabelledPortrait, rng: Generator) -> None:
    """Draw a cap over the forehead, at times with a brim."""
    flat, place = worn.landmarks[:, :2].astype(np.float64), bounding_box(worn.landmarks)
    top, middle = flat[list(_FOREHEAD_LINE)], flat[list(OVAL)].mean(axis=0)
    crown = middle + (top - middle) * np.array([rng.uniform(1.15, 1.4), rng.uniform(1.25, 1.7)])
    lower = flat[[127, 71, 151, 301, 356]] * 0.5 + flat[[127, 68, 10, 298, 356]] * 0.5
    _cover_with_cloth(worn, np.concatenate([crown, lower[::-1]]), None, rng)
    if rng.random() < 0.5:
        axes = (place.size * rng.uniform(0.4, 0.65), place.size * rng.uniform(0.02, 0.09))
        turn, at = float(np.degrees(place.angle)), lower[1:4].mean(axis=0)
        ellipse(worn.picture, at, axes, draw_colour(rng), turn)
        ellipse(worn.matte, at, axes, 255, turn)


def _mask(worn: LabelledPortrait, rng: Generator) -> None:
    """Draw a mask over nose and mouth."""
    tone: Colour = (200, 215, 225) if rng.random() < 0.5 else draw_colour(rng)
    fill(worn.picture, worn.landmarks[list(_MASK_OUTLINE), :2], tone)


_ACCESSORIES: tuple[Callable[[LabelledPortrait, Generator], None], ...] = (
    _glasses,
    _scarf,
    _hat,
    _mask,
)
_PROBABILITIES = (0.5, 0.24, 0.2, 0.06)


def _cover_with_cloth(
    worn: LabelledPortrait, outline: Points, hole: Points | None, rng: Generator
) -> None:
    """Fill the outline except the hole with cloth, shaded a little by what it covers."""
    mask = np.zeros_like(worn.matte)
    fill(mask, outline, 255)
    if hole is not None:
        fill(mask, hole, 0)
    cloth = np.full(worn.picture.shape, draw_colour(rng), dtype=np.float32)
    if rng.random() < 0.5:
        cloth = cloth * 0.6 + draw_texture(rng, *mask.shape) * 0.4
    shade = 0.55 + 0.9 * blurred(grey(worn.picture), 6)[..., None].astype(np.float32) / 255
    share = mask[..., None].astype(np.float32) / 255
    worn.picture[:] = np.clip(worn.picture + (cloth * shade - worn.picture) * share, 0, 255)
    np.maximum(worn.matte, mask, out=worn.matte)
