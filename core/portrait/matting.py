"""Matting: a photo taken apart into person and background, photo = person * alpha + background."""

from typing import NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from core.pixels import resized, scaled, smooth, stretched
from core.portrait.inpainting import fill_with_texture, pull_push
from core.video import Picture

MATTING_SIDE = 512
"""Pixels of the longer side at which alpha and colours are worked out."""

FILL_MARGIN = 0.05
"""How far around the person the background's colours are not trusted, face heights."""

SLACK = 0.015
"""How much of what is around the person moves along before the photo's own background: face
heights. The matte is no finer than that."""

FAINTEST = 0.08
"""Alpha of surroundings that moves along no more: every pixel that it covers is painted."""

HAIR_REACH, HAIR_CONTRAST = 0.08, 60.0
"""How far around the person loose hair is looked for, face heights; grey levels by which it is
more like the person than like the background."""

Plane = NDArray[np.float32]
Mask = NDArray[np.bool_]


class MattedPhoto(NamedTuple):
    """A photo taken apart; the person laid over the background is the photo again."""

    person: Picture
    """Nothing but the person's own colours wherever `alpha` is not 0."""
    alpha: Plane
    """(h, w) 0..1"""
    background: Picture
    """Nothing but the background's, inpainted where the person was."""


def matte_photo(photo: Picture, matte: Plane, height: float) -> MattedPhoto:
    """Take a photo apart along the matte (h, w) 0..1 of a person whose face is so high, pixels."""
    estimate = _estimate(photo, matte, height)
    if estimate is None:
        return MattedPhoto(photo, matte, photo)
    person, background = (_large(layer, photo) for layer in (estimate.person, estimate.background))
    return _exact(photo, matte, person, background)


def matte_with_loose_hair(photo: Picture, matte: Plane, height: float) -> MattedPhoto:
    """Take a photo apart as `matte_photo` does, to be seen before its own background only.

    The person takes along a little of what is around them, and more where it looks like them: the
    matte may miss hair.
    """
    estimate = _estimate(photo, matte, height)
    if estimate is None:
        return MattedPhoto(photo, matte, photo)
    person, filled = (_large(layer, photo) for layer in (estimate.person, estimate.background))
    person, _, background = _exact(photo, matte, person, filled)
    hair = _loose_hair(estimate, height * estimate.photo.shape[1] / photo.shape[1])
    if hair.shape != matte.shape:
        hair = stretched(hair, matte.shape[1], matte.shape[0])
    hair = np.clip((hair - FAINTEST) / (1 - FAINTEST), 0, 1)
    wide = np.maximum(hair, matte)
    edge = (wide > 0) & (matte < 1)
    w = wide[edge][:, None]
    under = background[edge] + w * (filled[edge].astype(np.float32) - background[edge])
    over = photo[edge] + (1 - w) / np.maximum(w, 1e-3) * (photo[edge] - under)
    background[edge], person[edge] = under.round().clip(0, 255), over.round().clip(0, 255)
    return MattedPhoto(person, wide, background)


def erase_outline(layers: MattedPhoto, height: float) -> Picture:
    """Return the background without what the person's edges left in it, filled from farther away.

    Who moves would leave an outline there. height: of the face, pixels.
    """
    background = layers.background
    factor = min(1.0, MATTING_SIDE / max(background.shape[:2]))
    small = scaled(background, factor).astype(np.float32)
    person = resized(layers.alpha, small.shape[1], small.shape[0]) > 0.02
    slack = SLACK * height * factor
    near = _grown(person, 2 * slack)
    if near.all() or not near.any():
        return background
    filled = _large(fill_with_texture(small, ~near), background).astype(np.float32)
    soft = cv2.GaussianBlur(near.astype(np.float32), (0, 0), max(0.8, slack))
    share = (2 * np.asarray(soft)).clip(0, 1)  # beyond them what was filled is what was there
    share = stretched(share, background.shape[1], background.shape[0])[..., None]
    return np.asarray((background + share * (filled - background)).round(), np.uint8)


class _Estimate(NamedTuple):
    """A photo made smaller, and its layers as their surroundings suggest."""

    photo: Plane
    alpha: Plane
    person: Plane
    background: Plane


def _estimate(photo: Picture, matte: Plane, height: float) -> _Estimate | None:
    """Estimate the layers' colours; None where there is only one layer."""
    factor = min(1.0, MATTING_SIDE / max(photo.shape[:2]))
    small = scaled(photo, factor).astype(np.float32)
    alpha = resized(matte, small.shape[1], small.shape[0])
    opaque, clear = alpha > 0.98, ~_grown(alpha > 0.02, FILL_MARGIN * height * factor)
    if not opaque.any() or not clear.any():
        return None
    person = pull_push(small, opaque.astype(np.float32))
    return _Estimate(small, alpha, person, fill_with_texture(small, clear))


def _exact(photo: Picture, alpha: Plane, person: Picture, background: Picture) -> MattedPhoto:
    """Correct the layers' colours so that they add up to the photo.

    What is missing where both show goes to each by how much of it is seen.
    """
    own, behind = photo.copy(), photo.copy()
    edge = (alpha > 0) & (alpha < 1)
    full, empty = alpha >= 1, alpha <= 0
    own[empty] = person[empty]
    behind[full] = background[full]
    a = alpha[edge][:, None]
    f, b = person[edge].astype(np.float32), background[edge].astype(np.float32)
    missing = photo[edge] - a * f - (1 - a) * b
    missing /= a**2 + (1 - a) ** 2
    own[edge] = (f + a * missing).round().clip(0, 255)
    behind[edge] = (b + (1 - a) * missing).round().clip(0, 255)
    return MattedPhoto(own, alpha, behind)


def _loose_hair(estimate: _Estimate, height: float) -> Plane:
    """Return the alpha, dilated a little, and farther where the photo looks like the person."""
    photo, alpha, person, background = estimate
    near, far = (_dilated(alpha, reach * height) for reach in (SLACK, HAIR_REACH))
    ring = (far > 0) & (near < 1)
    own, other = (
        np.sqrt(np.square(photo[ring] - layer[ring]).sum(-1)) for layer in (person, background)
    )
    hair = np.zeros_like(alpha)
    hair[ring] = np.clip((other - own) / HAIR_CONTRAST, 0, 1)
    hair = np.asarray(cv2.GaussianBlur(hair, (0, 0), max(0.8, SLACK * height / 3)), np.float32)
    return np.asarray(np.maximum(near, hair * far), np.float32)


def _dilated(matte: Plane, reach: float) -> Plane:
    """Dilate and blur a matte."""
    size = 2 * max(1, round(reach / 2)) + 1
    dilated = cv2.dilate(matte, np.ones((size, size), np.uint8))
    return np.asarray(cv2.GaussianBlur(dilated, (0, 0), max(0.8, reach / 3)), np.float32)


def _large(layer: Plane, photo: Picture) -> Picture:
    bytes_ = layer.clip(0, 255).round().astype(np.uint8)
    same = layer.shape == photo.shape
    return bytes_ if same else smooth(bytes_, photo.shape[1], photo.shape[0])


def _grown(mask: Mask, reach: float) -> Mask:
    return np.asarray(cv2.dilate(mask.astype(np.uint8), _disc(reach)) > 0)


def _disc(reach: float) -> NDArray[np.uint8]:
    side = 2 * max(1, round(reach)) + 1
    return np.asarray(cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (side, side)), np.uint8)
