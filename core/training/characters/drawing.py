"""A character's picture, drawn together with its matte and its landmarks."""

from dataclasses import dataclass
from typing import NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

from core.perception.face.alignment import Landmarks
from core.pixels import resized
from core.training.characters.canvas import Canvas, Colour, Gradient, Mask
from core.training.characters.curves import ellipse
from core.training.characters.eyes import EyeLook, draw_brow, draw_eye
from core.training.characters.garments import Build, Cloth
from core.training.characters.headphones import draw_headphones
from core.training.characters.lips import LipLook, draw_lips
from core.training.characters.shape import Proportions, Shape, landmarks
from core.training.characters.skin import (
    Skin,
    draw_ear,
    draw_face,
    draw_freckles,
    draw_neck,
    draw_nose,
    draw_stubble,
)
from core.video import Picture

HEIGHT = 900
"""Pixels of the shipped pictures."""

ASPECT = 16 / 9

FACE, PLACE = 0.40, 0.47
"""Height of the face and how low its middle is, shares of the picture's height."""

FINER = 2
"""How many times finer than the picture the canvas is, for smooth edges."""


class HairStyle(Protocol):
    """Hair, before and behind the rest."""

    def draw_behind(self, canvas: Canvas) -> None:
        """Draw what is behind the neck."""
        ...

    def draw_front(self, canvas: Canvas, face: Mask, shade: Colour) -> None:
        """Draw what is before the face, and its shadow on it."""
        ...


class Garment(Protocol):
    """Clothes, before and behind the neck."""

    @property
    def build(self) -> Build:
        """The body that wears them."""
        ...

    def draw_behind(self, canvas: Canvas) -> None:
        """Draw what is behind the neck."""
        ...

    def draw(self, canvas: Canvas, skin: Mask) -> None:
        """Draw what is before the neck, which the mask `skin` holds."""
        ...


@dataclass(frozen=True)
class Backdrop:
    """What is behind the character."""

    corner: Colour
    other_corner: Colour
    glow: Colour
    """around the head, and on the person's edge"""
    rim: float
    """how strong the light on the edge is, 0..1"""


@dataclass(frozen=True)
class Character:
    """Somebody who can be drawn."""

    name: str
    proportions: Proportions
    skin: Skin
    eyes: EyeLook
    lips: LipLook
    hair: HairStyle
    garment: Garment
    backdrop: Backdrop
    ears: bool
    """whether the hair leaves them free"""
    freckles: int = 0
    stubble: float = 0.0
    """how dark it is, 0..1"""
    headphones: Cloth | None = None


class Drawing(NamedTuple):
    """A picture of which everything is known."""

    picture: Picture
    matte: NDArray[np.float32]
    """(h, w) 0..1"""
    landmarks: Landmarks


def draw(character: Character, height: int = HEIGHT) -> Drawing:
    """Draw a character; the picture is `height` pixels high and ASPECT times as wide."""
    width = round(ASPECT * height)
    unit = FACE * height * FINER
    middle = (width * FINER / 2, PLACE * height * FINER)
    canvas = Canvas(width * FINER, height * FINER, unit, middle)
    shape = landmarks(character.proportions)
    _draw_backdrop(canvas, character.backdrop)
    _draw_person(canvas, character, shape)
    canvas.rim(character.backdrop.glow, 0.016, character.backdrop.rim)
    picture = resized(canvas.pixels, width, height).clip(0, 1) * 255
    matte = resized(canvas.cover, width, height).clip(0, 1)
    flat = (canvas.to_pixels(shape[:, :2]) + 0.5) / FINER - 0.5
    placed = np.column_stack([flat, shape[:, 2] * unit / FINER]).astype(np.float32)
    return Drawing(picture.round().astype(np.uint8), matte, placed)


def _draw_backdrop(canvas: Canvas, backdrop: Backdrop) -> None:
    both = (backdrop.corner, backdrop.other_corner)
    canvas.paint(canvas.everything(), Gradient((-2.2, -1.2), (2.2, 1.3), both))
    canvas.paint(canvas.glow((-0.10, -0.25), 1.3), backdrop.glow, 0.55)
    for x, y, size, strength in (
        (-1.72, -0.62, 0.30, 0.10), (-1.30, 0.02, 0.17, 0.08), (1.46, -0.78, 0.22, 0.09),
        (1.86, -0.22, 0.36, 0.07), (-2.05, 0.42, 0.24, 0.06),
    ):  # fmt: skip
        canvas.touch(ellipse(x, y, size, size), backdrop.glow, strength, 0.012)


def _draw_person(canvas: Canvas, character: Character, shape: Shape) -> None:
    skin, garment = character.skin, character.garment
    garment.draw_behind(canvas)
    character.hair.draw_behind(canvas)
    neck = draw_neck(canvas, skin, garment.build.neck, shape)
    garment.draw(canvas, neck)
    if character.headphones:
        draw_headphones(canvas, character.headphones, garment.build, neck)
    for side in (-1, 1) if character.ears else ():
        draw_ear(canvas, skin, side, character.proportions.face / 2 + 0.015)
    face = draw_face(canvas, skin, shape)
    draw_freckles(canvas, skin, face, character.freckles)
    draw_stubble(canvas, character.eyes.brow, face, character.stubble)
    draw_nose(canvas, skin, shape)
    draw_lips(canvas, skin, character.lips, shape)
    for side in (-1, 1):
        draw_eye(canvas, skin, character.eyes, shape, side)
        draw_brow(canvas, character.eyes, shape, side, 5 + side)
    character.hair.draw_front(canvas, face, skin.deep)
