"""What is seen behind the person."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from core.photo.load import load_photo
from core.pixels import scaled, softened
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
            return softened(behind(), max(2.0, SOFTNESS * height), 4)
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
    large = scaled(picture, factor)
    top, left = (large.shape[0] - height) // 2, (large.shape[1] - width) // 2
    return large[top : top + height, left : left + width]
