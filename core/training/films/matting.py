"""Mattes of the person in some pictures of a segment, and its plate: the background without them.

The mattes are those by which a photo is taken apart before its own background when it is live, and
in the studio: `core.portrait.matting.matte_with_loose_hair`.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from core.perception.face.finder import Face
from core.pixels import dilated
from core.portrait.analysis import matte_levels
from core.portrait.face_crop import face_height
from core.portrait.inpainting import BACKGROUND_BELOW, fill_with_texture, pull_push
from core.portrait.matte_refinement import refine_matte
from core.portrait.matting import FILL_MARGIN, matte_with_loose_hair
from core.training.films.face_tracking import FaceSegment, FaceTracker
from core.training.films.segment_files import SegmentMatting
from core.video import Picture

MATTE_EVERY = 24
"""Pictures from one that is matted to the next: about a second, and whole latents."""

Plane = NDArray[np.float32]


def matte_segment(
    segment: FaceSegment,
    pictures: Sequence[Picture],
    crops: Sequence[Picture],
    finder: FaceTracker,
) -> SegmentMatting:
    """Matte every MATTE_EVERY-th picture of a segment, and make its plate of them.

    pictures: of the film; crops: what the segment's window shows of each, (side, side, 3).
    """
    matted = range(0, len(crops), MATTE_EVERY)
    shown = [crops[number] for number in matted]
    alphas = [_alpha(segment, number, pictures[number], crops[number], finder) for number in matted]
    height = max(face_height(_in_crop(segment, number, len(shown[0]))) for number in matted)
    plate = make_plate(shown, alphas, FILL_MARGIN * height)
    return SegmentMatting([matte_levels(alpha) for alpha in alphas], plate)


def make_plate(crops: Sequence[Picture], alphas: Sequence[Plane], margin: float) -> Picture:
    """Return the mean of what pictures show beyond a margin, in pixels, around the person.

    What none of them shows is inpainted; if nothing is left to do so from, it is the mean of all.
    """
    reach = max(1, round(margin))
    clear = np.stack([dilated(alpha, reach) < BACKGROUND_BELOW for alpha in alphas])
    count = clear.sum(0)
    if not count.any():
        return _rounded(np.mean(crops, 0))
    mean = (clear[..., None] * np.stack(crops)).sum(0) / np.maximum(count, 1)[..., None]
    filled = pull_push(mean.astype(np.float32), (count > 0).astype(np.float32))
    return _rounded(fill_with_texture(filled, count > 0))


def _alpha(
    segment: FaceSegment, number: int, picture: Picture, crop: Picture, finder: FaceTracker
) -> Plane:
    """Return the person's alpha in a crop, (side, side).

    The matte is that of the film's picture, which shows more of the person than the crop does.
    """
    matte = finder.matte(picture, Face.around(segment.landmarks[number], 1.0))
    landmarks = _in_crop(segment, number, len(crop))
    coarse = segment.window.extract(matte, len(crop)).clip(0, 1)
    refined = refine_matte(crop, coarse, landmarks)
    return matte_with_loose_hair(crop, refined, face_height(landmarks)).alpha


def _in_crop(segment: FaceSegment, number: int, side: int) -> Plane:
    """Return the landmarks of a picture, (478, 2), in pixels of its crop."""
    units = segment.window.to_units(segment.landmarks[number, :, :2])
    return np.asarray((units + 1) * (side / 2) - 0.5, np.float32)


def _rounded(picture: NDArray[np.floating]) -> Picture:
    return np.asarray(picture.round().clip(0, 255), np.uint8)
