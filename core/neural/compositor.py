"""Compositing: the decoder's layers and the photos' own pixels become whole frames."""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import NamedTuple

import cv2
import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from core.model.vae.flow_field import Composition, compose, resize_bilinear, size_of
from core.neural.frame_blender import BlendInputs, ByteMask, FrameBlender, Plane, SlicePair
from core.neural.references import ReferenceFrames
from core.pixels import stretched
from core.video import Picture

FEATHER = 0.06
"""Width of the square's feathered edge, as a share of its side."""

TRACE = 0.02
"""Weight of a photo, among the photos, that nobody misses."""

UNSEEN_FADE = 4.0
"""Rows of the model's square below its upper edge, in the photo, within which painting begins."""

OnFrame = Callable[[int], None]
"""Called with a frame's number once its visible part is written."""


class Compositor:
    """Composites frames: on the GPU with torch, otherwise on the CPU with OpenCV; one thread."""

    def __init__(self, references: ReferenceFrames, device: torch.device) -> None:
        (left, top), size = references.origin, references.crops[0].shape[:2]
        height, width = references.backdrop.shape[:2]
        rows, columns = _visible(top, size[0], height), _visible(left, size[1], width)
        self._square = _shifted(rows, top), _shifted(columns, left)
        self._crown = references.crown
        cut = not references.mattes or references.mattes[0][0].any()
        feather = _feather(references.references.shape[-1], self._crown, bool(cut))
        background = _background_layer(references, feather, self._square)
        backend = CpuCompositor if device.type == "cpu" else GpuCompositor
        self._backend = backend(references.crops, feather, (rows, columns), device, background)
        self._backdrop = references.backdrop
        self._surroundings = _boxes_around(self._square, (height, width))
        rest = 1 - stretched(feather, size[1], size[0])[rows, columns, None]
        self._backdrop_share = (rest * references.backdrop[self._square]).round().astype(np.uint8)
        self._feathered = _boxes_around(_bounding_box(rest[..., 0] == 0), rest.shape[:2])

    def compose(self, layers: Composition) -> list[Picture]:
        """Return the frames of one stream, `layers` being a batch of one; the caller owns them."""
        frames = [np.empty_like(self._backdrop) for _ in range(layers.residual.shape[1])]
        if not self._backdrop_share.size:  # the framing leaves the face outside
            for frame in frames:
                self._add_surroundings(frame)
            return frames
        targets = [frame[self._square] for frame in frames]
        floats = _with_crown(Composition(*(part.float() for part in layers)), self._crown)
        self._backend.compose(floats, targets, lambda n: self._add_surroundings(frames[n]))
        return frames

    def _add_surroundings(self, frame: Picture) -> None:
        """Complete a frame whose square is written; several threads, a frame each."""
        for box in self._surroundings:
            frame[box] = self._backdrop[box]
        square = frame[self._square]
        for box in self._feathered:
            cv2.add(square[box], self._backdrop_share[box], dst=square[box])


class BackgroundLayer(NamedTuple):
    """A background that stands still, and the mattes that cut the person out."""

    mattes: tuple[ByteMask, ...]
    """The person's alpha in each crop, (side, side) 0 to 255."""
    background: Picture
    """The square's visible part without the person, (h, w, 3), feathered at its edge."""


class GpuCompositor:
    """Composites with torch on a GPU."""

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
            mattes = torch.from_numpy(np.stack(background.mattes)).to(device)
            self._mattes = mattes[None, :, None].float() / 255
            self._background = torch.from_numpy(background.background).to(device).permute(2, 0, 1)
        self._feather = torch.from_numpy(feather).to(device)
        self._size, self._visible = (crops[0].shape[0], crops[0].shape[1]), visible

    def compose(self, layers: Composition, targets: Sequence[Picture], on_frame: OnFrame) -> None:
        """Write all frames' visible parts, (h, w, 3) each, in one copy from the device."""
        size, (rows, columns) = self._size, self._visible
        whole = compose(layers, self._photos.float() / 127.5 - 1, size)[0]
        feather = resize_bilinear(self._feather[None], size)
        visible = ((whole + 1) * 127.5 * feather)[:, :, rows, columns]
        if self._background_layer:
            alpha = self._person_alpha(layers, size)[:, :, rows, columns]
            visible = torch.lerp(self._background.float(), visible, alpha)
        levels = visible.round().clamp(0, 255).byte()
        pictures = levels.permute(0, 2, 3, 1).contiguous().cpu()
        for n, target in enumerate(targets):
            target[:] = pictures[n].numpy()
            on_frame(n)

    def _person_alpha(self, layers: Composition, size: tuple[int, int]) -> Tensor:
        """Return the person's alpha (time, 1, *size): the mattes, warped as the photos are."""
        zeros, ones = torch.zeros_like(layers.mask), torch.ones_like(layers.mask)
        return compose(layers._replace(residual=zeros, mask=ones), self._mattes, size)[0]


class CpuCompositor:
    """Composites with OpenCV in preallocated buffers, every other frame on a second thread.

    Memory bandwidth is the bottleneck, so layers are upsampled in eight bits: levels are within 3
    of what `core.model`'s `compose` gives, 8 where there are several photos: traces of one are left
    to the first.
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
        fourth = background.mattes if background else [crop[..., 0] for crop in crops]
        photos = [np.dstack([crop, more]) for crop, more in zip(crops, fourth, strict=True)]
        plate = background.background if background else None
        self._blenders = tuple(FrameBlender(photos, visible, plate, feather) for _ in range(2))

    def compose(self, layers: Composition, targets: Sequence[Picture], on_frame: OnFrame) -> None:
        """Write each frame's visible part, (h, w, 3); `on_frame` runs on one of two threads."""
        layers = _without_traces(layers)
        parts = layers.residual[0], _alphas(layers), layers.flow[0], layers.weight[0]
        each = zip(*(part.numpy() for part in parts), targets, strict=True)
        frames = [BlendInputs(*part) for part in each]

        def blend(first: int) -> None:
            for n in range(first, len(frames), 2):
                self._blenders[first].blend(frames[n])
                on_frame(n)

        # Much of OpenCV runs on one core, and none of it holds the interpreter.
        with ThreadPoolExecutor(1) as second:
            odd = second.submit(blend, 1)
            blend(0)
            odd.result()


def _without_traces(layers: Composition) -> Composition:
    """Leave photos that have only traces of the weight to the first one: most are needed in a
    small part of the picture, and warped there alone."""
    if layers.weight.shape[2] == 1:
        return layers
    others = ((layers.weight[:, :, 1:] - TRACE) / (1 - TRACE)).clamp(min=0)
    first = 1 - others.sum(2, keepdim=True)
    return layers._replace(weight=torch.cat([first, others], 2))


def _alphas(layers: Composition) -> Tensor:
    """Return each reference's alpha at the mask's resolution, (time, references, h, w)."""
    mask = layers.mask[0]
    if layers.weight.shape[2] == 1:  # which has all that the mask leaves
        return mask
    return resize_bilinear(layers.weight, size_of(mask))[0] * mask


def _background_layer(
    references: ReferenceFrames, feather: Plane, square: SlicePair
) -> BackgroundLayer | None:
    if references.plate is None:
        return None
    left, top = references.origin
    visible = _shifted(square[0], -top), _shifted(square[1], -left)
    rows, columns = references.crops[0].shape[:2]
    alpha = stretched(feather, columns, rows)[visible][..., None]
    background = (alpha * references.plate[square]).round().astype(np.uint8)
    return BackgroundLayer(references.mattes, np.ascontiguousarray(background))


def _bounding_box(flags: NDArray[np.bool_]) -> SlicePair:
    """Return the bounding box of the true pixels, which fill it."""
    rows, columns = (np.flatnonzero(flags.any(axis)) for axis in (1, 0))
    if not len(rows):
        return slice(0, 0), slice(0, 0)
    return slice(int(rows[0]), int(rows[-1]) + 1), slice(int(columns[0]), int(columns[-1]) + 1)


def _boxes_around(inner: SlicePair, size: tuple[int, ...]) -> list[SlicePair]:
    """Return the boxes that complete the inner one to a picture of this size."""
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


def _with_crown(layers: Composition, rows: int) -> Composition:
    """Continue layers by so many rows above the model's square, as their first row is.

    Nothing is painted of what lies above the square in the first photo: the model has not seen it,
    but the photo shows it.
    """
    if not rows:
        return layers
    height = layers.mask.shape[3]

    def continued(part: Tensor) -> Tensor:
        above = rows * part.shape[-2] // height
        return torch.cat([part[..., :1, :].expand(*part.shape[:-2], above, -1), part], -2)

    residual, mask, flow, weight = (continued(part) for part in layers)
    down = resize_bilinear(flow[:, :, 0, 1:], size_of(mask)) * (height / 2)
    source = torch.arange(-rows, height).to(mask)[:, None] + 0.5 + down
    painted = (source / UNSEEN_FADE).clamp(0, 1)
    share = flow.new_tensor([1.0, height / (height + rows)]).view(2, 1, 1)
    return Composition(painted * residual, 1 - painted * (1 - mask), flow * share, weight)


def _feather(side: int, crown: int, cut: bool) -> Plane:
    """Return the feathering mask of the square, (crown + side, side): 1, smoothly 0 at its edges.

    Not at the upper one unless it cuts somebody: what is there moves as a whole.
    """
    at = (np.arange(side, dtype=np.float32) + 0.5) / side
    t = np.clip(np.minimum(at, 1 - at) / FEATHER, 0, 1)
    ramp = t * t * (3 - 2 * t)
    lower, upper = ramp[side // 2 :], ramp[: side // 2] if cut else np.ones(side // 2)
    down = np.concatenate([upper, np.ones(crown), lower])
    return np.asarray(np.minimum(down[:, None], ramp[None]), dtype=np.float32)
