"""The backdrop, a frame's still part: the background, and what of the person never moves."""

import math
from collections.abc import Callable
from typing import Any, NamedTuple, TypeVar

import cv2
import numpy as np
from numpy.typing import NDArray

from core.look import Background
from core.pixels import scaled
from core.portrait.face_crop import FaceCrop
from core.portrait.matting import (
    MattedPhoto,
    erase_outline,
    matte_photo,
    matte_with_loose_hair,
)
from core.portrait.placement import PersonOutline, PhotoPlacement
from core.portrait.plate import render_plate
from core.portrait.region import Region
from core.portrait.surroundings import lay_out
from core.video import Cover, Picture, VideoFormat

MOVING_SHARE = 0.98
"""Share of the face crop within which anything moves."""

CUT_FADE, SIDE_FADE = 0.02, 0.06
"""Shares of the photo's height, and of its width, in which a person whom its edge cuts off fades
out; at the sides only what lies above the chin, hair or a hat."""

CORRECTED_BELOW, MOST_CORRECTED = 0.9, 12.0
"""Alpha below which the background makes up for errors of scaling, and grey levels at most."""

SHOULDER_REACH, SHOULDER_SOFTNESS = 0.35, 0.006
"""How far beyond the photo's side a body goes on that it cuts, and how soft that outline is; shares
of the photo's width."""

SLOPE_WIDTH = 0.04
"""Share of the photo's width over which the slope of the shoulder is measured."""

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
    complete: Callable[[Picture], Picture] = lambda plate: plate
    """Adds to a plate what of the person never moves; it may be changed in place."""

    def still_cover(self, format: VideoFormat) -> Cover:
        """Return how much of each pixel the person covers who never moves."""
        black = np.zeros((format.height, format.width, 3), np.uint8)
        seen_through = cv2.subtract(self.complete(255 - black), self.complete(black))
        return np.asarray(255 - cv2.extractChannel(seen_through, 1), np.uint8)


class StillPortrait(NamedTuple):
    """A photo taken apart, for frames of a person who does not move."""

    layers: MattedPhoto
    chin: float
    """Row of the chin, in pixels."""

    def render(self, placement: PhotoPlacement, format: VideoFormat) -> Picture:
        """Return the frame that shows the photo so, and beyond it what a stream would."""
        person, alpha, background = self.layers
        frame = lay_out(background, placement, format)
        if not placement.bars:
            alpha = _fade_photo_edges(alpha, self.chin, placement, format)
            continue_body(frame, person, alpha, self.chin, placement)
        return composite_still(PersonCutout(person, alpha, frame.copy), frame, placement)


def separate_person(
    photo: Picture, matte: Plane, outline: PersonOutline, crop: FaceCrop, placement: PhotoPlacement,
    format: VideoFormat, background: Background,
) -> PersonCutout:  # fmt: skip
    """Separate the moving person from the backdrop; matte (h, w) 0..1.

    What of the person lies beyond the crop, and so never moves, is part of the background.
    """
    whole = cut_out_person(photo, matte, outline, placement, format, background)
    region = placement.crop_region(crop)

    def complete(plate: Picture) -> Picture:
        return composite_still(whole, whole.complete(plate), placement, region)

    def render_background() -> Picture:
        return composite_still(whole, whole.render_background(), placement, region)

    return whole._replace(render_background=render_background, complete=complete)


def cut_out_person(
    photo: Picture, matte: Plane, outline: PersonOutline, placement: PhotoPlacement,
    format: VideoFormat, background: Background, *, moves: bool = False,
) -> PersonCutout:  # fmt: skip
    """Cut the whole figure out; what is behind it is the background alone, beyond the photo too.

    Where the frame shows the photo's edge, the person ends before it. Before the photo's own
    background a person at rest looks as in the photo; one who `moves` leaves no outline there.
    """
    matting = matte_photo if background.replaced else matte_with_loose_hair
    person, alpha, behind = layers = matting(photo, matte, outline.height)
    if moves:
        behind = erase_outline(layers, outline.height)
    if not placement.bars:
        alpha = _fade_photo_edges(alpha, outline.chin, placement, format)

    def photo_background() -> Picture:
        frame = lay_out(behind, placement, format)
        if not (background.replaced or moves):
            _correct_edge(frame, photo, person, alpha, placement)
        return frame

    def complete(plate: Picture) -> Picture:
        if not placement.bars:
            continue_body(plate, person, alpha, outline.chin, placement)
        return plate

    def render_background() -> Picture:
        return complete(render_plate(background, format, photo_background))

    return PersonCutout(person, alpha, render_background, complete)


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


def _correct_edge(
    frame: Picture, photo: Picture, person: Picture, alpha: Plane, placement: PhotoPlacement
) -> None:
    """Make up in the background for what scaling each layer on its own does to the person's edge:
    at rest it looks as in the photo; in place."""
    format = VideoFormat(frame.shape[1], frame.shape[0])
    cover = _visible_part(alpha, placement, format)
    edge = (cover > 0) & (cover < CORRECTED_BELOW)
    share = cover[edge][:, None].clip(0, 1)
    seen, own = (_visible_part(layer, placement, format)[edge] for layer in (photo, person))
    below = frame[_visible_region(photo, placement, format).slices]
    missing = seen - own * share - below[edge] * (1 - share)
    missing = (missing / (1 - share)).clip(-MOST_CORRECTED, MOST_CORRECTED)
    below[edge] = (below[edge] + missing).round().clip(0, 255)


def _fade_photo_edges(
    alpha: Plane, chin: float, placement: PhotoPlacement, format: VideoFormat
) -> Plane:
    """Fade the alpha out where the frame shows the photo's edge; bodies go on, `continue_body`."""
    height, width = alpha.shape
    bottom = placement.top + height * placement.scale
    right = placement.left + width * placement.scale
    down = _ramp(height, CUT_FADE, placement.top > 0, bottom < format.height)
    alpha = alpha * down[:, None]
    for side, seen in ((alpha, placement.left > 0), (alpha[:, ::-1], right < format.width)):
        if seen:
            side[: max(0, round(chin))] *= _ramp(width, SIDE_FADE, True, False)
    return np.asarray(alpha, np.float32)


def continue_body(
    frame: Picture, photo: Picture, alpha: Plane, chin: float, placement: PhotoPlacement
) -> None:
    """Where the frame shows a side of the photo that cuts the body, let a still shoulder go on
    beyond it, mirrored and rounded off; in place."""
    format = VideoFormat(frame.shape[1], frame.shape[0])
    seen = _visible_region(photo, placement, format)
    person = _visible_part(photo, placement, format)
    cover = _visible_part(alpha, placement, format)
    rows = frame[seen.top : seen.bottom]
    first = round(placement.top + chin * placement.scale) - seen.top
    if seen.left > 0:
        _continue_left(rows[:, : seen.left][:, ::-1], person, cover, first)
    if seen.right < format.width:
        _continue_left(rows[:, seen.right :], person[:, ::-1], cover[:, ::-1], first)


def _continue_left(beyond: Picture, person: Picture, cover: Plane, first: int) -> None:
    """Continue the body from row `first` in `beyond`, outwards from the left side of `person`."""
    height, width = cover.shape
    top = max(first, _cut_row(cover))
    if top >= height:
        return
    inside = max(1, round(SLOPE_WIDTH * width))
    body = cover[:, inside] > 0.5
    slope = (top - int(np.argmax(body[: top + 1]))) / inside if body[: top + 1].any() else 0.0
    reach = SHOULDER_REACH * width
    away = np.arange(min(math.ceil(reach), beyond.shape[1]), dtype=np.float32) + 0.5
    falls = np.clip(slope, 0.0, 1.5) * away
    falls += (height - top) * (1 - np.sqrt(1 - np.minimum(away / reach, 1) ** 2))
    softness = max(1.0, SHOULDER_SOFTNESS * width)
    below = (np.arange(height, dtype=np.float32)[:, None] - top - falls) / softness
    share = (np.clip(below + 0.5, 0, 1) * cover[:, : len(away)])[..., None]
    part = beyond[:, : len(away)]
    part[:] = (part * (1 - share) + person[:, : len(away)] * share).round()


def _cut_row(cover: Plane) -> int:
    """Return the row from which the left side cuts the body, all the way down; or the height."""
    flags = cover[:, 0] > 0.5
    return 0 if flags.all() else len(flags) - int(np.argmin(flags[::-1]))


def _ramp(size: int, fade: float, first: bool, last: bool) -> Plane:
    """Return a ramp along one side: 1, linear to 0 at the ends that are named."""
    at = (np.arange(size, dtype=np.float32) + 0.5) / (fade * size)
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
