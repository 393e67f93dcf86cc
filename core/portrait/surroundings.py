"""A picture laid out in a frame: beyond its edges it goes on mirrored, farther and farther out of
focus, or there are black bars."""

import numpy as np
from numpy.typing import NDArray

from core.pixels import blended, remapped, scaled, softened
from core.portrait.placement import PhotoPlacement
from core.video import Picture, VideoFormat

FOCUS_INSET = 0.08
"""How far within its edge a picture begins to go out of focus, as a share of the frame's height."""

BLURS = ((0.003, 0.09), (0.010, 0.2), (0.03, 0.45))
"""Standard deviations of the blur, and where each is reached, counted from where the first begins;
shares of the frame's height."""

Plane = NDArray[np.float32]


def lay_out(image: NDArray[np.uint8], placement: PhotoPlacement, format: VideoFormat) -> Picture:
    """Return the frame showing `image`, continued beyond its edges or framed by black bars."""
    shown = scaled(image, placement.scale)
    x, beyond_x = _mirrored(format.width, placement.left, shown.shape[1])
    y, beyond_y = _mirrored(format.height, placement.top, shown.shape[0])
    if not beyond_x.any() and not beyond_y.any():
        first, left = -placement.top, -placement.left
        return shown[first : first + format.height, left : left + format.width].copy()
    frame = remapped(shown, np.dstack(np.meshgrid(x, y)))
    if placement.bars:
        frame[np.add.outer(beyond_y, beyond_x) > 0] = 0
        return frame
    inset = FOCUS_INSET * format.height
    across, down = (_out_of_focus(beyond, inset) for beyond in (beyond_x, beyond_y))
    away = np.hypot(*np.meshgrid(across, down)).astype(np.float32)
    for columns in _ends(across > 0) if not down.any() else [slice(None)]:
        frame[:, columns] = _defocused(frame[:, columns], away[:, columns])
    return frame


def _mirrored(room: int, start: int, size: int) -> tuple[Plane, Plane]:
    """Return where each pixel along a side of the frame reads the picture, and how far beyond it
    is; there the picture is mirrored."""
    at = np.arange(room, dtype=np.float32) - start
    last = max(size - 1, 1)
    source = np.abs((at + last) % (2 * last) - last)
    beyond = np.maximum(np.maximum(-at, at - (size - 1)), 0)
    return source.astype(np.float32), beyond.astype(np.float32)


def _out_of_focus(beyond: Plane, inset: float) -> Plane:
    """Return how far each pixel lies beyond the line at which a side goes out of focus."""
    away = np.zeros_like(beyond)
    for side in (slice(None), slice(None, None, -1)):
        outside = int(np.argmin(beyond[side] > 0))
        if outside:
            at = np.arange(len(beyond), dtype=np.float32)
            away[side] = np.maximum(away[side], outside + inset - at)
    return np.asarray(np.maximum(away, 0), np.float32)


def _ends(flags: NDArray[np.bool_]) -> list[slice]:
    """Return where flags are true at the beginning and at the end."""
    first, last = int(np.argmin(flags)), int(np.argmin(flags[::-1]))
    if flags.all():
        return [slice(None)]
    return [part for part in (slice(0, first), slice(len(flags) - last, None)) if flags[part].any()]


def _defocused(frame: Picture, away: Plane) -> Picture:
    """Blur what lies beyond where the focus ends, the more the farther out."""
    height = len(frame)
    result, begin = np.ascontiguousarray(frame), 0.0
    for sigma, reach in BLURS:
        pixels = sigma * height
        soft = softened(result, pixels, max(1, int(pixels / 3)))
        share = np.clip((away / height - begin) / (reach - begin), 0, 1)
        share = share * share * (3 - 2 * share)
        result = blended(result, soft, share.astype(np.float32))
        begin += (reach - begin) / 3
    return result
