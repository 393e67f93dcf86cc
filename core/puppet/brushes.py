"""The two brushes: whole batches in torch, one portrait in OpenCV."""

from copy import copy
from typing import Any

import cv2
import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn import functional as F

from core.pixels import remapped, stretched
from core.puppet.portrait import Portrait, Texture

Bytes = NDArray[np.uint8]
Plane = NDArray[np.float32]


class TorchBrush:
    """Satisfies `Brush` for batches: images (n, c, h, w) in 0..1, weights (n, 1, h, w).

    A texture may hold fewer images than n: each then serves as many pictures in a row.
    """

    def __init__(self, unit: float) -> None:
        """unit: pixels of the painted picture to one of the window's units."""
        self._unit = unit
        self._height = 0

    def sample(self, texture: Texture, at: Tensor) -> Tensor:
        count, self._height, width, _ = at.shape
        middle, half = (
            part.repeat_interleave(count // len(part), 0)[:, None, None]
            for part in (texture.middle, texture.half)
        )
        image = texture.image
        tall = ((at - middle) / half).view(len(image), -1, width, 2)
        seen = F.grid_sample(
            image, tall, mode="bilinear", padding_mode="border", align_corners=False
        )
        each = seen.view(len(image), image.shape[1], -1, self._height, width)
        return each.transpose(1, 2).flatten(0, 1)

    def weight(self, values: Tensor) -> Tensor:
        return values[:, None]

    def colours(self, values: Tensor) -> Tensor:
        flat = F.pad(values, (0, 1), value=1.0).transpose(1, 2)[..., None]
        return flat.repeat_interleave(self._height // values.shape[1], dim=2)

    def cover(self, image: Tensor) -> Tensor:
        return image[:, 3:]

    def mix(self, below: Tensor, above: Tensor, weight: Tensor) -> Tensor:
        return below + (above - below) * weight

    def dim(self, image: Tensor, weight: Tensor) -> Tensor:
        return image * (1 - weight)

    def soften(self, weight: Tensor, reach: float) -> Tensor:
        size = 2 * max(1, round(reach * self._unit / 2)) + 1
        padded = F.pad(weight, (size // 2,) * 4, mode="replicate")
        return F.avg_pool2d(padded, size, stride=1)


class SwiftBrush:
    """Satisfies `Brush` for one portrait: images (h, w, 4) bytes, weights (h, w) float32.

    Places are given for every `step`-th pixel, with one more around the region; see `lattice`.
    """

    def __init__(self, portrait: Portrait, side: int) -> None:
        parts = [portrait.person.image, portrait.upper.image, portrait.lower.image]
        images = [*parts, *portrait.inside]
        self._bytes: dict[int, Bytes] = {image.data_ptr(): _to_bytes(image[0]) for image in images}
        self._person = portrait.person
        self._presence = cv2.extractChannel(self.bytes_of(portrait.person), 3)
        self._side = side
        self._size = (0, 0)
        self._step = 1

    def turned_to(self, size: tuple[int, int], step: int) -> "SwiftBrush":
        """Return the brush for a region of `size` (width, height) whose places come every `step`
        pixels. Brushes share the portrait's pixels; each may paint on a thread of its own."""
        other = copy(self)
        other._size, other._step = size, step
        return other

    def bytes_of(self, texture: Texture) -> Bytes:
        """Return the pixels (h, w, 4) of a texture."""
        return self._bytes[texture.image.data_ptr()]

    def pixels(self, texture: Texture, at: Tensor) -> Plane:
        """Return where in `bytes_of` places (1, h, w, 2) lie, as (h, w, 2)."""
        sizes, way = self.bytes_of(texture).shape[1::-1], np.zeros((2, 3), np.float32)
        parts = zip(sizes, texture.middle[0].tolist(), texture.half[0].tolist(), strict=True)
        for axis, (size, middle, half) in enumerate(parts):
            way[axis, axis] = size / 2 / half
            way[axis, 2] = size / 2 * (1 - middle / half) - 0.5
        return cv2.transform(np.ascontiguousarray(at[0].numpy()), way)  # type: ignore[return-value]

    def sample(self, texture: Texture, at: Tensor) -> Bytes:
        return remapped(self.bytes_of(texture), self._spread(self.pixels(texture, at)))

    def presence(self, at: Tensor) -> Plane:
        """Return how much of the person covers places (1, h, w, 2), 0..1."""
        return _share(remapped(self._presence, self._spread(self.pixels(self._person, at))))

    def weight(self, values: Tensor) -> Plane:
        return self._spread(values[0].numpy())

    def fine(self, values: Tensor) -> Tensor:
        """Fill in the pixels between the nodes (n, h, w, c) of n regions: (n, height, width, c)."""
        return torch.from_numpy(np.stack([self._spread(part) for part in values.numpy()]))

    def colours(self, values: Tensor) -> Bytes:
        flat = F.pad(values[0] * 255, (0, 1), value=255.0).round().byte().numpy()
        width, height = self._size
        return np.repeat(flat[:, None], height // len(flat), 0).repeat(width, 1)

    def cover(self, image: Bytes) -> Plane:
        return _share(cv2.extractChannel(image, 3))

    def mix(self, below: Bytes, above: Bytes, weight: Plane) -> Bytes:
        return cv2.blendLinear(below, above, 1 - weight, weight)  # type: ignore[return-value]

    def dim(self, image: Bytes, weight: Plane) -> Bytes:
        return self.mix(image, np.zeros_like(image), weight)

    def soften(self, weight: Plane, reach: float) -> Plane:
        size = 2 * max(1, round(reach * self._side / 4)) + 1
        return cv2.blur(weight, (size, size), borderType=cv2.BORDER_REPLICATE)  # type: ignore

    def _spread(self, values: Plane) -> Plane:
        """Fill in the pixels between the nodes."""
        array = np.ascontiguousarray(values, dtype=np.float32)
        width, height = self._size
        if self._step == 1:
            return array
        full = (array.shape[1] * self._step, array.shape[0] * self._step)
        spread = stretched(array, *full)
        return spread[self._step : self._step + height, self._step : self._step + width]


def lattice(left: int, top: int, width: int, height: int, step: int, side: int) -> Tensor:
    """Return the places (1, h, w, 2), window units, of every `step`-th pixel of a region.

    The region lies at (left, top) in a window of `side` pixels. With a step above 1 there is one
    node more on every side, so that what is between can be filled in.
    """
    margin = step if step > 1 else 0
    x = torch.arange(left - margin, left + width + margin, step) + step / 2
    y = torch.arange(top - margin, top + height + margin, step) + step / 2
    grid_y, grid_x = torch.meshgrid(y / side * 2 - 1, x / side * 2 - 1, indexing="ij")
    return torch.stack([grid_x, grid_y], dim=-1)[None]


def _share(values: Any) -> Plane:
    share: Plane = np.multiply(values, 1 / 255, dtype=np.float32)
    return share


def _to_bytes(image: Tensor) -> Bytes:
    levels = (image * 255).round_().clamp_(0, 255).byte()
    return np.ascontiguousarray(levels.permute(1, 2, 0).numpy())
