"""Rasterization of one portrait with OpenCV; for batches see `core.puppet.batch_painting`."""

from copy import copy
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from core.pixels import remapped, stretched
from core.puppet.arrays import tree_map
from core.puppet.portrait_layers import LayeredPortrait, Texture

Bytes = NDArray[np.uint8]
Plane = NDArray[np.float32]


class OpenCvRaster:
    """Satisfies `Raster` for one portrait: images (h, w, 4) bytes, weights (h, w) float32.

    Positions are given for every `step`-th pixel, with one more around the region; see `lattice`.
    """

    def __init__(self, portrait: LayeredPortrait, side: int) -> None:
        textures = (portrait.person, portrait.upper, portrait.lower, portrait.closed_lids)
        parts = [texture.image for texture in textures]
        images = [*parts, *portrait.mouth_interior]
        self._pixels = {_data_address(image): _to_bytes(image[0]) for image in images}
        self._person = portrait.person
        self._person_alpha = cv2.extractChannel(self.pixels_of(portrait.person), 3)
        self._side = side
        self._size = (0, 0)
        self._step = 1

    def for_region(self, size: tuple[int, int], step: int) -> "OpenCvRaster":
        """Return the raster of a region of `size` (width, height), positions every `step` pixels.

        Rasters share the portrait's pixels; each may be used on a thread of its own.
        """
        raster = copy(self)
        raster._size, raster._step = size, step
        return raster

    def pixels_of(self, texture: Texture) -> Bytes:
        """Return the pixels (h, w, 4) of a texture."""
        return self._pixels[_data_address(texture.image)]

    def without_pixels(self, portrait: LayeredPortrait) -> LayeredPortrait:
        """Return `portrait` for this raster alone, which has the pixels as bytes: not kept twice.

        Rasters that were made of this one before cannot sample it.
        """

        def hollow(array: Any) -> Any:
            pixels = self._pixels.pop(_data_address(array), None)
            if pixels is None:
                return array
            mark = np.broadcast_to(np.zeros(1, np.float32), array.shape)
            self._pixels[_data_address(mark)] = pixels
            return mark

        found: LayeredPortrait = tree_map(portrait, hollow)
        self._person = found.person
        return found

    def with_pixels(self, portrait: LayeredPortrait) -> LayeredPortrait:
        """Return a portrait from `without_pixels` as any raster can sample it."""

        def filled(array: Any) -> Any:
            pixels = self._pixels.get(_data_address(array))
            if pixels is None:
                return array
            return np.multiply(pixels.transpose(2, 0, 1)[None], 1 / 255, dtype=np.float32)

        found: LayeredPortrait = tree_map(portrait, filled)
        return found

    def to_pixels(self, texture: Texture, at: Plane) -> Plane:
        """Return positions (1, h, w, 2) as pixels of `pixels_of`, (h, w, 2)."""
        sizes = self.pixels_of(texture).shape[1::-1]
        (x, y), (wide, high) = texture.middle[0].tolist(), texture.half[0].tolist()
        across, down = sizes[0] / 2 / wide, sizes[1] / 2 / high
        left, top = sizes[0] / 2 - across * x - 0.5, sizes[1] / 2 - down * y - 0.5
        affine = np.array([[across, 0, left], [0, down, top]], np.float32)
        return cv2.transform(at[0], affine)  # type: ignore[return-value]

    def sample(self, texture: Texture, at: Plane) -> Bytes:
        return remapped(self.pixels_of(texture), self._upsample(self.to_pixels(texture, at)))

    def person_alpha(self, at: Plane) -> Plane:
        """Return the person's alpha at positions (1, h, w, 2), 0..1."""
        grid = self._upsample(self.to_pixels(self._person, at))
        return _as_alpha(remapped(self._person_alpha, grid))

    def as_weight(self, values: Plane) -> Plane:
        return self._upsample(values[0])

    def upsample(self, values: Plane) -> Plane:
        """Upsample the nodes (n, h, w, c) of n regions to their pixels, (n, height, width, c)."""
        return np.stack([self._upsample(part) for part in values])

    def alpha(self, image: Bytes) -> Plane:
        return _as_alpha(cv2.extractChannel(image, 3))

    def mix(self, below: Bytes, above: Bytes, weight: Plane) -> Bytes:
        return cv2.blendLinear(below, above, 1 - weight, weight)  # type: ignore[return-value]

    def darken(self, image: Bytes, weight: Plane) -> Bytes:
        return self.mix(image, np.zeros_like(image), weight)

    def blur(self, weight: Plane, reach: float) -> Plane:
        size = 2 * max(1, round(reach * self._side / 4)) + 1
        return cv2.blur(weight, (size, size), borderType=cv2.BORDER_REPLICATE)  # type: ignore

    def _upsample(self, values: Plane) -> Plane:
        """Upsample the nodes to pixels, bilinearly."""
        array = np.ascontiguousarray(values, dtype=np.float32)
        width, height = self._size
        if self._step == 1:
            return array
        large = stretched(array, array.shape[1] * self._step, array.shape[0] * self._step)
        return large[self._step : self._step + height, self._step : self._step + width]


def lattice(left: int, top: int, width: int, height: int, step: int, side: int) -> Plane:
    """Return the positions (1, h, w, 2), crop units, of every `step`-th pixel of a region.

    The region lies at (left, top) in a crop of `side` pixels. With a step above 1 there is one
    node more on every side, so that the pixels between can be interpolated.
    """
    margin = step if step > 1 else 0
    ends = ((left, left + width), (top, top + height))
    pixels = (np.arange(start - margin, end + margin, step) + step / 2 for start, end in ends)
    across, down = (middles / side * 2 - 1 for middles in pixels)
    grid = np.empty((1, len(down), len(across), 2), np.float32)
    grid[..., 0], grid[..., 1] = across, down[:, None]
    return grid


def _as_alpha(values: Any) -> Plane:
    alpha: Plane = np.multiply(values, 1 / 255, dtype=np.float32)
    return alpha


def _data_address(image: Plane) -> int:
    """Return the address of an image's data: the same for every view of it."""
    address: int = image.__array_interface__["data"][0]
    return address


def _to_bytes(image: Plane) -> Bytes:
    return np.asarray(cv2.merge([cv2.convertScaleAbs(plane, alpha=255) for plane in image]))
