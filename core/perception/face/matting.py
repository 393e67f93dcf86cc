"""Portrait matting: a coarse network's alpha, refined by a guided filter."""

import numpy as np
from numpy.typing import NDArray

from core.perception.face.alignment import Landmarks, bounding_box, crop_square
from core.perception.face.config import MatteConfig
from core.perception.face.inference import CropNetwork
from core.perception.face.layers_numpy import sigmoid
from core.pixels import averaged, boxed, resized
from core.video import Picture

Matte = NDArray[np.float32]
"""Alpha (h, w), 1 is person."""

GUIDE_SIDE = 256
"""Side of the filter's guide image, pixels."""
FILTER_RADIUS = 5
"""Box radius of the guided filter, pixels of the guide."""
FILTER_EPSILON = 4e-4
"""Regularisation of the guided filter: colour variance, in 0..1, that counts as an edge."""
ALPHA_MARGIN = 0.15
"""Alpha below this becomes 0, above one minus this 1."""


def predict_matte(
    network: CropNetwork, config: MatteConfig, picture: Picture, landmarks: Landmarks
) -> Matte:
    """Return the alpha matte of the person with these landmarks, as large as the picture."""
    box = bounding_box(landmarks)
    half = config.crop_scale * box.size / 2
    left, top = round(box.x - half), round(box.y - half)
    side = max(4, round(2 * half))
    region = boxed(picture, left, top, side, side)
    small = crop_square(region, _scale_matrix(side, config.side), config.side)
    coarse = sigmoid(network(small[None])[0])
    height, width = picture.shape[:2]
    return boxed(_guided_filter(region, coarse), -left, -top, width, height)


def _scale_matrix(side: int, goal: int) -> NDArray[np.float64]:
    scale = goal / side
    return np.array([[scale, 0, (scale - 1) / 2], [0, scale, (scale - 1) / 2]])


def _guided_filter(region: Picture, alpha: Matte) -> Matte:
    """Upsample the coarse matte with a colour guided filter (He, Sun and Tang, 2010).

    Near each pixel the matte is a linear function of colour; the coefficients are computed at
    the guide's size and resized to the picture's.
    """
    side = region.shape[0]
    guide = resized(region, GUIDE_SIDE, GUIDE_SIDE).astype(np.float32) / np.float32(255)
    slope, offset = _filter_coefficients(guide, resized(alpha, GUIDE_SIDE, GUIDE_SIDE))
    slope, offset = resized(slope, side, side), resized(offset, side, side)
    fine: Matte = np.einsum("hwc,hwc->hw", slope, region.astype(np.float32)) / np.float32(255)
    # Away from edges the network is rarely quite sure, and filtering leaves a veil.
    clear = (fine + offset - ALPHA_MARGIN) / (1 - 2 * ALPHA_MARGIN)
    return np.asarray(np.clip(clear, 0, 1), dtype=np.float32)


def _filter_coefficients(
    guide: NDArray[np.float32], matte: Matte
) -> tuple[NDArray[np.float32], Matte]:
    mean, mean_matte = averaged(guide, FILTER_RADIUS), averaged(matte, FILTER_RADIUS)
    covariance = averaged(guide * matte[..., None], FILTER_RADIUS) - mean * mean_matte[..., None]
    rr, rg, rb, gg, gb, bb = (
        averaged(guide[..., i] * guide[..., j], FILTER_RADIUS) - mean[..., i] * mean[..., j]
        for i, j in ((0, 0), (0, 1), (0, 2), (1, 1), (1, 2), (2, 2))
    )
    rr, gg, bb = rr + FILTER_EPSILON, gg + FILTER_EPSILON, bb + FILTER_EPSILON
    # The inverse of a symmetric 3x3 matrix, written out.
    a, b, c = gg * bb - gb * gb, gb * rb - rg * bb, rg * gb - gg * rb
    d, e, f = rr * bb - rb * rb, rg * rb - rr * gb, rr * gg - rg * rg
    x, y, z = covariance[..., 0], covariance[..., 1], covariance[..., 2]
    volume = rr * a + rg * b + rb * c
    slope = np.stack([a * x + b * y + c * z, b * x + d * y + e * z, c * x + e * y + f * z], axis=2)
    slope /= volume[..., None]
    offset = mean_matte - np.einsum("hwc,hwc->hw", slope, mean)
    return averaged(slope, FILTER_RADIUS), averaged(offset, FILTER_RADIUS)
