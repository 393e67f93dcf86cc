"""What a decoder made, composed with the photos' own pixels into whole frames."""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import NamedTuple

import cv2
import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from core.model.vae.flow_field import Composition, compose, resize_bilinear
from core.neural.frame_blender import BlendInputs, ByteMask, FrameBlender, Plane, SlicePair
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
        side, (left, top) = sitting.side, sitting.origin
        height, width = sitting.backdrop.shape[:2]
        rows, columns = seen = _visible(top, side, height), _visible(left, side, width)
        self._square = _shifted(rows, top), _shifted(columns, left)
        soft = _feather(sitting.references.shape[-1])
        make = CpuCompositor if device.type == "cpu" else GpuCompositor
        self._backend = make(
            sitting.crops, soft, seen, device, _background_layer(sitting, soft, self._square)
        )
        self._backdrop = sitting.backdrop
        self._surroundings = _boxes_around(self._square, (height, width))
        rest = 1 - stretched(soft, side, side)[rows, columns, None]
        self._backdrop_share = (rest * sitting.backdrop[self._square]).round().astype(np.uint8)
        self._feathered = _boxes_around(_bounding_box(rest[..., 0] == 0), rest.shape[:2])

    def compose(self, layers: Composition) -> list[Picture]:
        """Return the frames of one stream, `layers` being a batch of one; the caller owns them."""
        frames = [np.empty_like(self._backdrop) for _ in range(layers.residual.shape[1])]
        if not self._backdrop_share.size:  # the framing leaves the face outside
            for frame in frames:
                self._add_surroundings(frame)
            return frames
        squares = [frame[self._square] for frame in frames]
        floats = Composition(*(part.float() for part in layers))
        self._backend.compose(floats, squares, lambda n: self._add_surroundings(frames[n]))
        return frames

    def _add_surroundings(self, frame: Picture) -> None:
        """Add the frame around to a square that is there; several threads, a frame each."""
        for box in self._surroundings:
            frame[box] = self._backdrop[box]
        square = frame[self._square]
        for box in self._feathered:
            cv2.add(square[box], self._backdrop_share[box], dst=square[box])


class BackgroundLayer(NamedTuple):
    """What the person stands before, if it is not what the photo shows."""

    mattes: tuple[ByteMask, ...]
    """How much of each square is the person's, (side, side) 0 to 255."""
    background: Picture
    """What the square's visible part shows where the person is not, (h, w, 3), less at its edge."""


class GpuCompositor:
    """Composes on a GPU."""

    def __init__(
        self,
        crops: tuple[Picture, ...],
        feather: Plane,
        visible: SlicePair,
        device: torch.device,
        background: BackgroundLayer | None = None,
    ) -> None:
        self._photos = torch.from_numpy(np.stack(crops)).to(device).permute(0, 3, 1, 2)[None]
        self._background_layer = background
        if background:
            covers = torch.from_numpy(np.stack(background.mattes)).to(device)
            self._mattes = covers[None, :, None].float() / 255
            self._background = torch.from_numpy(background.background).to(device).permute(2, 0, 1)
        self._feather = torch.from_numpy(feather).to(device)
        self._side, self._visible = len(crops[0]), visible

    def compose(self, layers: Composition, targets: Sequence[Picture], on_frame: OnFrame) -> None:
        """Write all frames' visible parts, (h, w, 3) each, in one copy from the device."""
        size, (rows, columns) = (self._side, self._side), self._visible
        whole = compose(layers, self._photos.float() / 127.5 - 1, size)[0]
        share = resize_bilinear(self._feather[None], size)
        shown = ((whole + 1) * 127.5 * share)[:, :, rows, columns]
        if self._background_layer:
            person = self._person_alpha(layers, size)[:, :, rows, columns]
            shown = torch.lerp(self._background.float(), shown, person)
        levels = shown.round().clamp(0, 255).byte()
        made = levels.permute(0, 2, 3, 1).contiguous().cpu()
        for n, frame in enumerate(targets):
            frame[:] = made[n].numpy()
            on_frame(n)

    def _person_alpha(self, layers: Composition, size: tuple[int, int]) -> Tensor:
        """Return how much of each place is the person's, (time, 1, *size)."""
        nothing, everywhere = torch.zeros_like(layers.mask), torch.ones_like(layers.mask)
        alone = layers._replace(residual=nothing, mask=everywhere)
        return compose(alone, self._mattes, size)[0]


class CpuCompositor:
    """Composes with OpenCV in memory that it keeps, every other frame on a thread beside.

    Memory is what takes time here. So all layers are enlarged in eight bits, which leaves levels
    within 3 of what `compose` gives.
    """

    def __init__(
        self,
        crops: tuple[Picture, ...],
        feather: Plane,
        visible: SlicePair,
        _: torch.device,
        background: BackgroundLayer | None = None,
    ) -> None:
        # Pixels of four channels are moved twice as fast as those of three.
        fourth = background.mattes if background else [square[..., 0] for square in crops]
        photos = [np.dstack([square, more]) for square, more in zip(crops, fourth, strict=True)]
        behind = background.background if background else None
        self._blenders = tuple(FrameBlender(photos, visible, behind, feather) for _ in range(2))

    def compose(self, layers: Composition, targets: Sequence[Picture], on_frame: OnFrame) -> None:
        """Write each frame's visible part, (h, w, 3); `then` is called on one of two threads."""
        parts = layers.residual[0], _alphas(layers), layers.flow[0], layers.weight[0]
        each = zip(*(part.numpy() for part in parts), targets, strict=True)
        frames = [BlendInputs(*found) for found in each]

        def lay(first: int) -> None:
            for n in range(first, len(frames), 2):
                self._blenders[first].blend(frames[n])
                on_frame(n)

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
    return resize_bilinear(layers.weight, (mask.shape[-2], mask.shape[-1]))[0] * mask


def _background_layer(
    sitting: ReferenceFrames, soft: Plane, into: SlicePair
) -> BackgroundLayer | None:
    if sitting.plate is None:
        return None
    left, top = sitting.origin
    seen = _shifted(into[0], -top), _shifted(into[1], -left)
    share = stretched(soft, sitting.side, sitting.side)[seen][..., None]
    behind = (share * sitting.plate[into]).round().astype(np.uint8)
    return BackgroundLayer(sitting.mattes, np.ascontiguousarray(behind))


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
