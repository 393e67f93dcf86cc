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
    shares: Plane
    """How much of each photo shows, (photos, h, w)."""
    flow: Plane
    """Where each photo is seen, (photos, 2, h2, w2)."""
    weights: Plane
    """Shares among the photos alone, (photos, h2, w2)."""
    into: Picture


class FrameBlender:
    """Lays frames into pictures one after the other; one thread at a time."""

    def __init__(
        self, photos: list[Picture], seen: SlicePair, behind: Picture | None, soft: Plane
    ) -> None:
        """`photos` (side, side, 4); their fourth channel is the person's cover, if any is `behind`.

        `behind` is the visible part of the background, its share at the square's edge already low.
        `soft` says how much of each place counts, at the size of what is painted.
        """
        whole, part = photos[0], photos[0][seen]
        self._photos, self._side, self._seen = photos, len(whole), seen
        self._soft, self._level = 255 * soft, 127.5 * soft
        self._way = np.empty((*whole.shape[:2], 2), np.float32)
        self._share = np.empty(whole.shape[:2], np.uint8)
        self._sum, self._dark = (np.empty_like(whole[..., :3], order="C") for _ in range(2))
        self._carried, self._shares = (np.empty_like(part[..., :3], order="C") for _ in range(2))
        self._fours = np.empty_like(part, order="C")
        self._behind, self._person = behind, np.empty(part.shape[:2], np.uint8)
        self._cover = np.empty_like(self._person)

    def lay(self, parts: BlendInputs) -> None:
        """Write the frame's visible part."""
        light, dark = self._painted(parts)
        total = self._enlarge(light, self._sum)
        if self._behind is not None:
            self._person[:] = 0
        each = zip(self._photos, parts.flow, parts.shares, parts.weights, strict=False)
        for photo, flow, share, weight in each:
            cv2.add(total, self._part(photo, flow, share), dst=total)
            if self._behind is not None:
                self._cover_more(weight)
        cv2.subtract(total, self._enlarge(dark, self._dark), dst=parts.into)
        if self._behind is not None:
            self._stand(parts.into, self._behind)

    def _painted(self, parts: BlendInputs) -> tuple[Picture, Picture]:
        """Return what is to be added to the photos' shares and what to be taken away, (h, w, 3)."""
        rest = 1 - parts.shares.sum(0)
        light, dark = [], []
        for residual in parts.residual:
            share = cv2.add(residual, rest)
            light.append(cv2.multiply(share, self._level, dtype=cv2.CV_8U))
            dark.append(cv2.multiply(share, self._level, scale=-1, dtype=cv2.CV_8U))
        return cv2.merge(light), cv2.merge(dark)  # type: ignore[return-value]

    def _part(self, photo: Picture, flow: Plane, share: Plane) -> Picture:
        """Return a share of what the photo shows along the flow."""
        grid, seen = self._enlarge(_sampling_grid(flow, self._side), self._way), self._carried
        how, edge = cv2.INTER_LINEAR, cv2.BORDER_REPLICATE
        cv2.remap(photo, grid, None, how, dst=self._fours, borderMode=edge)  # type: ignore[call-overload]
        cv2.cvtColor(self._fours, cv2.COLOR_RGBA2RGB, dst=seen)
        levels = cv2.multiply(share, self._soft, dtype=cv2.CV_8U)
        cv2.cvtColor(self._enlarge(levels, self._share), cv2.COLOR_GRAY2RGB, dst=self._shares)
        cv2.multiply(seen, self._shares, dst=seen, scale=1 / 255)
        return seen

    def _cover_more(self, weight: Plane) -> None:
        """Add the weight's share of what the last part says is the person's."""
        cv2.extractChannel(self._fours, 3, dst=self._cover)
        if len(self._photos) > 1:
            large = self._enlarge((255 * weight).round().astype(np.uint8), self._share)
            cv2.multiply(self._cover, large, dst=self._cover, scale=1 / 255)
        cv2.add(self._person, self._cover, dst=self._person)

    def _stand(self, picture: Picture, behind: Picture) -> None:
        """Put what is behind where the person is not."""
        shares, rest = self._shares, self._carried
        cv2.cvtColor(self._person, cv2.COLOR_GRAY2RGB, dst=shares)
        cv2.multiply(picture, shares, dst=picture, scale=1 / 255)
        cv2.multiply(behind, cv2.bitwise_not(shares, dst=shares), dst=rest, scale=1 / 255)
        cv2.add(picture, rest, dst=picture)

    def _enlarge(self, small: A, large: A) -> A:
        """Stretch over the whole square; return the visible part."""
        size = (self._side, self._side)
        cv2.resize(small, size, dst=large, interpolation=cv2.INTER_LINEAR)
        return large[self._seen]  # type: ignore[return-value]


def _sampling_grid(flow: Plane, side: int) -> Plane:
    """Return where a flow (2, h, w) leads in a square, (h, w, 2) in pixels."""
    axes = []
    for towards, along in zip(flow, (1, 0), strict=True):
        cells = towards.shape[along]
        here = (np.arange(cells, dtype=np.float32) + 0.5) * (side / cells) - 0.5
        axes.append(towards * np.float32(side / 2) + np.expand_dims(here, 1 - along))
    return np.asarray(cv2.merge(axes))
