"""OpenCV's resizing, warping and blurring, with the types we use them for."""

from typing import Any, TypeVar

import cv2
import numpy as np
from numpy.typing import NDArray

A = TypeVar("A", bound=NDArray[Any])

REPLICATE, REFLECT, CONSTANT = cv2.BORDER_REPLICATE, cv2.BORDER_REFLECT_101, cv2.BORDER_CONSTANT


def resized(pixels: A, width: int, height: int) -> A:
    """Return (h, w) or (h, w, channels) at another size, averaged where it gets smaller."""
    smaller = width < pixels.shape[1] or height < pixels.shape[0]
    how = cv2.INTER_AREA if smaller else cv2.INTER_LINEAR
    return _as(pixels, cv2.resize(pixels, (width, height), interpolation=how))


def scaled(pixels: A, factor: float) -> A:
    """Return pixels at `factor` times their size; averaged if smaller, cubic if larger."""
    how = cv2.INTER_AREA if factor < 1 else cv2.INTER_CUBIC
    return _as(pixels, cv2.resize(pixels, None, fx=factor, fy=factor, interpolation=how))


def shrunk(pixels: A, factor: int) -> A:
    """Return the mean of every `factor` x `factor` pixels, whole ones only: the quick way."""
    height, width = (side // factor for side in pixels.shape[:2])
    whole = pixels[: height * factor, : width * factor]
    return _as(pixels, cv2.resize(whole, (width, height), interpolation=cv2.INTER_AREA))


def stretched(pixels: A, width: int, height: int) -> A:
    """Return (h, w) or (h, w, channels) at a larger size, straight between the pixels."""
    return _as(pixels, cv2.resize(pixels, (width, height), interpolation=cv2.INTER_LINEAR))


def smooth(pixels: A, width: int, height: int) -> A:
    """Return pixels at a larger size, without corners between them."""
    return _as(pixels, cv2.resize(pixels, (width, height), interpolation=cv2.INTER_CUBIC))


def warped(
    pixels: A, matrix: NDArray[np.float64], width: int, height: int, border: int = REPLICATE
) -> A:
    """Return what the affine `matrix` (2, 3) sees; it maps the pixels to the result's."""
    size = (width, height)
    seen = cv2.warpAffine(pixels, matrix, size, flags=cv2.INTER_LINEAR, borderMode=border)
    return _as(pixels, seen)


def remapped(pixels: A, grid: NDArray[np.float32]) -> A:
    """Return the pixels at the places (h, w, 2) of `grid`."""
    seen = cv2.remap(pixels, grid, None, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)  # type: ignore[call-overload]
    return _as(pixels, seen)


def blurred(pixels: A, sigma: float) -> A:
    """Return the pixels under a Gaussian blur of `sigma` pixels."""
    return _as(pixels, cv2.GaussianBlur(pixels, (0, 0), sigma))


def softened(pixels: A, sigma: float, small: int) -> A:
    """Blur widely, at a `small`-th of the size: so soft a picture has no more detail than that."""
    height, width = pixels.shape[:2]
    less = resized(pixels, max(1, width // small), max(1, height // small))
    soft = cv2.GaussianBlur(less, (0, 0), sigma / small, borderType=REPLICATE)
    return smooth(_as(pixels, soft), width, height)


def blended(below: A, above: A, share: NDArray[np.float32]) -> A:
    """Return pixels (h, w, channels) with as much of `above` as `share` (h, w) says, 0..1."""
    return _as(below, cv2.blendLinear(below, above, 1 - share, share))


def averaged(pixels: A, reach: int) -> A:
    """Return the mean of all pixels within `reach` in both directions."""
    side = 2 * reach + 1
    return _as(pixels, cv2.blur(pixels, (side, side), borderType=cv2.BORDER_REFLECT))


def dilated(pixels: A, reach: int) -> A:
    """Return the largest of all pixels within `reach` in both directions."""
    return _as(pixels, cv2.dilate(pixels, np.ones((2 * reach + 1,) * 2, np.uint8)))


def boxed(pixels: A, left: int, top: int, width: int, height: int) -> A:
    """Return what a box shows that may reach beyond the pixels; there their edges go on."""
    (y0, y1, above, below), (x0, x1, before, after) = (
        _met(start, size, room)
        for start, size, room in zip((top, left), (height, width), pixels.shape, strict=False)
    )
    seen = cv2.copyMakeBorder(pixels[y0:y1, x0:x1], above, below, before, after, REPLICATE)
    return _as(pixels, seen)


def _met(start: int, size: int, room: int) -> tuple[int, int, int, int]:
    """Return which of `room` pixels are seen, one at least, and how many lie before and after."""
    first = min(max(start, 0), room - 1)
    end = max(min(start + size, room), first + 1)
    before = min(max(-start, 0), size - 1)
    return first, end, before, size - (end - first) - before


def padded(pixels: A, below: int, beside: int) -> A:
    """Return the pixels with their lower and right edges repeated."""
    return _as(pixels, cv2.copyMakeBorder(pixels, 0, below, 0, beside, cv2.BORDER_REPLICATE))


def grey(picture: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Return the luminance (h, w) of an RGB picture."""
    return np.asarray(cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY), dtype=np.uint8)


def _as(like: A, pixels: Any) -> A:
    # OpenCV drops a last axis of one.
    if pixels.ndim < like.ndim:
        pixels = pixels[..., None]
    return pixels  # type: ignore[no-any-return]
