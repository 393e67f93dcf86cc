"""What a decoder made, composed with the photos' own pixels into whole frames."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any, NamedTuple, TypeVar

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
        rows, columns = seen = _shown(top, side, height), _shown(left, side, width)
        self._into = _moved(rows, top), _moved(columns, left)
        soft = _soft(sitting.references.shape[-1])
        make = Easel if device.type == "cpu" else Screen
        self._canvas = make(sitting.squares, soft, seen, device, _ground(sitting, soft, self._into))
        self._backdrop = sitting.backdrop
        self._outside = _around(self._into, (height, width))
        rest = 1 - stretched(soft, side, side)[rows, columns, None]
        self._rest = (rest * sitting.backdrop[self._into]).round().astype(np.uint8)
        self._edges = _around(_inside(rest[..., 0] == 0), rest.shape[:2])

    def paint(self, layers: Composition) -> list[Picture]:
        """Return the frames of one stream, `layers` being a batch of one; the caller owns them."""
        frames = [np.empty_like(self._backdrop) for _ in range(layers.residual.shape[1])]
        squares = [frame[self._into] for frame in frames]
        for frame in frames:
            for box in self._outside:
                frame[box] = self._backdrop[box]
        if self._rest.size:  # else the framing leaves the face outside
            self._canvas.compose(Composition(*(part.float() for part in layers)), squares)
        for square in squares:
            for box in self._edges:
                cv2.add(square[box], self._rest[box], dst=square[box])
        return frames


class Ground(NamedTuple):
    """What the person stands before, if it is not what the photo shows."""

    covers: tuple[Level, ...]
    """How much of each square is the person's, (side, side) 0 to 255."""
    behind: Picture
    """What the square's visible part shows where the person is not, (h, w, 3), less at its edge."""


class Screen:
    """Composes on a GPU."""

    def __init__(
        self,
        squares: tuple[Picture, ...],
        soft: Plane,
        seen: Box,
        device: torch.device,
        ground: Ground | None = None,
    ) -> None:
        self._photos = torch.from_numpy(np.stack(squares)).to(device).permute(0, 3, 1, 2)[None]
        self._ground = ground
        if ground:
            covers = torch.from_numpy(np.stack(ground.covers)).to(device)
            self._covers = covers[None, :, None].float() / 255
            self._behind = torch.from_numpy(ground.behind).to(device).permute(2, 0, 1)
        self._soft = torch.from_numpy(soft).to(device)
        self._side, self._seen = len(squares[0]), seen

    def compose(self, layers: Composition, into: Sequence[Picture]) -> None:
        """Write all frames' visible parts, (h, w, 3) each, in one copy from the device."""
        size, (rows, columns) = (self._side, self._side), self._seen
        whole = compose(layers, self._photos.float() / 127.5 - 1, size)[0]
        share = resized(self._soft[None], size)
        shown = ((whole + 1) * 127.5 * share)[:, :, rows, columns]
        if self._ground:
            person = self._person(layers, size)[:, :, rows, columns]
            shown = torch.lerp(self._behind.float(), shown, person)
        levels = shown.round().clamp(0, 255).byte()
        for frame, made in zip(into, levels.permute(0, 2, 3, 1).contiguous().cpu(), strict=True):
            frame[:] = made.numpy()

    def _person(self, layers: Composition, size: tuple[int, int]) -> Tensor:
        """Return how much of each place is the person's, (time, 1, *size)."""
        nothing, everywhere = torch.zeros_like(layers.mask), torch.ones_like(layers.mask)
        alone = layers._replace(residual=nothing, mask=everywhere)
        return compose(alone, self._covers, size)[0]


class Easel:
    """Composes with OpenCV in memory that it keeps, every other frame on a thread beside.

    Memory is what takes time here. So all layers are enlarged in eight bits, which leaves levels
    within 3 of what `compose` gives.
    """

    def __init__(
        self,
        squares: tuple[Picture, ...],
        soft: Plane,
        seen: Box,
        _: torch.device,
        ground: Ground | None = None,
    ) -> None:
        # Pixels of four channels are moved twice as fast as those of three.
        fourth = ground.covers if ground else [square[..., 0] for square in squares]
        photos = [np.dstack([square, more]) for square, more in zip(squares, fourth, strict=True)]
        behind = ground.behind if ground else None
        self._hands = Hand(photos, seen, behind), Hand(photos, seen, behind)
        self._soft, self._side = torch.from_numpy(soft), len(squares[0])

    def compose(self, layers: Composition, into: Sequence[Picture]) -> None:
        """Write each frame's visible part, (h, w, 3)."""
        # All that can be done at the decoder's own size is done there, in planes.
        shares = _shares(layers) * self._soft
        level = 127.5 * self._soft
        rest = level + 0.5 - 127.5 * shares.sum(1, keepdim=True)
        below = torch.addcmul(rest, layers.residual[0], level)  # rounded when cut to levels
        light, dark, shown = (_levels(x) for x in (below, 1 - below, 255 * shares + 0.5))
        ways = _pixels(layers.flow[0], self._side).numpy()
        weights = _levels(255 * layers.weight[0] + 0.5)
        each = zip(light, dark, ways, shown, weights, into, strict=True)
        frames = [Parts(*parts) for parts in each]
        mine, other = self._hands
        # Much of OpenCV runs on one core, and none of it holds the interpreter.
        with ThreadPoolExecutor(1) as beside:
            done = beside.submit(other.lay, frames[1::2])
            mine.lay(frames[::2])
            done.result()


class Parts(NamedTuple):
    """What one frame is composed of, at the decoder's size, and where it goes."""

    light: Level
    """To be added, (3, h, w)."""
    dark: Level
    """To be taken away."""
    ways: Plane
    """Where each photo is seen, (photos, h, w, 2) in pixels."""
    shares: Level
    """How much of each photo shows, (photos, h, w), 0 to 255."""
    weights: Level
    """The same among the photos alone, at any size."""
    into: Picture


class Hand:
    """Lays frames into pictures one after the other; one thread at a time."""

    def __init__(self, photos: list[Picture], seen: Box, behind: Picture | None) -> None:
        """`photos` (side, side, 4); their fourth channel is the person's cover, if any is `behind`.

        `behind` is the visible part of the background, its share at the square's edge already low.
        """
        whole, part = photos[0], photos[0][seen]
        self._photos, self._side, self._seen = photos, len(whole), seen
        self._way = np.empty((*whole.shape[:2], 2), np.float32)
        self._share = np.empty(whole.shape[:2], np.uint8)
        self._sum, self._dark = (np.empty_like(whole[..., :3], order="C") for _ in range(2))
        self._carried, self._shares = (np.empty_like(part[..., :3], order="C") for _ in range(2))
        self._fours = np.empty_like(part, order="C")
        self._behind, self._person = behind, np.empty(part.shape[:2], np.uint8)
        self._cover = np.empty_like(self._person)

    def lay(self, frames: Sequence[Parts]) -> None:
        """Write the frames' visible parts."""
        for light, dark, ways, shares, weights, into in frames:
            total = self._enlarge(cv2.merge(list(light)), self._sum)
            if self._behind is not None:
                self._person[:] = 0
            for photo, way, share, weight in zip(self._photos, ways, shares, weights, strict=False):
                cv2.add(total, self._part(photo, way, share), dst=total)
                if self._behind is not None:
                    self._cover_more(weight)
            cv2.subtract(total, self._enlarge(cv2.merge(list(dark)), self._dark), dst=into)
            if self._behind is not None:
                self._stand(into, self._behind)

    def _part(self, photo: Picture, way: Plane, share: Level) -> Picture:
        """Return a share, 0 to 255, of what the photo shows along the way."""
        grid, seen = self._enlarge(way, self._way), self._carried
        how, edge = cv2.INTER_LINEAR, cv2.BORDER_REPLICATE
        cv2.remap(photo, grid, None, how, dst=self._fours, borderMode=edge)  # type: ignore[call-overload]
        cv2.cvtColor(self._fours, cv2.COLOR_RGBA2RGB, dst=seen)
        cv2.cvtColor(self._enlarge(share, self._share), cv2.COLOR_GRAY2RGB, dst=self._shares)
        cv2.multiply(seen, self._shares, dst=seen, scale=1 / 255)
        return seen

    def _cover_more(self, weight: Level) -> None:
        """Add the weight's share of what the last part says is the person's."""
        cv2.extractChannel(self._fours, 3, dst=self._cover)
        if len(self._photos) > 1:
            large = self._enlarge(weight, self._share)
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


def _shares(layers: Composition) -> Tensor:
    """Return each reference's share of each place of the mask, (time, references, h, w)."""
    mask = layers.mask[0]
    if layers.weight.shape[2] == 1:  # which has all that the mask leaves
        return mask
    return resized(layers.weight, (mask.shape[-2], mask.shape[-1]))[0] * mask


def _pixels(flow: Tensor, side: int) -> Tensor:
    """Return where flows (time, references, 2, h, w) lead in a square, (..., h, w, 2) in pixels."""
    height, width = flow.shape[-2:]
    here = places(height, width, flow.device)
    ways = (flow.movedim(-3, -1) + here + 1) * (side / 2) - 0.5
    return ways.contiguous()


def _levels(planes: Tensor) -> NDArray[np.uint8]:
    """Cut off to levels from 0 to 255."""
    return np.asarray(planes.clamp_(0, 255).byte().numpy())


def _ground(sitting: Sitting, soft: Plane, into: Box) -> Ground | None:
    if sitting.plate is None:
        return None
    left, top = sitting.corner
    seen = _moved(into[0], -top), _moved(into[1], -left)
    share = stretched(soft, sitting.side, sitting.side)[seen][..., None]
    behind = (share * sitting.plate[into]).round().astype(np.uint8)
    return Ground(sitting.covers, np.ascontiguousarray(behind))


def _inside(wanted: NDArray[np.bool_]) -> Box:
    """Return the box that is wanted; rows and columns of it are wanted together."""
    rows, columns = (np.flatnonzero(wanted.any(axis)) for axis in (1, 0))
    if not len(rows):
        return slice(0, 0), slice(0, 0)
    return slice(int(rows[0]), int(rows[-1]) + 1), slice(int(columns[0]), int(columns[-1]) + 1)


def _around(inner: Box, size: tuple[int, ...]) -> list[Box]:
    """Return the boxes that make a picture of this size together with the inner one."""
    (rows, columns), (height, width) = inner, size
    if rows.start == rows.stop or columns.start == columns.stop:  # nothing, and nowhere
        return [(slice(0, height), slice(0, width))]
    above, below = slice(0, rows.start), slice(rows.stop, height)
    left, right = slice(0, columns.start), slice(columns.stop, width)
    boxes = [(above, slice(0, width)), (rows, left), (rows, right), (below, slice(0, width))]
    return [box for box in boxes if all(side.stop > side.start for side in box)]


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
