"""What a decoder made, composed with the photos' own pixels into whole frames."""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import NamedTuple

import cv2
import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from core.model.field import Composition, compose, resized
from core.neural.frame_blender import SlicePair, FrameBlender, ByteMask, BlendInputs, Plane
from core.neural.references import ReferenceFrames
from core.pixels import stretched
from core.video import Picture

FEATHER = 0.06
"""Share of the square's side in which it passes into the frame around it."""

OnFrame = Callable[[int], None]
"""What to do when a frame's visible part is there."""


class Compositor:
    """Paints frames of one sitting: on the GPU with torch, otherwise with OpenCV; one thread."""

    def __init__(self, sitting: ReferenceFrames, device: torch.device) -> None:
        side, (left, top) = sitting.side, sitting.corner
        height, width = sitting.backdrop.shape[:2]
        rows, columns = seen = _visible(top, side, height), _visible(left, side, width)
        self._into = _shifted(rows, top), _shifted(columns, left)
        soft = _feather(sitting.references.shape[-1])
        make = CpuCompositor if device.type == "cpu" else GpuCompositor
        self._canvas = make(sitting.squares, soft, seen, device, _background_layer(sitting, soft, self._into))
        self._backdrop = sitting.backdrop
        self._outside = _boxes_around(self._into, (height, width))
        rest = 1 - stretched(soft, side, side)[rows, columns, None]
        self._rest = (rest * sitting.backdrop[self._into]).round().astype(np.uint8)
        self._edges = _boxes_around(_bounding_box(rest[..., 0] == 0), rest.shape[:2])

    def paint(self, layers: Composition) -> list[Picture]:
        """Return the frames of one stream, `layers` being a batch of one; the caller owns them."""
        frames = [np.empty_like(self._backdrop) for _ in range(layers.residual.shape[1])]
        if not self._rest.size:  # the framing leaves the face outside
            for frame in frames:
                self._surround(frame)
            return frames
        squares = [frame[self._into] for frame in frames]
        floats = Composition(*(part.float() for part in layers))
        self._canvas.compose(floats, squares, lambda n: self._surround(frames[n]))
        return frames

    def _surround(self, frame: Picture) -> None:
        """Add the frame around to a square that is there; several threads, a frame each."""
        for box in self._outside:
            frame[box] = self._backdrop[box]
        square = frame[self._into]
        for box in self._edges:
            cv2.add(square[box], self._rest[box], dst=square[box])


class BackgroundLayer(NamedTuple):
    """What the person stands before, if it is not what the photo shows."""

    covers: tuple[ByteMask, ...]
    """How much of each square is the person's, (side, side) 0 to 255."""
    behind: Picture
    """What the square's visible part shows where the person is not, (h, w, 3), less at its edge."""


class GpuCompositor:
    """Composes on a GPU."""

    def __init__(
        self,
        squares: tuple[Picture, ...],
        soft: Plane,
        seen: SlicePair,
        device: torch.device,
        ground: BackgroundLayer | None = None,
    ) -> None:
        self._photos = torch.from_numpy(np.stack(squares)).to(device).permute(0, 3, 1, 2)[None]
        self._ground = ground
        if ground:
            covers = torch.from_numpy(np.stack(ground.covers)).to(device)
            self._covers = covers[None, :, None].float() / 255
            self._behind = torch.from_numpy(ground.behind).to(device).permute(2, 0, 1)
        self._soft = torch.from_numpy(soft).to(device)
        self._side, self._seen = len(squares[0]), seen

    def compose(self, layers: Composition, into: Sequence[Picture], then: OnFrame) -> None:
        """Write all frames' visible parts, (h, w, 3) each, in one copy from the device."""
        size, (rows, columns) = (self._side, self._side), self._seen
        whole = compose(layers, self._photos.float() / 127.5 - 1, size)[0]
        share = resized(self._soft[None], size)
        shown = ((whole + 1) * 127.5 * share)[:, :, rows, columns]
        if self._ground:
            person = self._person(layers, size)[:, :, rows, columns]
            shown = torch.lerp(self._behind.float(), shown, person)
        levels = shown.round().clamp(0, 255).byte()
        made = levels.permute(0, 2, 3, 1).contiguous().cpu()
        for n, frame in enumerate(into):
            frame[:] = made[n].numpy()
            then(n)

    def _person(self, layers: Composition, size: tuple[int, int]) -> Tensor:
        """Return how much of each place is the person's, (time, 1, *size)."""
        nothing, everywhere = torch.zeros_like(layers.mask), torch.ones_like(layers.mask)
        alone = layers._replace(residual=nothing, mask=everywhere)
        return compose(alone, self._covers, size)[0]


class CpuCompositor:
    """Composes with OpenCV in memory that it keeps, every other frame on a thread beside.

    Memory is what takes time here. So all layers are enlarged in eight bits, which leaves levels
    within 3 of what `compose` gives.
    """

    def __init__(
        self,
        squares: tuple[Picture, ...],
        soft: Plane,
        seen: SlicePair,
        _: torch.device,
        ground: BackgroundLayer | None = None,
    ) -> None:
        # Pixels of four channels are moved twice as fast as those of three.
        fourth = ground.covers if ground else [square[..., 0] for square in squares]
        photos = [np.dstack([square, more]) for square, more in zip(squares, fourth, strict=True)]
        behind = ground.behind if ground else None
        self._hands = tuple(FrameBlender(photos, seen, behind, soft) for _ in range(2))

    def compose(self, layers: Composition, into: Sequence[Picture], then: OnFrame) -> None:
        """Write each frame's visible part, (h, w, 3); `then` is called on one of two threads."""
        parts = layers.residual[0], _alphas(layers), layers.flow[0], layers.weight[0]
        each = zip(*(part.numpy() for part in parts), into, strict=True)
        frames = [BlendInputs(*found) for found in each]

        def lay(first: int) -> None:
            for n in range(first, len(frames), 2):
                self._hands[first].lay(frames[n])
                then(n)

        # Much of OpenCV runs on one core, and none of it holds the interpreter.
        with ThreadPoolExecutor(1) as beside:
            done = beside.submit(lay, 1)
            lay(0)
            done.result()


def _alphas(layers: Composition) -> Tensor:
    """Return each reference's share of each place of the mask, (time, references, h, w)."""
    mask = layers.mask[0]
    if layers.weight.shape[2] == 1:  # which has all that the mask leaves
        return mask
    return resized(layers.weight, (mask.shape[-2], mask.shape[-1]))[0] * mask


def _background_layer(sitting: ReferenceFrames, soft: Plane, into: SlicePair) -> BackgroundLayer | None:
    if sitting.plate is None:
        return None
    left, top = sitting.corner
    seen = _shifted(into[0], -top), _shifted(into[1], -left)
    share = stretched(soft, sitting.side, sitting.side)[seen][..., None]
    behind = (share * sitting.plate[into]).round().astype(np.uint8)
    return BackgroundLayer(sitting.covers, np.ascontiguousarray(behind))


def _bounding_box(wanted: NDArray[np.bool_]) -> SlicePair:
    """Return the box that is wanted; rows and columns of it are wanted together."""
    rows, columns = (np.flatnonzero(wanted.any(axis)) for axis in (1, 0))
    if not len(rows):
        return slice(0, 0), slice(0, 0)
    return slice(int(rows[0]), int(rows[-1]) + 1), slice(int(columns[0]), int(columns[-1]) + 1)


def _boxes_around(inner: SlicePair, size: tuple[int, ...]) -> list[SlicePair]:
    """Return the boxes that make a picture of this size together with the inner one."""
    (rows, columns), (height, width) = inner, size
    if rows.start == rows.stop or columns.start == columns.stop:  # nothing, and nowhere
        return [(slice(0, height), slice(0, width))]
    above, below = slice(0, rows.start), slice(rows.stop, height)
    left, right = slice(0, columns.start), slice(columns.stop, width)
    boxes = [(above, slice(0, width)), (rows, left), (rows, right), (below, slice(0, width))]
    return [box for box in boxes if all(side.stop > side.start for side in box)]


def _visible(start: int, side: int, room: int) -> slice:
    """Which of `side` pixels from `start` lie within `room`."""
    first = min(max(0, -start), side)
    return slice(first, max(first, min(side, room - start)))


def _shifted(part: slice, by: int) -> slice:
    return slice(part.start + by, part.stop + by)


def _feather(side: int) -> Plane:
    """How much of each place of the square counts, (side, side): 1, and 0 at its edges."""
    at = (np.arange(side, dtype=np.float32) + 0.5) / side
    t = np.clip(np.minimum(at, 1 - at) / FEATHER, 0, 1)
    ramp = t * t * (3 - 2 * t)
    return np.asarray(np.minimum(ramp[:, None], ramp[None]), dtype=np.float32)
