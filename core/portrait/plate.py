"""The background plate: the frame without the person, blurred, plain or from a picture."""

from collections.abc import Callable

import numpy as np

from core.look import Background
from core.pixels import scaled, softened
from core.portrait.load import load_photo
from core.video import Picture, VideoFormat

BLUR_SHARE = 0.03
"""Standard deviation of the background's blur, as a share of the frame's height."""


def render_plate(
    background: Background, format: VideoFormat, photo_background: Callable[[], Picture]
) -> Picture:
    """Return the frame's background; `photo_background` renders the photo's own.

    Raises:
        BadPhoto: the background's picture cannot be used.
    """
    height, width = format.height, format.width
    if background.kind == "blurred":
        return softened(photo_background(), max(2.0, BLUR_SHARE * height), 4)
    if background.kind == "colour":
        colour = [int(background.colour[i : i + 2], 16) for i in (1, 3, 5)]
        return np.full((height, width, 3), colour, np.uint8)
    if background.kind == "transparent":
        return np.zeros((height, width, 3), np.uint8)
    if background.kind == "picture":
        return crop_to_fill(load_photo(background.picture, 2 * max(width, height)), width, height)
    return photo_background()


def crop_to_fill(picture: Picture, width: int, height: int) -> Picture:
    """Return `picture` scaled and cropped at its centre to fill the size."""
    large = scaled(picture, max(width / picture.shape[1], height / picture.shape[0]))
    top, left = (large.shape[0] - height) // 2, (large.shape[1] - width) // 2
    return large[top : top + height, left : left + width]
