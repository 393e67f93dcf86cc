"""What is found in a profile's photo, whatever framing and background are chosen later."""

from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from core.photo.load import load_photo
from core.profile import Profile
from core.video import Picture

LONGEST = 2400
"""Pixels of the photo's longer side that are read: enough for a tight crop at 1080p."""


class Seen(NamedTuple):
    """What was found in a photo, which no framing or background changes; not to be written to."""

    photo: Picture
    matte: NDArray[np.float32]
    landmarks: NDArray[np.float32]


def seen(profile: Profile) -> Seen:
    """Look for the person in the profile's first photo, or remember one of the last two.

    Raises:
        BadPhoto, NoFace, SeveralFaces: it cannot be used.
        BadCheckpoint: the face finder's weights are damaged.
    """
    path = profile.references[0]
    return _seen(path, path.stat().st_mtime_ns if path.exists() else 0)


@lru_cache(maxsize=2)
def _seen(path: Path, _: int) -> Seen:
    from core.perception.face import FaceFinder  # with its networks, and torch

    photo, finder = load_photo(path, LONGEST), FaceFinder()
    face = finder.face(photo)
    return Seen(photo, finder.matte(photo, face), face.landmarks)
