"""The backdrop, a frame's still part: the background, and what of the person never moves."""

from collections.abc import Callable
from typing import Any, NamedTuple, TypeVar

import cv2
import numpy as np
from numpy.typing import NDArray

from core.look import Background
from core.pixels import scaled
from core.portrait.face_crop import FaceCrop
from core.portrait.matting import MattedPhoto, matte_photo
from core.portrait.placement import PhotoPlacement
from core.portrait.plate import render_plate
from core.portrait.region import Region
from core.portrait.surroundings import lay_out
from core.video import Picture, VideoFormat

MOVING_SHARE = 0.98
"""Share of the face crop within which anything moves."""

MATTE_SLACK = 0.012
"""How much of what is around the person moves along before the photo's own background: face
heights. Loose hair lies there."""

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
    whole = cut_out_person(photo, matte, height, placement, format, background)
    region = placement.crop_region(crop)

    def render_background() -> Picture:
        return composite_still(whole, whole.render_background(), placement, region)

    return whole._replace(render_background=render_background)


def cut_out_person(
    photo: Picture, matte: Plane, height: float, placement: PhotoPlacement,
    format: VideoFormat, background: Background,
) -> PersonCutout:  # fmt: skip
    """Cut the whole figure out; what is behind it is the background alone, beyond the photo too.

    Where the frame shows the photo's edge, the person ends before it. Before the photo's own
    background a person at rest looks as in the photo.
    """
    layers = matte_photo(photo, matte, height)
    person, alpha = layers.person, layers.alpha
    if not background.replaced:
        person, alpha = _with_surroundings(layers, MATTE_SLACK * height)
    if not placement.bars:
        alpha = _fade_photo_edges(alpha, placement, format)

    def photo_background() -> Picture:
        return lay_out(layers.background, placement, format)

    return PersonCutout(person, alpha, lambda: render_plate(background, format, photo_background))


def _with_surroundings(layers: MattedPhoto, slack: float) -> tuple[Picture, Plane]:
    """Let a little of what is around the person move along, for the matte may miss some hair."""
    wide = np.maximum(_dilate_matte(layers.alpha, slack), layers.alpha)
    edge = (wide > 0) & (layers.alpha < 1)
    share = (layers.alpha[edge] / wide[edge])[:, None]
    person = layers.person.copy()
    person[edge] = (layers.person[edge] * share + layers.background[edge] * (1 - share)).round()
    return person, wide


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
