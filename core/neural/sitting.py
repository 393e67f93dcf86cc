"""Photos prepared for an avatar model: the squares it sees, and the frame around them."""

from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor

from core.model.avatar import AvatarConfig
from core.perception.face import Face, FaceFinder
from core.photo.load import load_photo
from core.profile import Profile
from core.puppet import scene
from core.puppet.topology import OVAL
from core.puppet.window import Window, face_height
from core.video import Picture, VideoFormat

LONGEST = 2400
"""Pixels of a photo's longer side that are read."""


class Sitting(NamedTuple):
    """One profile before one model, in frames of one format."""

    references: Tensor
    """What the model sees: (1, references, 3, size, size) in [-1, 1]."""
    squares: tuple[Picture, ...]
    """The same squares as large as they are shown, (side, side, 3) each."""
    backdrop: Picture
    """The frame around the first square."""
    corner: tuple[int, int]
    """Where that square lies in the frame: x, y of its first pixel, maybe outside."""

    @property
    def side(self) -> int:
        """Pixels of a square's side as it is shown."""
        return len(self.squares[0])


def sit(profile: Profile, format: VideoFormat, config: AvatarConfig) -> Sitting:
    """Find the face in each of a profile's photos and cut out what the model sees.

    Raises:
        BadPhoto, NoFace, SeveralFaces: a photo cannot be used.
    """
    finder = FaceFinder()
    photos = [load_photo(path, LONGEST) for path in profile.references]
    windows = [_window(finder.face(photo), config) for photo in photos]
    first, height = windows[0], windows[0].half / config.reach
    size = (photos[0].shape[1], photos[0].shape[0])
    face = (first.x, first.y - config.drop * height, height)
    place = scene.place(size, face, format, profile.framing)
    windows[0] = first = first.snapped(place.scale)
    shown = place.window(first)
    squares = tuple(w.cut(p, shown.size[0]) for w, p in zip(windows, photos, strict=True))
    seen = [w.cut(p, config.vae.size) for w, p in zip(windows, photos, strict=True)]
    backdrop = scene.lay_out(photos[0], place, format)
    return Sitting(_tensors(seen)[None], squares, backdrop, (shown.left, shown.top))


def _window(face: Face, config: AvatarConfig) -> Window:
    height = face_height(face.landmarks)
    x, y = (face.landmarks[list(OVAL), :2].mean(0) + 0.5).tolist()  # counted from the edge
    return Window(x, y + config.drop * height, config.reach * height)


def _tensors(pictures: list[Picture]) -> Tensor:
    """Return pictures (n, 3, h, w) in [-1, 1]."""
    stack = np.stack(pictures).astype(np.float32) / 127.5 - 1
    return torch.from_numpy(stack).permute(0, 3, 1, 2).contiguous()
