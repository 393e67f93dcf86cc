"""Inpainting: the background where the person was, with its own colours and texture."""

import cv2
import numpy as np
from numpy.typing import NDArray

from core.pixels import blurred, resized, scaled, smooth, softened, stretched
from core.video import Picture

BACKGROUND_BELOW = 0.04
"""Matte below which a pixel surely shows the background."""

INPAINT_SIDE = 512
"""Pixels of the longer side at which a hole is filled; the rest of the photo stays as it is."""

TEXTURE_SIGMA = 0.02
"""Blur that parts texture from colours, as a share of the longer side."""

TEXTURE_REACH = 0.12
"""How far the texture goes on into a hole, as a share of the longer side."""

Plane = NDArray[np.float32]
Mask = NDArray[np.bool_]


def inpaint_person(photo: Picture, matte: Plane) -> Picture:
    """Return the photo with the person inpainted from the background around them.

    matte: (h, w) 0..1, reaching a little beyond the person. Its soft edge keeps the photo's own
    pixels, so that a person at rest stands before exactly what the photo shows.
    """
    filled = inpaint(photo, matte, INPAINT_SIDE)
    if filled is None:
        return photo
    large = smooth(filled, photo.shape[1], photo.shape[0])
    alpha = np.clip((matte - 0.5) / 0.45, 0, 1)[..., None]
    mixed = photo * (1 - alpha) + np.clip(large, 0, 255) * alpha
    return np.asarray(mixed.round(), dtype=np.uint8)


def inpaint(photo: Picture, matte: Plane, side: int) -> Plane | None:
    """Return the background at `side` pixels, filled where the matte is; None if there is none."""
    small = scaled(photo, min(1.0, side / max(photo.shape[:2]))).astype(np.float32)
    known = resized(matte, small.shape[1], small.shape[0]) < BACKGROUND_BELOW
    return fill_with_texture(small, known) if known.any() else None


def fill_with_texture(picture: Plane, known: Mask) -> Plane:
    """Fill what is not `known`: colours lie between those around, texture is mirrored inwards."""
    longest = max(picture.shape[:2])
    weight = known.astype(np.float32)
    colours = _blurred_within(picture, weight, TEXTURE_SIGMA * longest)
    filled = pull_push(colours, weight) + _mirrored_texture(
        picture - colours, known, TEXTURE_REACH * longest
    )
    return np.where(known[..., None], picture, filled).astype(np.float32)


def pull_push(picture: Plane, known: Plane) -> Plane:
    """Fill unknown pixels from coarser and coarser averages of known ones (pull-push)."""
    if min(picture.shape[:2]) <= 2 or known.all():
        total = known.sum()
        mean = (picture * known[..., None]).sum((0, 1)) / max(float(total), 1e-6)
        return np.where(known[..., None] > 0, picture, mean).astype(np.float32)
    half = (max(1, picture.shape[1] // 2), max(1, picture.shape[0] // 2))
    weight = resized(known, *half)
    colour = resized(picture * known[..., None], *half)
    coarse = pull_push(
        (colour / np.maximum(weight, 1e-6)[..., None]).astype(np.float32),
        (weight > 0).astype(np.float32),
    )
    up = stretched(coarse, picture.shape[1], picture.shape[0])
    return (picture * known[..., None] + up * (1 - known[..., None])).astype(np.float32)


def _blurred_within(picture: Plane, weight: Plane, sigma: float) -> Plane:
    """Blur the known part of a picture; nothing of the rest gets in."""
    small = max(1, int(sigma / 3))
    total = softened(picture * weight[..., None], sigma, small)
    share = softened(weight, sigma, small)
    return np.asarray(total / np.maximum(share, 1e-4)[..., None], np.float32)


def _mirrored_texture(texture: Plane, known: Mask, reach: float) -> Plane:
    """Mirror texture at the nearest known pixel into the hole; it fades out over `reach`."""
    height, width = known.shape
    away, nearest = nearest_known(known)
    rows, columns = np.nonzero((away > 0) & (away < reach))
    place = nearest[rows, columns]
    across, down = 2 * place[:, 0] - columns, 2 * place[:, 1] - rows
    here = (across >= 0) & (across < width) & (down >= 0) & (down < height)
    rows, columns, across, down = rows[here], columns[here], across[here], down[here]
    share = np.zeros(known.shape, np.float32)
    share[rows, columns] = known[down, across] * (1.5 - 1.5 * away[rows, columns] / reach).clip(
        0, 1
    )
    share = blurred(share, 1.2)
    mirrored = np.zeros_like(texture)
    mirrored[rows, columns] = texture[down, across] * share[rows, columns, None]
    return mirrored


def nearest_known(known: Mask) -> tuple[Plane, NDArray[np.intp]]:
    """Return for each pixel how far the nearest known one is, and where: (h, w, 2) x and y."""
    away, label = cv2.distanceTransformWithLabels(
        (~known).astype(np.uint8), cv2.DIST_L2, 5, labelType=cv2.DIST_LABEL_PIXEL
    )
    rows, columns = np.nonzero(known)
    places = np.zeros((int(label.max()) + 1, 2), np.intp)
    places[label[rows, columns]] = np.stack([columns, rows], -1)
    return np.asarray(away, np.float32), places[label]
