"""Photometric augmentation: exposure, colour, blur, noise, JPEG compression."""

import cv2
import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from core.pixels import blurred, grey, resized, smooth
from core.video import Picture

MIN_CONTRAST = 6.0
"""Standard deviation of the bytes below which an augmented picture is discarded."""


def augment_photo(picture: Picture, rng: Generator, strength: float = 1.0) -> Picture:
    """Return the picture photometrically augmented; `strength` scales blur and compression."""
    taken = _augment(picture, rng, strength)
    return taken if float(taken[::4, ::4].std()) > MIN_CONTRAST else picture


def _augment(picture: Picture, rng: Generator, strength: float) -> Picture:
    picture = np.asarray(cv2.LUT(picture, _tone_curves(rng)), dtype=np.uint8)
    if rng.random() < 0.3:
        picture = _uneven_light(picture, rng)
    if rng.random() < 0.10:
        picture = np.repeat(grey(picture)[..., None], 3, axis=2)
    if rng.random() < 0.35 * strength:
        picture = _degrade(picture, rng)
    if rng.random() < 0.35:
        picture = _add_grain(picture, rng)
    if rng.random() < 0.4 * strength:
        picture = _compress_jpeg(picture, int(rng.integers(18, 90)))
    return picture


def _tone_curves(rng: Generator) -> NDArray[np.uint8]:
    """Tone curve per channel: exposure, contrast, gamma, tint."""
    x = np.arange(256, dtype=np.float64)[:, None] / 255
    strong = rng.random() < 0.25
    gamma = np.exp(rng.normal(0, 0.35 if strong else 0.15))
    tint = np.exp(rng.normal(0, 0.22 if strong else 0.06, 3))
    exposure = np.exp(rng.normal(-0.25, 0.5) if strong else rng.normal(0, 0.12))
    contrast, pivot = np.exp(rng.normal(0, 0.18)), 0.45
    y = ((x**gamma * exposure) - pivot) * contrast + pivot
    curves = np.clip(y * tint + rng.normal(0, 0.02), 0, 1) * 255
    return np.asarray(np.round(curves), dtype=np.uint8)[None]


def _uneven_light(picture: Picture, rng: Generator) -> Picture:
    height, width = picture.shape[:2]
    small = np.exp(rng.normal(0, 0.35, (3, 3, 1)) + rng.normal(0, 0.1, (3, 3, 3)))
    field = smooth(small.astype(np.float32), width, height)
    return np.asarray(np.clip(picture * np.clip(field, 0.15, 3), 0, 255), dtype=np.uint8)


def _degrade(picture: Picture, rng: Generator) -> Picture:
    kind = rng.random()
    if kind < 0.4:
        return blurred(picture, rng.uniform(0.4, 2.0))
    if kind < 0.55:
        return _motion_blur(picture, rng)
    if kind < 0.65:
        return _posterise(picture, rng)
    if kind < 0.75:
        return _sharpen(picture, rng)
    height, width = picture.shape[:2]
    share = rng.uniform(0.2, 0.8)
    small = (max(16, int(width * share)), max(16, int(height * share)))
    return resized(resized(picture, *small), width, height)


def _motion_blur(picture: Picture, rng: Generator) -> Picture:
    length, turn = int(rng.integers(3, 8)), rng.uniform(0, np.pi)
    kernel = np.zeros((length, length), dtype=np.float32)
    along = np.linspace(-0.5, 0.5, 3 * length) * (length - 1)
    rows, columns = (np.round(along * f(turn) + (length - 1) / 2) for f in (np.sin, np.cos))
    kernel[rows.astype(int), columns.astype(int)] = 1
    return np.asarray(cv2.filter2D(picture, -1, kernel / kernel.sum()), dtype=np.uint8)


def _sharpen(picture: Picture, rng: Generator) -> Picture:
    by = rng.uniform(0.4, 1.5)
    crisp = picture + by * (picture.astype(np.float32) - blurred(picture, 1.2))
    return np.clip(crisp, 0, 255).astype(np.uint8)


def _posterise(picture: Picture, rng: Generator) -> Picture:
    """Posterise, with or without dark outlines: a drawing, roughly."""
    flat = np.asarray(cv2.medianBlur(picture, 5), dtype=np.uint8)
    step = int(rng.integers(12, 48))
    flat = flat // step * step + step // 2
    if rng.random() < 0.6:
        light = grey(blurred(picture, 0.8)).astype(np.float32)
        line = light < blurred(light, 2.0) - rng.uniform(3, 8)
        flat[line] = np.minimum(flat[line], 30)
    return flat


def _add_grain(picture: Picture, rng: Generator) -> Picture:
    height, width = picture.shape[:2]
    channels = 1 if rng.random() < 0.4 else 3
    # Normal numbers are slow to draw; the sum of uniform ones from a few bits is noise enough.
    grain = rng.integers(0, 256, (height, width, channels), dtype=np.uint8).astype(np.float32)
    strength = rng.uniform(0.01, 0.12)
    if rng.random() < 0.3:
        grain = blurred(grain, 0.8)
    return np.asarray(np.clip(picture + (grain - 127.5) * strength * 2, 0, 255), dtype=np.uint8)


def _compress_jpeg(picture: Picture, quality: int) -> Picture:
    _, code = cv2.imencode(".jpg", picture, [cv2.IMWRITE_JPEG_QUALITY, quality])
    return np.asarray(cv2.imdecode(code, cv2.IMREAD_COLOR), dtype=np.uint8)
