"""The visible mark that a picture is AI-generated, drawn where the picture is made."""

from dataclasses import dataclass

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from core.engine.imprint import imprinted
from core.sentence import said
from core.stream import AvatarStream
from core.video import Cover, Picture, VideoFormat

TEXT = "AI-generated"
"""What the mark says, where nobody says it in another language."""

PLACES = ("bottom right", "bottom left", "top right", "top left")

LEGIBLE = 9
"""Pixels of letter height below which the mark could not be read and is drawn this large."""


@dataclass(frozen=True)
class BadgeOptions:
    """Where the mark stands, how large, and what it says."""

    place: str = PLACES[0]
    size: float = 0.035
    """Height of the letters as a share of the picture's."""
    text: str = TEXT
    """That the picture is AI-generated, in some language."""

    def __post_init__(self) -> None:
        if self.place not in PLACES:
            raise ValueError(
                said("badge: place {0!r} is not one of {1}", self.place, ", ".join(PLACES))
            )
        if not 0.01 <= self.size <= 0.2:
            raise ValueError(said("badge: size {0} is not between 0.01 and 0.2", self.size))
        if not self.text.strip():
            raise ValueError(
                said(
                    "badge: there is nothing to read in {0!r}",
                    self.text,
                    remedy="write that the picture is AI-generated",
                )
            )


class Badge:
    """Drawn once, then blended into any number of pictures of one size."""

    def __init__(self, format: VideoFormat, options: BadgeOptions) -> None:
        mark = _render_mark(format, options)  # (height, width, 4)
        alpha = mark[..., 3:].astype(np.uint16)
        self._light = mark[..., :3] * alpha + 127
        self._shade = 255 - alpha
        self._cover = mark[..., 3]
        height, width = mark.shape[:2]
        gap = height // 3 if format.height > 2 * height and format.width > width + height else 0
        top = gap if options.place.startswith("top") else format.height - height - gap
        left = gap if options.place.endswith("left") else format.width - width - gap
        self._where = slice(top, top + height), slice(left, left + width)

    def apply(self, picture: Picture, cover: Cover | None = None) -> None:
        """See `Imprint.apply`; the mark covers what is behind it."""
        corner = picture[self._where]
        corner[:] = (corner * self._shade + self._light) // 255
        if cover is not None:
            behind = cover[self._where]
            behind[:] = self._cover + (behind * self._shade[..., 0] + 127) // 255


def badged(stream: AvatarStream, options: BadgeOptions | None) -> AvatarStream:
    """Return `stream` with the mark on it; as it is without options."""
    return imprinted(stream, Badge(stream.format, options)) if options else stream


def _render_mark(format: VideoFormat, options: BadgeOptions) -> Picture:
    """Return the mark, shape (height, width, 4), no larger than the picture."""
    letters = max(LEGIBLE, round(format.height * options.size))
    font = ImageFont.load_default(letters)
    left, top, right, bottom = font.getbbox(options.text)
    pad = letters // 2
    size = round(right - left) + 2 * pad, round(bottom - top) + 2 * pad
    image = Image.new("RGBA", size)
    pen = ImageDraw.Draw(image)
    pen.rounded_rectangle((0, 0, size[0] - 1, size[1] - 1), pad, fill=(0, 0, 0, 150))
    pen.text((pad - left, pad - top), options.text, font=font, fill=(255, 255, 255, 235))
    image.thumbnail((format.width, format.height))
    return np.asarray(image)
