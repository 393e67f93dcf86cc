"""The backdrop, a frame's still part: the background, and what of the person never moves."""

from collections.abc import Callable
from typing import Any, NamedTuple, TypeVar

import cv2
import numpy as np
from numpy.typing import NDArray

from core.look import Background
from core.pixels import resized, scaled, stretched
from core.portrait.face_crop import FaceCrop
from core.portrait.placement import PhotoPlacement, inpaint_person, lay_out, pull_push
from core.portrait.plate import render_plate
from core.portrait.region import Region
from core.video import Picture, VideoFormat

MOVING_SHARE = 0.98
"""Share of the face crop within which anything moves."""

MATTE_SLACK = 0.03
"""How far the matte may miss the person's edge, face heights."""

OPAQUE_MATTE = 0.97
"""Matte from which a pixel shows nothing but the person."""

MATTE_RANGE = (0.2, 0.8)
"""Matte from which to which the alpha rises before a replaced background; fainter is a halo."""

CUT_FADE = 0.02
"""Share of the photo's height in which a person whom its edge cuts off fades out."""

SHOULDER_REACH, SHOULDER_SOFTNESS = 0.2, 0.004
"""Shares of the photo's width: within which a cut-off shoulder is rounded, and how softly."""

Plane = NDArray[np.float32]

A = TypeVar("A", bound=NDArray[Any])


class PersonCutout(NamedTuple):
    """The person cut out of a photo, and the background for one frame."""

    photo: Picture
    """Its colours are the person's own wherever `alpha` is not 0."""
    alpha: Plane
    """(h, w) 0..1 of the photo's pixels."""
    render_background: Callable[[], Picture]
    """Renders the frame that the person is composited onto; for any thread.

    Raises:
        BadPhoto: the background's picture cannot be used.
    """


def separate_person(
    photo: Picture, matte: Plane, height: float, crop: FaceCrop, placement: PhotoPlacement,
    format: VideoFormat, background: Background,
) -> PersonCutout:  # fmt: skip
    """Separate the moving person from the backdrop; matte (h, w) 0..1, face `height` in pixels.

    What of the person lies beyond the crop, and so never moves, is part of the background.
    """
    if not background.replaced:
        wide = _dilate_matte(matte, MATTE_SLACK * height)
        moving = crop.mask_outside(wide, MOVING_SHARE)
        return PersonCutout(
            photo, wide, lambda: _background_frame(photo, moving, placement, format)
        )
    whole = cut_out_person(photo, matte, height, placement, format, background)
    region = placement.crop_region(crop)

    def render_background() -> Picture:
        return composite_still(whole, whole.render_background(), placement, region)

    return whole._replace(render_background=render_background)


def cut_out_person(
    photo: Picture, matte: Plane, height: float, placement: PhotoPlacement,
    format: VideoFormat, background: Background,
) -> PersonCutout:  # fmt: skip
    """Cut the person out for a replaced background; the whole figure moves."""

    def photo_background() -> Picture:
        wide = _dilate_matte(matte, MATTE_SLACK * height)
        return lay_out(inpaint_person(photo, wide), placement, format)

    return PersonCutout(
        extend_foreground(photo, matte),
        _fade_photo_edges(sharpen_matte(matte), placement, format),
        lambda: render_plate(background, format, photo_background),
    )


def composite_still(
    cutout: PersonCutout,
    plate: Picture,
    placement: PhotoPlacement,
    moving: Region | None = None,
) -> Picture:
    """Composite the person onto `plate`, but for the frame's region that is `moving`."""
    format = VideoFormat(plate.shape[1], plate.shape[0])
    whole = np.zeros(plate.shape[:2], np.float32)
    visible = _visible_region(cutout.photo, placement, format).slices
    whole[visible] = _visible_part(cutout.alpha, placement, format)
    if moving:
        whole[moving.intersect(Region.full_frame(format)).slices] = 0
    alpha = np.clip(whole[visible], 0, 1)[..., None]
    person = _visible_part(cutout.photo, placement, format)
    frame = plate.copy()
    frame[visible] = (plate[visible] * (1 - alpha) + person * alpha).round()
    return frame


def _dilate_matte(matte: Plane, reach: float) -> Plane:
    """Dilate and blur the matte: hair keeps its own background."""
    size = 2 * max(1, round(reach / 2)) + 1
    dilated = cv2.dilate(matte, np.ones((size, size), np.uint8))
    return np.asarray(cv2.GaussianBlur(dilated, (0, 0), max(0.8, reach / 3)), np.float32)


def _background_frame(
    photo: Picture, matte: Plane, placement: PhotoPlacement, format: VideoFormat
) -> Picture:
    """Return the frame with the person inpainted; beyond the photo's edge, its surroundings."""
    frame = lay_out(photo, placement, format)
    inpainted = _visible_part(inpaint_person(photo, matte), placement, format)
    frame[_visible_region(photo, placement, format).slices] = inpainted
    return frame


def extend_foreground(photo: Picture, matte: Plane) -> Picture:
    """Extend the person's colours over their soft edge: no old background bleeds into the new."""
    small = scaled(photo, min(1.0, 640 / max(photo.shape[:2])))
    opaque = resized((matte > OPAQUE_MATTE).astype(np.float32), small.shape[1], small.shape[0])
    known = (opaque > 0.99).astype(np.float32)
    if not known.any():
        return photo
    foreground = pull_push(small.astype(np.float32), known)
    large = stretched(foreground, photo.shape[1], photo.shape[0])
    share = np.clip((matte - 0.5) / (OPAQUE_MATTE - 0.5), 0, 1)[..., None]
    return np.asarray((photo * share + large * (1 - share)).round(), np.uint8)


def sharpen_matte(matte: Plane) -> Plane:
    """Return the matte with its soft edge narrowed to `MATTE_RANGE`."""
    low, high = MATTE_RANGE
    return np.asarray(np.clip((matte - low) / (high - low), 0, 1), np.float32)


def _fade_photo_edges(alpha: Plane, placement: PhotoPlacement, format: VideoFormat) -> Plane:
    """Fade the alpha out where the frame shows the photo's edge."""
    height, width = alpha.shape
    right, bottom = (
        placement.left + width * placement.scale,
        placement.top + height * placement.scale,
    )
    alpha = alpha.copy()
    if placement.left > 0:
        _round_shoulder(alpha)
    if right < format.width:
        _round_shoulder(alpha[:, ::-1])
    down = _ramp(height, placement.top > 0, bottom < format.height)
    return np.asarray(alpha * down[:, None], np.float32)


def _round_shoulder(alpha: Plane) -> None:
    """Where the left side cuts through the person, round the shoulder off; in placement."""
    height, width = alpha.shape
    reach = min(max(2, round(SHOULDER_REACH * width)), width)
    tops = np.flatnonzero(alpha[:, reach - 1] > 0.5)
    if not len(tops) or alpha[:, 0].max() < 0.5:
        return
    reach = min(reach, max(2, height - int(tops[0])))
    away = 1 - (np.arange(reach, dtype=np.float32) + 0.5) / reach
    outline = tops[0] + (height - tops[0]) * (1 - np.sqrt(1 - away**2))
    softness = max(1.0, SHOULDER_SOFTNESS * width)
    below = (np.arange(height, dtype=np.float32)[:, None] - outline) / softness
    alpha[:, :reach] *= np.clip(below + 0.5, 0, 1)


def _ramp(size: int, first: bool, last: bool) -> Plane:
    """Return a ramp along one side: 1, linear to 0 at the ends that are named."""
    at = (np.arange(size, dtype=np.float32) + 0.5) / (CUT_FADE * size)
    ramp = np.ones(size, np.float32)
    if first:
        ramp = np.minimum(ramp, at)
    return np.minimum(ramp, at[::-1]) if last else ramp


def _visible_part(image: A, placement: PhotoPlacement, format: VideoFormat) -> A:
    """Return the part of `image` that the frame shows, at the frame's scale."""
    part = _visible_region(image, placement, format).shift(-placement.left, -placement.top)
    return scaled(image, placement.scale)[part.slices]  # type: ignore[return-value]


def _visible_region(photo: NDArray[Any], placement: PhotoPlacement, format: VideoFormat) -> Region:
    """Return the region of the frame that shows the photo."""
    return placement.photo_region(photo.shape[1], photo.shape[0]).intersect(
        Region.full_frame(format)
    )
