"""Matting: a photo taken apart into person and background, photo = person * alpha + background."""

from typing import NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from core.pixels import resized, scaled, smooth
from core.portrait.inpainting import fill_with_texture, pull_push
from core.video import Picture

MATTING_SIDE = 768
"""Pixels of the longer side at which alpha and colours are worked out."""

FILL_MARGIN = 0.05
"""How far around the person the background's colours are not trusted, face heights."""

Plane = NDArray[np.float32]
Mask = NDArray[np.bool_]


class MattedPhoto(NamedTuple):
    """A photo taken apart; layers laid over each other are the photo again."""

    person: Picture
    """Nothing but the person's own colours wherever `alpha` is not 0."""
    alpha: Plane
    """(h, w) 0..1"""
    background: Picture
    """Nothing but the background's, filled where the person was."""


def matte_photo(photo: Picture, matte: Plane, height: float) -> MattedPhoto:
    """Take a photo apart along the matte (h, w) 0..1 of a person whose face is so high, pixels."""
    factor = min(1.0, MATTING_SIDE / max(photo.shape[:2]))
    small = scaled(photo, factor).astype(np.float32)
    alpha = resized(matte, small.shape[1], small.shape[0])
    opaque, clear = alpha > 0.98, ~_grown(alpha > 0.02, FILL_MARGIN * height * factor)
    if not opaque.any() or not clear.any():
        return MattedPhoto(photo, matte, photo)
    person = pull_push(small, opaque.astype(np.float32))
    background = fill_with_texture(small, clear)
    return _exact(photo, matte, person, background)


def _exact(photo: Picture, alpha: Plane, person: Plane, background: Plane) -> MattedPhoto:
    """Enlarge the layers to the photo's size, and correct their colours so that they add up to it.

    What is missing where both show goes to each by how much of it is seen.
    """
    height, width = photo.shape[:2]
    own, behind = photo.copy(), photo.copy()
    edge = (alpha > 0) & (alpha < 1)
    full, empty = alpha >= 1, alpha <= 0
    large, far = (_large(layer, width, height) for layer in (person, background))
    own[empty] = large[empty]
    behind[full] = far[full]
    a = alpha[edge][:, None]
    f, b = large[edge].astype(np.float32), far[edge].astype(np.float32)
    missing = photo[edge] - a * f - (1 - a) * b
    missing /= a**2 + (1 - a) ** 2
    own[edge] = (f + a * missing).round().clip(0, 255)
    behind[edge] = (b + (1 - a) * missing).round().clip(0, 255)
    return MattedPhoto(own, alpha, behind)


def _large(layer: Plane, width: int, height: int) -> Picture:
    return smooth(layer.clip(0, 255).round().astype(np.uint8), width, height)


def _grown(mask: Mask, reach: float) -> Mask:
    return np.asarray(cv2.dilate(mask.astype(np.uint8), _disc(reach)) > 0)


def _disc(reach: float) -> NDArray[np.uint8]:
    side = 2 * max(1, round(reach)) + 1
    return np.asarray(cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (side, side)), np.uint8)
