"""Alpha blending of one frame on a CPU, with OpenCV in preallocated buffers."""

from typing import Any, NamedTuple, TypeVar

import cv2
import numpy as np
from numpy.typing import NDArray

from core.video import Picture

A = TypeVar("A", bound=NDArray[Any])
Plane = NDArray[np.float32]
ByteMask = NDArray[np.uint8]
SlicePair = tuple[slice, slice]
"""Rows and columns."""


UNPAINTED = 1e-3
"""Share that photos may lack of a frame in which nothing is painted."""


class BlendInputs(NamedTuple):
    """One frame's decoder layers, and the picture that they are blended into."""

    residual: Plane
    """(3, h, w); 1 stands for 127.5 levels."""
    alphas: Plane
    """Of each warped photo, (photos, h, w); the residual has the rest."""
    flow: Plane
    """Optical flow into each photo, (photos, 2, h2, w2); 1 stands for half the square."""
    weights: Plane
    """Softmax weights among the photos, (photos, h2, w2)."""
    target: Picture


class FrameBlender:
    """Blends warped photos, residual and background, frame after frame; one thread at a time."""

    def __init__(
        self, photos: list[Picture], visible: SlicePair, background: Picture | None, feather: Plane
    ) -> None:
        """`photos` (rows, columns, 4); the fourth channel is the person's matte if there is a
        `background`.

        `background` is what the visible part shows, already feathered. `feather` is the square's
        edge mask at the resolution of the layers.
        """
        whole, part = photos[0], photos[0][visible]
        self._photos, self._visible = photos, visible
        self._size = whole.shape[1], whole.shape[0]
        self._feather, self._residual_scale = 255 * feather, 127.5 * feather
        self._grid = np.empty((*whole.shape[:2], 2), np.float32)
        self._byte_alpha = np.empty(whole.shape[:2], np.uint8)
        self._sum, self._dark = (np.empty_like(whole[..., :3], order="C") for _ in range(2))
        self._warped, self._rgb_alpha = (np.empty_like(part[..., :3], order="C") for _ in range(2))
        self._rgba = np.empty_like(part, order="C")
        self._background, self._person_alpha = background, np.empty(part.shape[:2], np.uint8)
        self._alpha = np.empty_like(self._person_alpha)

    def blend(self, inputs: BlendInputs) -> None:
        """Write the frame's visible part into `inputs.target`."""
        painted = inputs.residual.any() or inputs.alphas.sum(0).min() < 1 - UNPAINTED
        light, dark = self._residuals(inputs) if painted else (None, None)
        total = self._upsample(light, self._sum) if light is not None else self._nothing()
        if self._background is not None:
            self._person_alpha[:] = 0
        each = zip(self._photos, inputs.flow, inputs.alphas, inputs.weights, strict=False)
        for photo, flow, alpha, weight in each:
            box = self._covered(weight)
            part = total[box]
            cv2.add(part, self._warp(photo, flow, alpha, box), dst=part)
            if self._background is not None:
                self._add_person_alpha(weight, box)
        if dark is not None:
            cv2.subtract(total, self._upsample(dark, self._dark), dst=inputs.target)
        else:
            inputs.target[:] = total
        if self._background is not None:
            self._blend_background(inputs.target, self._background)

    def _nothing(self) -> Picture:
        """Return the sum's visible part, black."""
        total = self._sum[self._visible]
        total[:] = 0
        return total

    def _residuals(self, inputs: BlendInputs) -> tuple[Picture, Picture]:
        """Return the positive and the negative part of the residual in levels, (h, w, 3) each."""
        rest = 1 - inputs.alphas.sum(0)
        light, dark = [], []
        for residual in inputs.residual:
            value = cv2.add(residual, rest)
            light.append(cv2.multiply(value, self._residual_scale, dtype=cv2.CV_8U))
            dark.append(cv2.multiply(value, self._residual_scale, scale=-1, dtype=cv2.CV_8U))
        return cv2.merge(light), cv2.merge(dark)  # type: ignore[return-value]

    def _covered(self, weight: Plane) -> SlicePair:
        """Return which of the visible rows and columns a photo's weight (h, w) reaches."""
        box = []
        sides = zip(self._visible, weight.shape, self._size[::-1], strict=True)
        for axis, (seen, cells, side) in enumerate(sides):
            found = np.flatnonzero(weight.any(1 - axis))
            if not len(found):
                return slice(0, 0), slice(0, 0)
            # Bilinear weights reach from a cell to the middles of its neighbours.
            first, last = (found[0] - 0.5) * side / cells, (found[-1] + 1.5) * side / cells
            start, stop = max(seen.start, int(first)), min(seen.stop, int(last) + 1)
            box.append(slice(start - seen.start, max(start, stop) - seen.start))
        return box[0], box[1]

    def _warp(self, photo: Picture, flow: Plane, alpha: Plane, box: SlicePair) -> Picture:
        """Return the photo warped by the flow, premultiplied with `alpha`, within a box."""
        warped, rgba, rgb_alpha = (x[box] for x in (self._warped, self._rgba, self._rgb_alpha))
        if not warped.size:
            return warped
        grid = self._upsample(_sampling_grid(flow, self._size), self._grid)[box]
        how, edge = cv2.INTER_LINEAR, cv2.BORDER_REPLICATE
        cv2.remap(photo, grid, None, how, dst=rgba, borderMode=edge)  # type: ignore[call-overload]
        cv2.cvtColor(rgba, cv2.COLOR_RGBA2RGB, dst=warped)
        levels = cv2.multiply(alpha, self._feather, dtype=cv2.CV_8U)
        large = self._upsample(levels, self._byte_alpha)[box]
        cv2.cvtColor(large, cv2.COLOR_GRAY2RGB, dst=rgb_alpha)
        cv2.multiply(warped, rgb_alpha, dst=warped, scale=1 / 255)
        return warped

    def _add_person_alpha(self, weight: Plane, box: SlicePair) -> None:
        """Accumulate the matte of the photo warped last, by its weight among the photos."""
        total, alpha = self._person_alpha[box], self._alpha[box]
        if not total.size:
            return
        cv2.extractChannel(self._rgba[box], 3, dst=alpha)
        if len(self._photos) > 1:
            levels = (255 * weight).round().astype(np.uint8)
            large = self._upsample(levels, self._byte_alpha)[box]
            cv2.multiply(alpha, large, dst=alpha, scale=1 / 255)
        cv2.add(total, alpha, dst=total)

    def _blend_background(self, picture: Picture, background: Picture) -> None:
        """Blend the background in where the person's alpha leaves it visible."""
        alpha, rest = self._rgb_alpha, self._warped
        cv2.cvtColor(self._person_alpha, cv2.COLOR_GRAY2RGB, dst=alpha)
        cv2.multiply(picture, alpha, dst=picture, scale=1 / 255)
        cv2.multiply(background, cv2.bitwise_not(alpha, dst=alpha), dst=rest, scale=1 / 255)
        cv2.add(picture, rest, dst=picture)

    def _upsample(self, small: A, large: A) -> A:
        """Upsample to the whole square, bilinearly; return the visible part."""
        cv2.resize(small, self._size, dst=large, interpolation=cv2.INTER_LINEAR)
        return large[self._visible]  # type: ignore[return-value]


def _sampling_grid(flow: Plane, size: tuple[int, int]) -> Plane:
    """Return the sampling grid (h, w, 2) of a flow (2, h, w), in pixels of photos that have so many
    columns and rows."""
    axes = []
    for displacement, axis, side in zip(flow, (1, 0), size, strict=True):
        cells = displacement.shape[axis]
        centres = (np.arange(cells, dtype=np.float32) + 0.5) * (side / cells) - 0.5
        axes.append(displacement * np.float32(side / 2) + np.expand_dims(centres, 1 - axis))
    return np.asarray(cv2.merge(axes))
