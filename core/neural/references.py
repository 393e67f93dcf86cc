"""Reference frames: a profile's photos cropped for an avatar model, and the frame around them."""

import math
from typing import Any, NamedTuple, TypeVar

import cv2
import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from core.look import AS_PHOTO, Background
from core.model.avatar import AvatarConfig
from core.neural.moved_mouth import MovedMouth
from core.neural.opened_photo import EyeRegions, eye_regions
from core.perception.face.alignment import Landmarks
from core.perception.face.topology import OVAL
from core.portrait.analysis import analyse
from core.portrait.backdrop import (
    Plane,
    composite_still,
    cut_out_person,
)
from core.portrait.face_crop import FaceCrop, face_height
from core.portrait.matting import matte_photo
from core.portrait.placement import outline, place_photo
from core.profile import Profile
from core.puppet.photo_poses import opened_motion, sealed_motion
from core.video import Picture, VideoFormat

A = TypeVar("A", bound=NDArray[Any])
ByteMask = NDArray[np.uint8]

CROWN_STEP, MOST_CROWN, CROWN_SLACK = 4, 48, 4
"""Rows of the model's by which a square grows for a crown above it, and at most; how far above a
crown there is room for it to move."""
FAINT = 0.02
"""Alpha up to which nobody sees that there is a person."""


class ReferenceFrames(NamedTuple):
    """One profile's references for one model, and where they go in frames of one format."""

    references: Tensor
    """The model's input: (1, references, 3, size, size) in [-1, 1]."""
    crops: tuple[Picture, ...]
    """The same squares of the photos at the frame's scale, (rows, columns, 3) each, and what is
    above them as far as `crown` says."""
    backdrop: Picture
    """The frame around the first crop."""
    origin: tuple[int, int]
    """Where that crop lies in the frame: x, y of its first pixel, maybe outside."""
    mattes: tuple[ByteMask, ...] = ()
    """The person's alpha in each crop, (rows, columns) 0 to 255; none without a plate."""
    plate: Picture | None = None
    """The whole frame's background without the person; None where the model moves the photo's
    own with them."""
    crown: int = 0
    """Rows of the model's by which crops begin above its squares: hair moves as a whole."""
    eyes: EyeRegions | None = None
    """Of the first photo, if its lips are sealed and the last reference is the same one, its mouth
    opened and its eyes shut."""


def prepare_references(
    profile: Profile,
    format: VideoFormat,
    config: AvatarConfig,
    background: Background = AS_PHOTO,
) -> ReferenceFrames:
    """Crop the face of each of a profile's photos as the model was trained to see it.

    Raises:
        BadPhoto, NoFace, SeveralFaces: a photo cannot be used, or the background's picture.
    """
    people = [analyse(profile, index) for index in range(len(profile.references))]
    photos, mattes = [one.photo for one in people], [one.matte for one in people]
    crops = [_face_crop(one.landmarks, config) for one in people]
    person = outline(people[0].landmarks, mattes[0])
    size = (photos[0].shape[1], photos[0].shape[0])
    placement = place_photo(size, person, format, profile.framing)
    crops[0] = first = crops[0].snap(placement.scale)
    region = placement.crop_region(first)
    inputs = [c.extract(p, config.vae.size) for c, p in zip(crops, photos, strict=True)]
    references, origin, side = _as_tensor(inputs)[None], (region.left, region.top), region.size[0]
    around = placement, format, background
    cutout = cut_out_person(photos[0], mattes[0], person, *around, moves=config.vae.layered)
    plate = cutout.render_background()
    backdrop = composite_still(cutout, plate, placement)
    if not (background.replaced or config.vae.layered):
        squares = tuple(c.extract(p, side) for c, p in zip(crops, photos, strict=True))
        return ReferenceFrames(references, squares, backdrop, origin)
    others = (matte_photo(one.photo, one.matte, face_height(one.landmarks)) for one in people[1:])
    people_only = [
        (cutout.photo, cutout.alpha),
        *((layers.person, layers.alpha) for layers in others),
    ]
    each = list(zip(crops, people_only, strict=True))
    crown = _crown_rows(first, cutout.alpha, config.vae.size) if config.vae.layered else 0
    above = round(side * crown / config.vae.size)
    squares = tuple(_extract_with_crown(c, photo, side, above) for c, (photo, _) in each)
    alphas = tuple(_to_bytes(_extract_with_crown(c, alpha, side, above)) for c, (_, alpha) in each)
    origin = region.left, region.top - above
    frames = ReferenceFrames(references, squares, backdrop, origin, alphas, plate, crown)
    if not config.vae.opened:
        return frames
    landmarks, scale = people[0].landmarks, side / (2 * first.half)
    mouth = MovedMouth(cutout.photo, cutout.alpha, landmarks, scale, people[1:])
    seen = _in_crop(landmarks, first)
    frames = frames._replace(eyes=eye_regions(seen, config.vae.size))
    return _with_mouths(frames, mouth, first, first.extract(photos[0], side))


def _with_mouths(
    frames: ReferenceFrames, mouth: MovedMouth, crop: FaceCrop, whole: Picture
) -> ReferenceFrames:
    """Seal the lips of the first photo, and add it once more, its mouth open and its eyes shut.

    whole: what the crop shows of the photo, at the frame's scale.
    """
    square, size = frames.crops[0], frames.references.shape[-1]
    above = len(square) - len(whole)
    padded = np.concat([square[:above], whole])
    pictures, seen = [], []
    for motion in (sealed_motion(1), opened_motion(1)):
        face = mouth.paint(crop, square.shape[:2], motion)
        pictures.append(face.onto(square))
        small = cv2.resize(face.onto(padded)[above:], (size, size), interpolation=cv2.INTER_AREA)
        seen.append(np.asarray(small, np.uint8))
    mouths = _as_tensor(seen)[None]
    first, last = mouths[:, :1], mouths[:, 1:]
    sealed, opened = pictures
    return frames._replace(
        references=torch.cat([first, frames.references[:, 1:], last], 1),
        crops=(sealed, *frames.crops[1:], opened),
        mattes=(*frames.mattes, frames.mattes[0]),
    )


def _in_crop(landmarks: Landmarks, crop: FaceCrop) -> Tensor:
    """Return where landmarks lie in a crop, (478, 2), -1 to 1."""
    places = torch.from_numpy(landmarks[:, :2].astype(np.float32)) + 0.5  # counted from the edge
    return (places - torch.tensor([crop.x, crop.y])) / crop.half


def _crown_rows(crop: FaceCrop, alpha: Plane, size: int) -> int:
    """Return by how many rows, of `size`, a crop has to grow for the whole crown to be in it."""
    row = 2 * crop.half / size
    columns = slice(max(0, round(crop.x - crop.half)), max(0, round(crop.x + crop.half)))
    seen = np.flatnonzero(alpha[:, columns].max(1, initial=0) > FAINT)
    if not len(seen):
        return 0
    missing = (crop.y - crop.half - int(seen[0])) / row + CROWN_SLACK
    return min(MOST_CROWN, CROWN_STEP * max(0, math.ceil(missing / CROWN_STEP)))


def _extract_with_crown(crop: FaceCrop, image: A, side: int, above: int) -> A:
    """Resample a crop, and so many rows above it: (above + side, side[, channels])."""
    if not above:
        return crop.extract(image, side)
    wide = FaceCrop(crop.x, crop.y, crop.half * (1 + 2 * above / side))
    rows, columns = slice(0, above + side), slice(above, above + side)
    return wide.extract(image, side + 2 * above)[rows, columns]  # type: ignore[return-value]


def _to_bytes(alpha: Plane) -> ByteMask:
    return np.asarray((255 * alpha.clip(0, 1)).round(), np.uint8)


def _face_crop(landmarks: Landmarks, config: AvatarConfig) -> FaceCrop:
    height = face_height(landmarks)
    x, y = (landmarks[list(OVAL), :2].mean(0) + 0.5).tolist()  # counted from the edge
    return FaceCrop(x, y + config.crop_offset * height, config.crop_half_size * height)


def _as_tensor(pictures: list[Picture]) -> Tensor:
    """Return pictures (n, 3, h, w) in [-1, 1]."""
    stack = np.stack(pictures).astype(np.float32) / 127.5 - 1
    return torch.from_numpy(stack).permute(0, 3, 1, 2).contiguous()
