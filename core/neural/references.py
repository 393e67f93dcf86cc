"""Photos prepared for an avatar model: the squares it sees, and the frame around them."""

from typing import NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from core.look import AS_PHOTO, Background
from core.model.avatar import AvatarConfig
from core.perception.face.alignment import Landmarks
from core.perception.face.topology import OVAL
from core.portrait import placement as scene
from core.portrait.analysis import analyse
from core.portrait.backdrop import (
    Plane,
    composite_still,
    cut_out_person,
    extend_foreground,
    sharpen_matte,
)
from core.portrait.face_crop import FaceCrop, face_height
from core.profile import Profile
from core.video import Picture, VideoFormat

ByteMask = NDArray[np.uint8]


class ReferenceFrames(NamedTuple):
    """One profile before one model, in frames of one format."""

    references: Tensor
    """What the model sees: (1, references, 3, size, size) in [-1, 1]."""
    crops: tuple[Picture, ...]
    """The same squares as large as they are shown, (side, side, 3) each."""
    backdrop: Picture
    """The frame around the first square."""
    origin: tuple[int, int]
    """Where that square lies in the frame: x, y of its first pixel, maybe outside."""
    mattes: tuple[ByteMask, ...] = ()
    """How much of each square is the person's, (side, side) 0 to 255; none: all is shown."""
    plate: Picture | None = None
    """What fills the frame where the person is not, if that is not what the photo shows."""

    @property
    def side(self) -> int:
        """Pixels of a square's side as it is shown."""
        return len(self.crops[0])


def prepare_references(
    profile: Profile,
    format: VideoFormat,
    config: AvatarConfig,
    background: Background = AS_PHOTO,
) -> ReferenceFrames:
    """Take the face in each of a profile's photos and cut out what the model sees.

    Raises:
        BadPhoto, NoFace, SeveralFaces: a photo cannot be used, or the background's picture.
    """
    people = [analyse(profile, number) for number in range(len(profile.references))]
    photos, mattes = [one.photo for one in people], [one.matte for one in people]
    windows = [_face_crop(one.landmarks, config) for one in people]
    first, height = windows[0], windows[0].half / config.crop_half_size
    size = (photos[0].shape[1], photos[0].shape[0])
    face = (first.x, first.y - config.crop_offset * height, height)
    place = scene.place_photo(size, face, format, profile.framing)
    windows[0] = first = first.snap(place.scale)
    shown = place.crop_region(first)
    views = [w.extract(p, config.vae.size) for w, p in zip(windows, photos, strict=True)]
    references, corner, side = _as_tensor(views)[None], (shown.left, shown.top), shown.size[0]
    if not background.replaced:
        squares = tuple(w.extract(p, side) for w, p in zip(windows, photos, strict=True))
        return ReferenceFrames(references, squares, scene.lay_out(photos[0], place, format), corner)
    cut = cut_out_person(photos[0], mattes[0], height, place, format, background)
    others = zip(photos[1:], mattes[1:], strict=True)
    parts = [
        (cut.photo, cut.alpha),
        *((extend_foreground(p, m), sharpen_matte(m)) for p, m in others),
    ]
    squares = tuple(w.extract(p, side) for w, (p, _) in zip(windows, parts, strict=True))
    covers = tuple(_to_bytes(w.extract(c, side)) for w, (_, c) in zip(windows, parts, strict=True))
    plate = cut.render_background()
    return ReferenceFrames(
        references, squares, composite_still(cut, plate, place), corner, covers, plate
    )


def _to_bytes(share: Plane) -> ByteMask:
    return np.asarray((255 * share.clip(0, 1)).round(), np.uint8)


def _face_crop(landmarks: Landmarks, config: AvatarConfig) -> FaceCrop:
    height = face_height(landmarks)
    x, y = (landmarks[list(OVAL), :2].mean(0) + 0.5).tolist()  # counted from the edge
    return FaceCrop(x, y + config.crop_offset * height, config.crop_half_size * height)


def _as_tensor(pictures: list[Picture]) -> Tensor:
    """Return pictures (n, 3, h, w) in [-1, 1]."""
    stack = np.stack(pictures).astype(np.float32) / 127.5 - 1
    return torch.from_numpy(stack).permute(0, 3, 1, 2).contiguous()
