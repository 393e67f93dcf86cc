"""What is seen behind the person."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np

from core.photo.load import load_photo
from core.video import Picture, VideoFormat

KINDS = ("photo", "blurred", "colour", "picture")

SOFTNESS = 0.03
"""How far the blurred background is blurred, as a share of the frame's height."""

_COLOUR = re.compile(r"#[0-9a-fA-F]{6}")


@dataclass(frozen=True)
class Background:
    """A way to fill the frame where the person is not.

    Raises:
        ValueError: there is no such kind or colour, or no file is named.
    """

    kind: str = KINDS[0]
    """"photo" leaves what the photo shows, "blurred" blurs it, "colour" and "picture" replace it.
    """
    colour: str = "#3c4a5a"
    """Red, green and blue in hexadecimal."""
    picture: Path = Path()
    """A picture, cut so that it fills the frame."""

    def __post_init__(self) -> None:
        if self.kind not in KINDS:
            raise ValueError(f"background: kind {self.kind!r} is not one of {', '.join(KINDS)}")
        if not _COLOUR.fullmatch(self.colour):
            raise ValueError(f"background: {self.colour!r} is no colour; write it like #3c4a5a")
        if self.kind == "picture" and self.picture == Path():
            raise ValueError("background: no picture is chosen; choose a file")

    @property
    def replaced(self) -> bool:
        """Whether anything but the photo as it is lies behind the person."""
        return self.kind != "photo"

    def plate(self, format: VideoFormat, behind: Callable[[], Picture]) -> Picture:
        """Return what fills the frame; `behind` gives what the photo shows behind the person.

        Raises:
            BadPhoto: the picture cannot be used.
        """
        height, width = format.height, format.width
        if self.kind == "blurred":
            return _blurred(behind(), SOFTNESS * height)
        if self.kind == "colour":
            colour = [int(self.colour[i : i + 2], 16) for i in (1, 3, 5)]
            return np.full((height, width, 3), colour, np.uint8)
        if self.kind == "picture":
            return covering(load_photo(self.picture, 2 * max(width, height)), width, height)
        return behind()


AS_PHOTO = Background()


def parsed(text: str) -> Background:
    """Return the background that `text` names: photo, blurred, a colour as #rrggbb, or a file.

    Raises:
        ValueError: it names none of them.
    """
    if text in ("photo", "blurred"):
        return Background(text)
    if text.startswith("#"):
        return Background("colour", text)
    if not text or not Path(text).is_file():
        raise ValueError(
            f"background {text!r} is neither photo, blurred, a colour like #3c4a5a nor a file"
        )
    return Background("picture", picture=Path(text).absolute())


def covering(picture: Picture, width: int, height: int) -> Picture:
    """Return the middle of `picture`, as much as fills the size."""
    factor = max(width / picture.shape[1], height / picture.shape[0])
    wide = max(width, round(picture.shape[1] * factor))
    tall = max(height, round(picture.shape[0] * factor))
    how = cv2.INTER_AREA if factor < 1 else cv2.INTER_CUBIC
    large = cv2.resize(picture, (wide, tall), interpolation=how)
    top, left = (tall - height) // 2, (wide - width) // 2
    return np.asarray(large[top : top + height, left : left + width], np.uint8)


def _blurred(picture: Picture, sigma: float) -> Picture:
    """Blur widely: at a quarter of the size it looks the same and takes a moment."""
    height, width = picture.shape[:2]
    small = cv2.resize(
        picture, (max(1, width // 4), max(1, height // 4)), interpolation=cv2.INTER_AREA
    )
    soft = cv2.GaussianBlur(small, (0, 0), max(0.5, sigma / 4), borderType=cv2.BORDER_REPLICATE)
    return np.asarray(cv2.resize(soft, (width, height), interpolation=cv2.INTER_CUBIC), np.uint8)
