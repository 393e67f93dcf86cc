"""What a decoder made, composed with the photos' own pixels into whole frames."""

from collections.abc import Iterator
from typing import Any, TypeVar

import cv2
import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from core.model.field import Composition, compose, resized
from core.model.plane import places
from core.neural.sitting import Sitting
from core.pixels import stretched
from core.video import Picture

EDGE = 0.06
"""Share of the square's side in which it passes into the frame around it."""

A = TypeVar("A", bound=NDArray[Any])
Plane = NDArray[np.float32]
Level = NDArray[np.uint8]
Box = tuple[slice, slice]
"""Rows and columns."""


class Painter:
    """Paints frames of one sitting: on the GPU with torch, otherwise with OpenCV; one thread."""

    def __init__(self, sitting: Sitting, device: torch.device) -> None:
        side, (left, top) = sitting.side, sitting.corner
        height, width = sitting.backdrop.shape[:2]
        rows, columns = _shown(top, side, height), _shown(left, side, width)
        self._into = _moved(rows, top), _moved(columns, left)
        soft = _soft(sitting.references.shape[-1])
        make = Easel if device.type == "cpu" else Screen
        self._canvas = make(sitting.squares, soft, (rows, columns), device)
        rest = 1 - stretched(soft, side, side)[rows, columns, None]
        self._surroundings = sitting.backdrop.copy()
        self._surroundings[self._into] = (rest * sitting.backdrop[self._into]).round()

    def paint(self, layers: Composition) -> list[Picture]:
        """Return the frames of one stream, `layers` being a batch of one; the caller owns them."""
        frames = [self._surroundings.copy() for _ in range(layers.residual.shape[1])]
        if frames[0][self._into].size:  # else the framing leaves the face outside
            exact = Composition(*(part.float() for part in layers))
            for frame, inner in zip(frames, self._canvas.compose(exact), strict=True):
                within = frame[self._into]
                cv2.add(within, inner, dst=within)
        return frames


class Screen:
    """Composes on a GPU."""

    def __init__(
        self, squares: tuple[Picture, ...], soft: Plane, seen: Box, device: torch.device
    ) -> None:
        self._photos = torch.from_numpy(np.stack(squares)).to(device).permute(0, 3, 1, 2)[None]
        self._soft = torch.from_numpy(soft).to(device)
        self._side, self._seen = len(squares[0]), seen

    def compose(self, layers: Composition) -> NDArray[np.uint8]:
        """All frames' visible parts, (time, h, w, 3), in one copy from the device."""
        size, (rows, columns) = (self._side, self._side), self._seen
        whole = compose(layers, self._photos.float() / 127.5 - 1, size)[0]
        share = resized(self._soft[None], size)
        levels = ((whole + 1) * 127.5 * share)[:, :, rows, columns].round().clamp(0, 255).byte()
        return levels.permute(0, 2, 3, 1).contiguous().cpu().numpy()


class Easel:
    """Composes with OpenCV, frame by frame, in memory that it keeps.

    Memory is what takes time here. So all layers are enlarged in eight bits, which leaves levels
    within 3 of what `compose` gives.
    """

    def __init__(
        self, squares: tuple[Picture, ...], soft: Plane, seen: Box, _: torch.device
    ) -> None:
        self._side, self._seen = len(squares[0]), seen
        # Pixels of four channels are moved twice as fast as those of three.
        self._photos = [np.dstack([square, square[..., :1]]) for square in squares]
        self._soft, square = torch.from_numpy(soft), squares[0]
        self._way = np.empty((*square.shape[:2], 2), np.float32)
        self._share = np.empty(square.shape[:2], np.uint8)
        self._sum, self._dark = np.empty_like(square), np.empty_like(square)
        self._carried, self._shares = np.empty_like(square[seen]), np.empty_like(square[seen])
        self._fours = np.empty_like(self._photos[0][seen])

    def compose(self, layers: Composition) -> Iterator[Picture]:
        """Each frame's visible part, (h, w, 3), which the next one overwrites."""
        # All that can be done at the decoder's own size is done there.
        height, width = layers.mask.shape[-2:]
        shares = resized(layers.weight, (height, width))[0] * layers.mask[0]
        below = 127.5 * (layers.residual[0] + 1 - shares.sum(1, keepdim=True)) * self._soft
        light, dark, shown = (_levels(x) for x in (below, -below, 255 * shares * self._soft))
        ways = _pixels(layers.flow[0], self._side).numpy()
        for t in range(len(ways)):
            total = self._enlarge(_last(light[t]), self._sum)
            for n, photo in enumerate(self._photos[: ways.shape[1]]):
                cv2.add(total, self._part(photo, ways[t, n], shown[t, n]), dst=total)
            cv2.subtract(total, self._enlarge(_last(dark[t]), self._dark), dst=total)
            yield total

    def _part(self, photo: Picture, way: Plane, share: Level) -> Picture:
        """Return a share, 0 to 255, of what the photo shows along the way."""
        grid, seen = self._enlarge(way, self._way), self._carried
        how, edge = cv2.INTER_LINEAR, cv2.BORDER_REPLICATE
        cv2.remap(photo, grid, None, how, dst=self._fours, borderMode=edge)  # type: ignore[call-overload]
        cv2.cvtColor(self._fours, cv2.COLOR_RGBA2RGB, dst=seen)
        cv2.cvtColor(self._enlarge(share, self._share), cv2.COLOR_GRAY2RGB, dst=self._shares)
        cv2.multiply(seen, self._shares, dst=seen, scale=1 / 255)
        return seen

    def _enlarge(self, small: A, large: A) -> A:
        """Stretch over the whole square; return the visible part."""
        size = (self._side, self._side)
        cv2.resize(small, size, dst=large, interpolation=cv2.INTER_LINEAR)
        return large[self._seen]  # type: ignore[return-value]


def _pixels(flow: Tensor, side: int) -> Tensor:
    """Return where flows (time, references, 2, h, w) lead in a square, (..., h, w, 2) in pixels."""
    height, width = flow.shape[-2:]
    here = places(height, width, flow.device)
    ways = (flow.movedim(-3, -1) + here + 1) * (side / 2) - 0.5
    return ways.contiguous()


def _levels(planes: Tensor) -> NDArray[np.uint8]:
    """Round to levels from 0 to 255."""
    return np.asarray((planes + 0.5).clamp_(0, 255).byte().numpy())


def _last(planes: Level) -> Picture:
    """Return (3, h, w) as (h, w, 3)."""
    return np.ascontiguousarray(planes.transpose(1, 2, 0))


def _shown(start: int, side: int, room: int) -> slice:
    """Which of `side` pixels from `start` lie within `room`."""
    first = min(max(0, -start), side)
    return slice(first, max(first, min(side, room - start)))


def _moved(part: slice, by: int) -> slice:
    return slice(part.start + by, part.stop + by)


def _soft(side: int) -> Plane:
    """How much of each place of the square counts, (side, side): 1, and 0 at its edges."""
    at = (np.arange(side, dtype=np.float32) + 0.5) / side
    t = np.clip(np.minimum(at, 1 - at) / EDGE, 0, 1)
    ramp = t * t * (3 - 2 * t)
    return np.asarray(np.minimum(ramp[:, None], ramp[None]), dtype=np.float32)
