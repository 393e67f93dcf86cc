"""The still part of a frame: what is behind the person, and what of them never moves."""

from collections.abc import Callable
from typing import Any, NamedTuple, TypeVar

import cv2
import numpy as np
from numpy.typing import NDArray

from core.look import Background
from core.pixels import resized, scaled, stretched
from core.portrait import placement as scene
from core.portrait.face_crop import Window
from core.portrait.plate import plate_of
from core.portrait.region import Region
from core.video import Picture, VideoFormat

MOVING = 0.98
"""Share of the window within which anything moves."""

MATTE_SLACK = 0.03
"""How far the matte may miss the person's edge, face heights."""

WHOLE = 0.97
"""Matte from which a pixel shows nothing but the person."""

EDGE = (0.2, 0.8)
"""Matte between which a replaced background passes into the person; what is fainter is a halo."""

CUT = 0.02
"""Share of the photo's height in which a person whom it cuts off above or below fades away."""

ARM, SOFT = 0.2, 0.004
"""Shares of the photo's width: within which a shoulder that is cut off falls, and how softly."""

Plane = NDArray[np.float32]

A = TypeVar("A", bound=NDArray[Any])


class Cast(NamedTuple):
    """A photo taken apart for one frame and one background."""

    photo: Picture
    """The photo to cut the person from."""
    cover: Plane
    """(h, w) 0..1 how much of each of its pixels is the person's."""
    behind: Callable[[], Picture]
    """Paints the frame that the person is laid into; for any thread.

    Raises:
        BadPhoto: the background's picture cannot be used.
    """


def cast(
    photo: Picture, matte: Plane, height: float, window: Window, place: scene.Placement,
    format: VideoFormat, background: Background,
) -> Cast:  # fmt: skip
    """Take a photo apart; matte (h, w) 0..1, `height` of the face in pixels.

    What of the person never moves, because the window ends before it, is painted behind them.
    """
    if not background.replaced:
        wide = _widened(matte, MATTE_SLACK * height)
        moving = window.only(wide, MOVING)
        return Cast(photo, wide, lambda: _behind(photo, moving, place, format))
    cut = cut_out(photo, matte, height, place, format, background)
    part = place.window(window)
    return Cast(cut.photo, cut.cover, lambda: still(cut, cut.behind(), place, part))


def cut_out(
    photo: Picture, matte: Plane, height: float, place: scene.Placement,
    format: VideoFormat, background: Background,
) -> Cast:  # fmt: skip
    """Cut the person out, to stand before something else; all of them moves."""

    def around() -> Picture:
        wide = _widened(matte, MATTE_SLACK * height)
        return scene.lay_out(scene.without_person(photo, wide), place, format)

    cover = _shaped(sharpened(matte), place, format)
    return Cast(alone(photo, matte), cover, lambda: plate_of(background, format, around))


def still(
    cut: Cast, plate: Picture, place: scene.Placement, moving: Region | None = None
) -> Picture:
    """Return `plate` with the person before it, but for the frame's part that is `moving`."""
    format = VideoFormat(plate.shape[1], plate.shape[0])
    share = np.zeros(plate.shape[:2], np.float32)
    inside = _inside(cut.photo, place, format).slices
    share[inside] = _shown(cut.cover, place, format)
    if moving:
        share[moving.within(Region.whole(format)).slices] = 0
    part = np.clip(share[inside], 0, 1)[..., None]
    frame = plate.copy()
    frame[inside] = (plate[inside] * (1 - part) + _shown(cut.photo, place, format) * part).round()
    return frame


def _widened(matte: Plane, reach: float) -> Plane:
    """Take in a little of what is around the person, softly: hair keeps its own background."""
    size = 2 * max(1, round(reach / 2)) + 1
    grown = cv2.dilate(matte, np.ones((size, size), np.uint8))
    return np.asarray(cv2.GaussianBlur(grown, (0, 0), max(0.8, reach / 3)), np.float32)


def _behind(photo: Picture, matte: Plane, place: scene.Placement, format: VideoFormat) -> Picture:
    """The frame without the person in `matte`; beyond the photo's edge, its surroundings."""
    around = scene.lay_out(photo, place, format)
    still = _shown(scene.without_person(photo, matte), place, format)
    around[_inside(photo, place, format).slices] = still
    return around


def alone(photo: Picture, matte: Plane) -> Picture:
    """Return the photo with the person's own colours carried out over their soft edge."""
    picture = scaled(photo, min(1.0, 640 / max(photo.shape[:2])))
    sure = resized((matte > WHOLE).astype(np.float32), picture.shape[1], picture.shape[0])
    known = (sure > 0.99).astype(np.float32)
    if not known.any():
        return photo
    carried = scene.pulled(picture.astype(np.float32), known)
    large = stretched(carried, photo.shape[1], photo.shape[0])
    share = np.clip((matte - 0.5) / (WHOLE - 0.5), 0, 1)[..., None]
    return np.asarray((photo * share + large * (1 - share)).round(), np.uint8)


def sharpened(matte: Plane) -> Plane:
    low, high = EDGE
    return np.asarray(np.clip((matte - low) / (high - low), 0, 1), np.float32)


def _shaped(cover: Plane, place: scene.Placement, format: VideoFormat) -> Plane:
    """Let the cover end softly where the frame shows the photo's end."""
    height, width = cover.shape
    right, bottom = place.left + width * place.scale, place.top + height * place.scale
    cover = cover.copy()
    if place.left > 0:
        _round_off(cover)
    if right < format.width:
        _round_off(cover[:, ::-1])
    down = _ramp(height, place.top > 0, bottom < format.height)
    return np.asarray(cover * down[:, None], np.float32)


def _round_off(cover: Plane) -> None:
    """Where the left side cuts through the person, let the shoulder fall in a curve; in place."""
    height, width = cover.shape
    reach = min(max(2, round(ARM * width)), width)
    tops = np.flatnonzero(cover[:, reach - 1] > 0.5)
    if not len(tops) or cover[:, 0].max() < 0.5:
        return
    reach = min(reach, max(2, height - int(tops[0])))
    out = 1 - (np.arange(reach, dtype=np.float32) + 0.5) / reach
    falls = tops[0] + (height - tops[0]) * (1 - np.sqrt(1 - out**2))
    soft = max(1.0, SOFT * width)
    below = (np.arange(height, dtype=np.float32)[:, None] - falls) / soft
    cover[:, :reach] *= np.clip(below + 0.5, 0, 1)


def _ramp(size: int, first: bool, last: bool) -> Plane:
    """Return 1 along a side, falling to 0 at the ends that are named."""
    at = (np.arange(size, dtype=np.float32) + 0.5) / (CUT * size)
    ramp = np.ones(size, np.float32)
    if first:
        ramp = np.minimum(ramp, at)
    return np.minimum(ramp, at[::-1]) if last else ramp


def _shown(image: A, place: scene.Placement, format: VideoFormat) -> A:
    """Return the part of `image` that the frame shows, at the frame's scale."""
    part = _inside(image, place, format).moved(-place.left, -place.top)
    return scaled(image, place.scale)[part.slices]  # type: ignore[return-value]


def _inside(photo: NDArray[Any], place: scene.Placement, format: VideoFormat) -> Region:
    """Return the part of the frame on which the photo lies."""
    return place.photo(photo.shape[1], photo.shape[0]).within(Region.whole(format))
