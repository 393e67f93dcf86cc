"""A portrait ready to be rendered: its rig, and its pixels cut into RGBA layers."""

from typing import NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from core.portrait.face_crop import FaceCrop
from core.puppet.arrays import Array
from core.puppet.body_motion import fade_at_photo_edges
from core.puppet.expression import Expressions
from core.puppet.eyelid_warp import Eyes
from core.puppet.lip_seam import LipSeam
from core.puppet.mouth_interior import MouthInterior, draw_interior
from core.puppet.rig import Rig, build_rig
from core.video import Picture

MOUTH_ROOM = (1.35, 0.34, 0.56)
"""What the lips' layers hold: half widths of the mouth to the sides; face heights up and down."""

LID_SHADE = 0.9
"""Brightness of a closed lid against the skin around the eye."""


class Texture(NamedTuple):
    """An image and the part of the crop, or of a frame of its own, that it covers."""

    image: Array
    """(channels, h, w) 0..1; the last of four channels is alpha"""
    middle: Array
    """(2,)"""
    half: Array
    """(2,)"""


class LayeredPortrait(NamedTuple):
    """A rig and the textures that it warps. Fields stack into batches, as those of `Rig` do."""

    rig: Rig
    person: Texture
    """The whole crop; its alpha is the matte."""
    upper: Texture
    """Around the mouth; opaque on the upper lip's side of the seam."""
    lower: Texture
    """Around the mouth; opaque on the lower lip's side of the seam."""
    mouth_interior: MouthInterior
    lid_colour: Array
    """(2, 3) colour of the skin of a closed lid, subject's right eye first, 0..1"""


def cut_layers(
    photo: Picture,
    matte: NDArray[np.float32],
    landmarks: NDArray[np.float32],
    crop: FaceCrop,
    side: int,
    expressions: Expressions,
) -> LayeredPortrait:
    """Cut a photo into layers, the crop being `side` pixels wide.

    matte: (h, w) 0..1 of the photo; landmarks: (478, 3) pixels of the photo.
    """
    rig = build_rig(crop.to_units(landmarks), expressions)
    left, right = ((edge - crop.x) / crop.half for edge in (0, photo.shape[1]))
    rig = rig._replace(body=fade_at_photo_edges(rig.body, rig.height.item(), left, right))
    pixels = crop.extract(photo, side)
    alpha = crop.extract(matte, side)
    upper, lower = _lip_layers(pixels, rig.lips, rig.height.item(), side)
    skin, white = eye_colours(pixels, rig.eyes, rig.height.item() * side / 2)
    person = _layer(pixels, alpha.clip(0, 1))
    whole = Texture(person, np.zeros(2, np.float32), np.ones(2, np.float32))
    return LayeredPortrait(rig, whole, upper, lower, draw_interior(white), skin)


def _layer(pixels: Picture, alpha: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return RGB (h, w, 3) and alpha (h, w) as RGBA planes (4, h, w) in 0..1."""
    planes = np.empty((4, *alpha.shape), np.float32)
    np.multiply(pixels.transpose(2, 0, 1), np.float32(1 / 255), out=planes[:3])
    planes[3] = alpha
    return planes


def _lip_layers(
    pixels: Picture, lips: LipSeam, height: float, side: int
) -> tuple[Texture, Texture]:
    """Cut out the surroundings of the mouth, once for each side of the seam."""
    reach, up, down = MOUTH_ROOM
    half_width = reach * float(np.linalg.norm(lips.across))
    half_height = (up + down) / 2 * height
    middle = lips.middle + lips.down * (down - up) / 2 * height
    corner = middle - np.array([half_width, half_height])
    left, top = ((corner + 1) / 2 * side).round().astype(int).tolist()
    wide, tall = round(half_width * side), round(half_height * side)
    left, top = max(0, min(left, side - wide)), max(0, min(top, side - tall))
    y, x = np.mgrid[top : top + tall, left : left + wide] + 0.5
    at = (np.stack([x, y], -1) / side * 2 - 1).astype(np.float32)
    part = pixels[top : top + tall, left : left + wide]
    masks = lips.side_masks(at, 2 / side)
    half = np.array([wide, tall], np.float32) / side
    centre = np.array([left, top], np.float32) / side * 2 - 1 + half
    layers = [Texture(_layer(part, mask), centre, half) for mask in masks]
    return layers[0], layers[1]


def eye_colours(
    pixels: Picture, eyes: Eyes, height: float
) -> tuple[NDArray[np.float32], tuple[float, float, float]]:
    """Return the lids' skin colour (2, 3), and that of the whites: the photo's white point."""
    side = len(pixels)
    skins, whites = [], []
    for middle, across, down in zip(eyes.middle, eyes.across, eyes.down, strict=True):
        centre = (middle + 1) / 2 * side
        half = float(np.linalg.norm(across)) * side / 2
        below = centre + down * 0.11 * height
        skins.append(_median_colour(pixels, below, 0.03 * height) * LID_SHADE)
        whites.append(_brightest_colour(pixels, centre, half * 0.9, half * 0.3))
    white = np.clip(1.3 * np.mean(whites, axis=0), 0.55, 0.97)
    white = 0.5 * white + 0.5 * white.mean()
    red, green, blue = white.tolist()
    return np.stack(skins).astype(np.float32), (red, green, blue)


def _median_colour(
    pixels: Picture, centre: NDArray[np.float32], reach: float
) -> NDArray[np.float64]:
    return _fast_median(_patch(pixels, centre, reach, reach)) / 255


def _brightest_colour(
    pixels: Picture, centre: NDArray[np.float32], across: float, down: float
) -> NDArray[np.float64]:
    patch = _patch(pixels, centre, across, down)
    by_light = patch[patch.sum(axis=1).argsort()]
    return _fast_median(by_light[int(0.85 * len(patch)) :]) / 255


def _fast_median(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the median; numpy's own imports its masked arrays first, 40 ms."""
    ordered = np.sort(values, axis=0)
    return np.asarray((ordered[(len(values) - 1) // 2] + ordered[len(values) // 2]) / 2)


def _patch(
    pixels: Picture, centre: NDArray[np.float32], across: float, down: float
) -> NDArray[np.float64]:
    size = (max(3, round(2 * across)), max(3, round(2 * down)))
    patch = cv2.getRectSubPix(pixels, size, (float(centre[0]), float(centre[1])))
    return patch.reshape(-1, 3).astype(np.float64)
