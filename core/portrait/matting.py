"""Matting: a photo taken apart into person and background, photo = person * alpha + background."""

from typing import NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from core.pixels import resized, scaled, smooth, stretched
from core.portrait.inpainting import fill_with_texture, pull_push
from core.video import Picture

MATTING_SIDE = 768
"""Pixels of the longer side at which alpha and colours are worked out."""

EDGE_BAND = 0.03
"""How far the shipped matte may miss the person's edge, face heights; there it is refined."""

SURE_PERSON, SURE_BACKGROUND = 0.9, 0.1
"""Matte from which a pixel well inside is the person, and below which one well outside is not."""

COLOUR_CONTRAST = 40.0
"""Grey levels by which person and background differ where their colours decide the alpha."""

COLOUR_MISFIT = 25.0
"""Grey levels off the way from background to person at which colours count no more."""

ALPHA_RANGE = (0.06, 0.94)
"""Refined alpha from which to which it rises from 0 to 1; what is fainter is noise."""

GUIDE_SHARE = 0.008
"""Radius of the guided filter, as a share of the longer side."""

GUIDE_NOISE = 6.0
"""Grey levels that are no edge to the guided filter."""

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
    coarse = resized(matte, small.shape[1], small.shape[0])
    band = EDGE_BAND * height * factor
    alpha = refine_matte(small, coarse, band)
    opaque, clear = alpha > 0.98, ~_grown(alpha > 0.02, 1 + band / 3)
    if not opaque.any() or not clear.any():
        return MattedPhoto(photo, matte, photo)
    person = pull_push(small, opaque.astype(np.float32))
    background = fill_with_texture(small, clear)
    return _exact(photo, alpha, person, background)


def refine_matte(photo: Plane, matte: Plane, band: float) -> Plane:
    """Return the matte with its edge, `band` pixels to both sides, where the colours say."""
    inside, outside = matte > SURE_PERSON, matte < SURE_BACKGROUND
    person, background = _shrunk(inside, band / 2), _shrunk(outside, band)
    if not person.any() or not background.any():
        return matte
    own, behind = (pull_push(photo, known.astype(np.float32)) for known in (person, background))
    way = own - behind
    contrast = np.square(way).sum(-1)
    along = np.clip(((photo - behind) * way).sum(-1) / np.maximum(contrast, 1), 0, 1)
    off = np.square(photo - behind - along[..., None] * way).sum(-1)
    trust = contrast / (contrast + 3 * COLOUR_CONTRAST**2) * np.exp(-off / (6 * COLOUR_MISFIT**2))
    alpha = np.where(person | background, matte, matte + trust * (along - matte))
    guide = cv2.cvtColor(photo, cv2.COLOR_RGB2GRAY)
    radius = max(2, round(GUIDE_SHARE * max(matte.shape)))
    alpha = guided_filter(alpha.astype(np.float32), guide, radius, GUIDE_NOISE)
    low, high = ALPHA_RANGE
    return np.asarray(np.clip((alpha - low) / (high - low), 0, 1), np.float32)


def guided_filter(plane: Plane, guide: Plane, radius: int, noise: float) -> Plane:
    """Smooth a plane (h, w) within `radius`, but not across edges of the guide (h, w)."""

    def mean(values: Plane) -> Plane:
        return np.asarray(cv2.blur(values, (2 * radius + 1, 2 * radius + 1)), np.float32)

    mean_guide, mean_plane = mean(guide), mean(plane)
    spread = mean(guide * guide) - mean_guide**2
    slope = (mean(guide * plane) - mean_guide * mean_plane) / (spread + noise**2)
    offset = mean_plane - slope * mean_guide
    return np.asarray(mean(slope) * guide + mean(offset), np.float32)


def _exact(photo: Picture, alpha: Plane, person: Plane, background: Plane) -> MattedPhoto:
    """Enlarge the layers to the photo's size, and correct their colours so that they add up to it.

    What is missing where both show goes to each by how much of it is seen.
    """
    height, width = photo.shape[:2]
    share = stretched(alpha, width, height) if alpha.shape != (height, width) else alpha
    own, behind = photo.copy(), photo.copy()
    edge = (share > 0) & (share < 1)
    full, empty = share >= 1, share <= 0
    large, far = (_large(layer, width, height) for layer in (person, background))
    own[empty] = large[empty]
    behind[full] = far[full]
    a = share[edge][:, None]
    f, b = large[edge].astype(np.float32), far[edge].astype(np.float32)
    missing = photo[edge] - a * f - (1 - a) * b
    missing /= a**2 + (1 - a) ** 2
    own[edge] = (f + a * missing).round().clip(0, 255)
    behind[edge] = (b + (1 - a) * missing).round().clip(0, 255)
    return MattedPhoto(own, share, behind)


def _large(layer: Plane, width: int, height: int) -> Picture:
    return smooth(layer.clip(0, 255).round().astype(np.uint8), width, height)


def _shrunk(mask: Mask, reach: float) -> Mask:
    return np.asarray(cv2.erode(mask.astype(np.uint8), _disc(reach)) > 0)


def _grown(mask: Mask, reach: float) -> Mask:
    return np.asarray(cv2.dilate(mask.astype(np.uint8), _disc(reach)) > 0)


def _disc(reach: float) -> NDArray[np.uint8]:
    side = 2 * max(1, round(reach)) + 1
    return np.asarray(cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (side, side)), np.uint8)
