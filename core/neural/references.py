"""Reference frames: a profile's photos cropped for an avatar model, and the frame around them."""

from typing import NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from core.look import AS_PHOTO, Background
from core.model.avatar import AvatarConfig
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
from core.video import Picture, VideoFormat

ByteMask = NDArray[np.uint8]


class ReferenceFrames(NamedTuple):
    """One profile's references for one model, and where they go in frames of one format."""

    references: Tensor
    """The model's input: (1, references, 3, size, size) in [-1, 1]."""
    crops: tuple[Picture, ...]
    """The same squares of the photos at the frame's scale, (side, side, 3) each."""
    backdrop: Picture
    """The frame around the first crop."""
    origin: tuple[int, int]
    """Where that crop lies in the frame: x, y of its first pixel, maybe outside."""
    mattes: tuple[ByteMask, ...] = ()
    """The person's alpha in each crop, (side, side) 0 to 255; none without a plate."""
    plate: Picture | None = None
    """The replaced background of the whole frame, if there is one."""

    @property
    def side(self) -> int:
        """Pixels of a crop's side at the frame's scale."""
        return len(self.crops[0])


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
    cutout = cut_out_person(photos[0], mattes[0], person, placement, format, background)
    plate = cutout.render_background()
    backdrop = composite_still(cutout, plate, placement)
    if not background.replaced:
        squares = tuple(c.extract(p, side) for c, p in zip(crops, photos, strict=True))
        return ReferenceFrames(references, squares, backdrop, origin)
    others = (matte_photo(one.photo, one.matte, face_height(one.landmarks)) for one in people[1:])
    people_only = [
        (cutout.photo, cutout.alpha),
        *((layers.person, layers.alpha) for layers in others),
    ]
    each = list(zip(crops, people_only, strict=True))
    squares = tuple(c.extract(photo, side) for c, (photo, _) in each)
    alphas = tuple(_to_bytes(c.extract(alpha, side)) for c, (_, alpha) in each)
    return ReferenceFrames(references, squares, backdrop, origin, alphas, plate)


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
