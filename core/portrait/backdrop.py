"""The still part of a frame: what is behind the person, and what of them never moves."""

from collections.abc import Callable
from typing import Any, NamedTuple, TypeVar

import cv2
import numpy as np
from numpy.typing import NDArray

from core.look import Background
from core.pixels import resized, scaled, stretched
from core.portrait import placement as scene
from core.portrait.face_crop import FaceCrop
from core.portrait.plate import render_plate
from core.portrait.region import Region
from core.video import Picture, VideoFormat

MOVING_SHARE = 0.98
"""Share of the window within which anything moves."""

MATTE_SLACK = 0.03
"""How far the matte may miss the person's edge, face heights."""

OPAQUE_MATTE = 0.97
"""Matte from which a pixel shows nothing but the person."""

MATTE_RANGE = (0.2, 0.8)
"""Matte between which a replaced background passes into the person; what is fainter is a halo."""

CUT_FADE = 0.02
"""Share of the photo's height in which a person whom it cuts off above or below fades away."""

SHOULDER_REACH, SHOULDER_SOFTNESS = 0.2, 0.004
"""Shares of the photo's width: within which a shoulder that is cut off falls, and how softly."""

Plane = NDArray[np.float32]

A = TypeVar("A", bound=NDArray[Any])


class PersonCutout(NamedTuple):
    """A photo taken apart for one frame and one background."""

    photo: Picture
    """The photo to cut the person from."""
    alpha: Plane
    """(h, w) 0..1 how much of each of its pixels is the person's."""
    render_background: Callable[[], Picture]
    """Paints the frame that the person is laid into; for any thread.

    Raises:
        BadPhoto: the background's picture cannot be used.
    """


def separate_person(
    photo: Picture, matte: Plane, height: float, crop: FaceCrop, placement: scene.PhotoPlacement,
    format: VideoFormat, background: Background,
) -> PersonCutout:  # fmt: skip
    """Take a photo apart; matte (h, w) 0..1, `height` of the face in pixels.

    What of the person never moves, because the window ends before it, is painted behind them.
    """
    if not background.replaced:
        wide = _dilate_matte(matte, MATTE_SLACK * height)
        moving = crop.mask_outside(wide, MOVING_SHARE)
        return PersonCutout(
            photo, wide, lambda: _background_frame(photo, moving, placement, format)
        )
    cut = cut_out_person(photo, matte, height, placement, format, background)
    part = placement.crop_region(crop)
    return PersonCutout(
        cut.photo, cut.alpha, lambda: composite_still(cut, cut.render_background(), placement, part)
    )


def cut_out_person(
    photo: Picture, matte: Plane, height: float, placement: scene.PhotoPlacement,
    format: VideoFormat, background: Background,
) -> PersonCutout:  # fmt: skip
    """Cut the person out, to stand before something else; all of them moves."""

    def around() -> Picture:
        wide = _dilate_matte(matte, MATTE_SLACK * height)
        return scene.lay_out(scene.inpaint_person(photo, wide), placement, format)

    cover = _fade_photo_edges(sharpen_matte(matte), placement, format)
    return PersonCutout(
        extend_foreground(photo, matte), cover, lambda: render_plate(background, format, around)
    )


def composite_still(
    cutout: PersonCutout,
    plate: Picture,
    placement: scene.PhotoPlacement,
    moving: Region | None = None,
) -> Picture:
    """Return `plate` with the person before it, but for the frame's part that is `moving`."""
    format = VideoFormat(plate.shape[1], plate.shape[0])
    share = np.zeros(plate.shape[:2], np.float32)
    inside = _visible_region(cutout.photo, placement, format).slices
    share[inside] = _visible_part(cutout.alpha, placement, format)
    if moving:
        share[moving.intersect(Region.full_frame(format)).slices] = 0
    part = np.clip(share[inside], 0, 1)[..., None]
    frame = plate.copy()
    frame[inside] = (
        plate[inside] * (1 - part) + _visible_part(cutout.photo, placement, format) * part
    ).round()
    return frame


def _dilate_matte(matte: Plane, reach: float) -> Plane:
    """Take in a little of what is around the person, softly: hair keeps its own background."""
    size = 2 * max(1, round(reach / 2)) + 1
    grown = cv2.dilate(matte, np.ones((size, size), np.uint8))
    return np.asarray(cv2.GaussianBlur(grown, (0, 0), max(0.8, reach / 3)), np.float32)


def _background_frame(
    photo: Picture, matte: Plane, place: scene.PhotoPlacement, format: VideoFormat
) -> Picture:
    """The frame without the person in `matte`; beyond the photo's edge, its surroundings."""
    around = scene.lay_out(photo, place, format)
    still = _visible_part(scene.inpaint_person(photo, matte), place, format)
    around[_visible_region(photo, place, format).slices] = still
    return around


def extend_foreground(photo: Picture, matte: Plane) -> Picture:
    """Return the photo with the person's own colours carried out over their soft edge."""
    picture = scaled(photo, min(1.0, 640 / max(photo.shape[:2])))
    sure = resized((matte > OPAQUE_MATTE).astype(np.float32), picture.shape[1], picture.shape[0])
    known = (sure > 0.99).astype(np.float32)
    if not known.any():
        return photo
    carried = scene.pull_push(picture.astype(np.float32), known)
    large = stretched(carried, photo.shape[1], photo.shape[0])
    share = np.clip((matte - 0.5) / (OPAQUE_MATTE - 0.5), 0, 1)[..., None]
    return np.asarray((photo * share + large * (1 - share)).round(), np.uint8)


def sharpen_matte(matte: Plane) -> Plane:
    low, high = MATTE_RANGE
    return np.asarray(np.clip((matte - low) / (high - low), 0, 1), np.float32)


def _fade_photo_edges(cover: Plane, place: scene.PhotoPlacement, format: VideoFormat) -> Plane:
    """Let the cover end softly where the frame shows the photo's end."""
    height, width = cover.shape
    right, bottom = place.left + width * place.scale, place.top + height * place.scale
    cover = cover.copy()
    if place.left > 0:
        _round_shoulder(cover)
    if right < format.width:
        _round_shoulder(cover[:, ::-1])
    down = _ramp(height, place.top > 0, bottom < format.height)
    return np.asarray(cover * down[:, None], np.float32)


def _round_shoulder(cover: Plane) -> None:
    """Where the left side cuts through the person, let the shoulder fall in a curve; in place."""
    height, width = cover.shape
    reach = min(max(2, round(SHOULDER_REACH * width)), width)
    tops = np.flatnonzero(cover[:, reach - 1] > 0.5)
    if not len(tops) or cover[:, 0].max() < 0.5:
        return
    reach = min(reach, max(2, height - int(tops[0])))
    out = 1 - (np.arange(reach, dtype=np.float32) + 0.5) / reach
    falls = tops[0] + (height - tops[0]) * (1 - np.sqrt(1 - out**2))
    soft = max(1.0, SHOULDER_SOFTNESS * width)
    below = (np.arange(height, dtype=np.float32)[:, None] - falls) / soft
    cover[:, :reach] *= np.clip(below + 0.5, 0, 1)


def _ramp(size: int, first: bool, last: bool) -> Plane:
    """Return 1 along a side, falling to 0 at the ends that are named."""
    at = (np.arange(size, dtype=np.float32) + 0.5) / (CUT_FADE * size)
    ramp = np.ones(size, np.float32)
    if first:
        ramp = np.minimum(ramp, at)
    return np.minimum(ramp, at[::-1]) if last else ramp


def _visible_part(image: A, place: scene.PhotoPlacement, format: VideoFormat) -> A:
    """Return the part of `image` that the frame shows, at the frame's scale."""
    part = _visible_region(image, place, format).shift(-place.left, -place.top)
    return scaled(image, place.scale)[part.slices]  # type: ignore[return-value]


def _visible_region(
    photo: NDArray[Any], place: scene.PhotoPlacement, format: VideoFormat
) -> Region:
    """Return the part of the frame on which the photo lies."""
    return place.photo_region(photo.shape[1], photo.shape[0]).intersect(Region.full_frame(format))
