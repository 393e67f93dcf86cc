"""A frame's visible part, composed with OpenCV in memory that is kept."""

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


class BlendInputs(NamedTuple):
    """What one frame is composed of, as the decoder made it, and where it goes."""

    residual: Plane
    """(3, h, w), a half being 127.5 levels."""
    alphas: Plane
    """How much of each photo shows, (photos, h, w)."""
    flow: Plane
    """Where each photo is seen, (photos, 2, h2, w2)."""
    weights: Plane
    """Shares among the photos alone, (photos, h2, w2)."""
    target: Picture


class FrameBlender:
    """Lays frames into pictures one after the other; one thread at a time."""

    def __init__(
        self, photos: list[Picture], visible: SlicePair, background: Picture | None, feather: Plane
    ) -> None:
        """`photos` (side, side, 4); their fourth channel is the person's cover, if any is `behind`.

        `behind` is the visible part of the background, its share at the square's edge already low.
        `soft` says how much of each place counts, at the size of what is painted.
        """
        whole, part = photos[0], photos[0][visible]
        self._photos, self._side, self._visible = photos, len(whole), visible
        self._feather, self._residual_scale = 255 * feather, 127.5 * feather
        self._grid = np.empty((*whole.shape[:2], 2), np.float32)
        self._byte_alpha = np.empty(whole.shape[:2], np.uint8)
        self._sum, self._dark = (np.empty_like(whole[..., :3], order="C") for _ in range(2))
        self._warped, self._rgb_alpha = (np.empty_like(part[..., :3], order="C") for _ in range(2))
        self._rgba = np.empty_like(part, order="C")
        self._background, self._person_alpha = background, np.empty(part.shape[:2], np.uint8)
        self._alpha = np.empty_like(self._person_alpha)

    def blend(self, inputs: BlendInputs) -> None:
        """Write the frame's visible part."""
        light, dark = self._residuals(inputs)
        total = self._upsample(light, self._sum)
        if self._background is not None:
            self._person_alpha[:] = 0
        each = zip(self._photos, inputs.flow, inputs.alphas, inputs.weights, strict=False)
        for photo, flow, share, weight in each:
            cv2.add(total, self._warp(photo, flow, share), dst=total)
            if self._background is not None:
                self._add_person_alpha(weight)
        cv2.subtract(total, self._upsample(dark, self._dark), dst=inputs.target)
        if self._background is not None:
            self._blend_background(inputs.target, self._background)

    def _residuals(self, parts: BlendInputs) -> tuple[Picture, Picture]:
        """Return what is to be added to the photos' shares and what to be taken away, (h, w, 3)."""
        rest = 1 - parts.alphas.sum(0)
        light, dark = [], []
        for residual in parts.residual:
            share = cv2.add(residual, rest)
            light.append(cv2.multiply(share, self._residual_scale, dtype=cv2.CV_8U))
            dark.append(cv2.multiply(share, self._residual_scale, scale=-1, dtype=cv2.CV_8U))
        return cv2.merge(light), cv2.merge(dark)  # type: ignore[return-value]

    def _warp(self, photo: Picture, flow: Plane, share: Plane) -> Picture:
        """Return a share of what the photo shows along the flow."""
        grid, seen = self._upsample(_sampling_grid(flow, self._side), self._grid), self._warped
        how, edge = cv2.INTER_LINEAR, cv2.BORDER_REPLICATE
        cv2.remap(photo, grid, None, how, dst=self._rgba, borderMode=edge)  # type: ignore[call-overload]
        cv2.cvtColor(self._rgba, cv2.COLOR_RGBA2RGB, dst=seen)
        levels = cv2.multiply(share, self._feather, dtype=cv2.CV_8U)
        cv2.cvtColor(
            self._upsample(levels, self._byte_alpha), cv2.COLOR_GRAY2RGB, dst=self._rgb_alpha
        )
        cv2.multiply(seen, self._rgb_alpha, dst=seen, scale=1 / 255)
        return seen

    def _add_person_alpha(self, weight: Plane) -> None:
        """Add the weight's share of what the last part says is the person's."""
        cv2.extractChannel(self._rgba, 3, dst=self._alpha)
        if len(self._photos) > 1:
            large = self._upsample((255 * weight).round().astype(np.uint8), self._byte_alpha)
            cv2.multiply(self._alpha, large, dst=self._alpha, scale=1 / 255)
        cv2.add(self._person_alpha, self._alpha, dst=self._person_alpha)

    def _blend_background(self, picture: Picture, behind: Picture) -> None:
        """Put what is behind where the person is not."""
        shares, rest = self._rgb_alpha, self._warped
        cv2.cvtColor(self._person_alpha, cv2.COLOR_GRAY2RGB, dst=shares)
        cv2.multiply(picture, shares, dst=picture, scale=1 / 255)
        cv2.multiply(behind, cv2.bitwise_not(shares, dst=shares), dst=rest, scale=1 / 255)
        cv2.add(picture, rest, dst=picture)

    def _upsample(self, small: A, large: A) -> A:
        """Stretch over the whole square; return the visible part."""
        size = (self._side, self._side)
        cv2.resize(small, size, dst=large, interpolation=cv2.INTER_LINEAR)
        return large[self._visible]  # type: ignore[return-value]


def _sampling_grid(flow: Plane, side: int) -> Plane:
    """Return where a flow (2, h, w) leads in a square, (h, w, 2) in pixels."""
    axes = []
    for towards, along in zip(flow, (1, 0), strict=True):
        cells = towards.shape[along]
        here = (np.arange(cells, dtype=np.float32) + 0.5) * (side / cells) - 0.5
        axes.append(towards * np.float32(side / 2) + np.expand_dims(here, 1 - along))
    return np.asarray(cv2.merge(axes))
