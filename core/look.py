"""What a stream shows: a person before a background; `core.portrait.plate` paints the latter."""

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, TypeAlias, get_args

from core.profile import Profile
from core.sentence import said

BackgroundKind: TypeAlias = Literal["photo", "blurred", "colour", "picture", "transparent"]

KINDS: tuple[BackgroundKind, ...] = get_args(BackgroundKind)

_COLOUR = re.compile(r"#[0-9a-fA-F]{6}")


@dataclass(frozen=True)
class Background:
    """A way to fill the frame where the person is not.

    Raises:
        ValueError: there is no such kind or colour, or no file is named.
    """

    kind: BackgroundKind = "photo"
    """"photo" leaves what the photo shows, "blurred" blurs it, "colour" and "picture" replace it.
    "transparent" leaves nothing: what shows no transparency shows black."""
    colour: str = "#3c4a5a"
    """Red, green and blue in hexadecimal."""
    picture: Path = Path()
    """A picture, cut so that it fills the frame."""

    def __post_init__(self) -> None:
        if self.kind not in KINDS:
            raise ValueError(
                said("background: kind {0!r} is not one of {1}", self.kind, ", ".join(KINDS))
            )
        if not _COLOUR.fullmatch(self.colour):
            raise ValueError(
                said("background: {0!r} is no colour", self.colour, remedy="write it like #3c4a5a")
            )
        if self.kind == "picture" and self.picture == Path():
            raise ValueError(said("background: no picture is chosen", remedy="choose a file"))

    @property
    def replaced(self) -> bool:
        """Whether anything but the photo as it is lies behind the person."""
        return self.kind != "photo"


AS_PHOTO = Background()


@dataclass(frozen=True)
class Look:
    """Everything about the picture that has nothing to do with the voice."""

    profile: Profile
    background: Background = AS_PHOTO


def parse_background(text: str) -> Background:
    """Return the background that `text` names: photo, blurred, transparent, #rrggbb, or a file.

    Raises:
        ValueError: it names none of them.
    """
    if text == "photo":
        return AS_PHOTO
    if text == "blurred":
        return Background("blurred")
    if text == "transparent":
        return Background("transparent")
    if text.startswith("#"):
        return Background("colour", text)
    if not text or not Path(text).is_file():
        raise ValueError(
            said(
                "background {0!r} is neither photo, blurred, transparent, a colour like #3c4a5a "
                "nor a file",
                text,
            )
        )
    return Background("picture", picture=Path(text).absolute())
