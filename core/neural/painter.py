"""What a decoder made, composed with the photos' own pixels into whole frames."""

from typing import Any

import cv2
import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from core.model.field import Composition, compose
from core.model.plane import places
from core.neural.sitting import Sitting
from core.perception.pixels import remapped, stretched
from core.video import Picture

EDGE = 0.06
"""Share of the square's side in which it passes into the frame around it."""

Plane = NDArray[np.float32]


class Painter:
    """Paints frames of one sitting: on the GPU with torch, otherwise with OpenCV."""

    def __init__(self, sitting: Sitting, device: torch.device) -> None:
        self._sitting, self._device = sitting, device
        side, (left, top) = sitting.side, sitting.corner
        height, width = sitting.backdrop.shape[:2]
        rows, columns = _shown(top, side, height), _shown(left, side, width)
        self._seen = (rows, columns)
        self._into = tuple(
            slice(part.start + start, part.stop + start)
            for part, start in ((rows, top), (columns, left))
        )
        self._share = np.ascontiguousarray(_soft(side)[self._seen])
        self._rest = 1 - self._share
        self._around = np.ascontiguousarray(sitting.backdrop[self._into])
        self._photos = self._on_device() if device.type != "cpu" else None

    def paint(self, layers: Composition) -> list[Picture]:
        """Return the frames of one stream, `layers` being a batch of one; the caller owns them."""
        if not self._share.size:  # the framing leaves the face outside
            return [self._sitting.backdrop.copy() for _ in range(layers.residual.shape[1])]
        if self._photos is not None:
            return [self._framed(inner) for inner in self._composed(layers, self._photos)]
        parts = Composition(*(part[0].float() for part in layers))
        return [
            self._framed(self._drawn(Composition(*(part[t] for part in parts))))
            for t in range(len(parts.residual))
        ]

    def _on_device(self) -> Tensor:
        stack = torch.from_numpy(np.stack(self._sitting.squares)).to(self._device)
        photos: Tensor = stack.permute(0, 3, 1, 2).float()[None] / 127.5 - 1
        return photos

    def _composed(self, layers: Composition, photos: Tensor) -> NDArray[np.uint8]:
        """All frames' visible parts, (time, h, w, 3), in one copy from the device."""
        side, (rows, columns) = self._sitting.side, self._seen
        float_layers = Composition(*(part.float() for part in layers))
        seen = compose(float_layers, photos, (side, side))[0, :, :, rows, columns]
        levels = ((seen + 1) * 127.5).round().clamp(0, 255).byte()
        return levels.permute(0, 2, 3, 1).contiguous().cpu().numpy()

    def _drawn(self, layers: Composition) -> NDArray[np.uint8]:
        """The visible part of one frame, (h, w, 3); fields of `layers` are of that frame."""
        painted = 127.5 * layers.residual
        if not len(layers.flow):
            return np.asarray(
                cv2.convertScaleAbs(self._large(painted + 127.5).clip(min=0)), np.uint8
            )
        # All that can be done at the decoder's own size is done there.
        below = self._large(painted + 127.5 * (1 - layers.mask))
        shown = self._large(layers.mask.expand(3, -1, -1))
        carried = cv2.multiply(self._carried(layers), shown, dtype=cv2.CV_32F)
        return np.asarray(cv2.add(carried, below, dtype=cv2.CV_8U), np.uint8)

    def _carried(self, layers: Composition) -> NDArray[Any]:
        """The references' pixels along the flow, blended; 0 to 255."""
        height, width = layers.flow.shape[2:]
        half = self._sitting.side / 2
        here = places(height, width, layers.flow.device).permute(2, 0, 1)
        ways = (layers.flow + here + 1) * half - 0.5
        pairs = zip(ways, self._sitting.squares, strict=True)
        seen = [remapped(square, self._large(way)) for way, square in pairs]
        if len(seen) == 1:
            return seen[0]
        weights = self._large(layers.weight)
        return np.asarray(sum(s * weights[..., n, None] for n, s in enumerate(seen)), np.float32)

    def _large(self, planes: Tensor) -> Plane:
        """Return planes (c, h, w) as (h, w, c) of the visible part."""
        side = self._sitting.side
        array = np.ascontiguousarray(planes.permute(1, 2, 0).numpy())
        return stretched(array, side, side)[self._seen]

    def _framed(self, inner: NDArray[np.uint8]) -> Picture:
        frame = self._sitting.backdrop.copy()
        mixed = cv2.blendLinear(np.ascontiguousarray(inner), self._around, self._share, self._rest)
        frame[self._into] = mixed
        return frame


def _shown(start: int, side: int, room: int) -> slice:
    """Which of `side` pixels from `start` lie within `room`."""
    first = min(max(0, -start), side)
    return slice(first, max(first, min(side, room - start)))


def _soft(side: int) -> Plane:
    """How much of each place of the square counts, (side, side): 1, and 0 at its edges."""
    at = (np.arange(side, dtype=np.float32) + 0.5) / side
    t = np.clip(np.minimum(at, 1 - at) / EDGE, 0, 1)
    ramp = t * t * (3 - 2 * t)
    return np.asarray(np.minimum(ramp[:, None], ramp[None]), dtype=np.float32)
