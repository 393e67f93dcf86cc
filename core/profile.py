"""Whom the avatar shows."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import Literal, Protocol, TypeAlias, get_args

from core.sentence import said

MAX_REFERENCES = 3

Fit: TypeAlias = Literal["fill", "letterbox", "surround"]

FITS: tuple[Fit, ...] = get_args(Fit)


@dataclass(frozen=True)
class Framing:
    """Which part of the reference picture fills the frame."""

    x: float = 0.5
    """Middle of the part shown, as a share of the picture's width."""
    y: float = 0.5
    """Middle of the part shown, as a share of the picture's height."""
    zoom: float = 1.0
    """1 shows the whole picture, 2 half of its width and height."""
    fit: Fit = "surround"
    """How the picture meets the frame: "fill" crops, "letterbox" adds bars, "surround" continues
    the picture's own surroundings."""

    def __post_init__(self) -> None:
        if self.fit not in FITS:
            raise ValueError(
                said("framing: fit {0!r} is not one of {1}", self.fit, ", ".join(FITS))
            )
        if not 1 <= self.zoom <= 8:
            raise ValueError(said("framing: zoom {0} is not between 1 and 8", self.zoom))
        if not (0 <= self.x <= 1 and 0 <= self.y <= 1):
            raise ValueError(
                said("framing: middle ({0}, {1}) is not inside the picture", self.x, self.y)
            )


@dataclass(frozen=True)
class Profile:
    """A person to show: the pictures and what may be done with them."""

    name: str
    """Stable identifier: the folder's name. Empty until a store has given it one."""
    title: str
    """What people read."""
    references: tuple[Path, ...]
    """One to three pictures of the same person, the best first."""
    consent: str
    """Who agreed to this likeness being used, in words; may not be empty."""
    framing: Framing | None = None
    """None frames the face as a webcam would: head and shoulders, eyes above the middle."""
    home: Path | None = field(default=None, compare=False)
    """The folder where a store keeps this profile and no other: what is found in the pictures that
    lie there may be kept beside them. None where nothing may be written."""

    def __post_init__(self) -> None:
        if not 1 <= len(self.references) <= MAX_REFERENCES:
            raise ValueError(
                said(
                    "profile {0!r} has {1} reference pictures",
                    self.name,
                    len(self.references),
                    remedy=said("give 1 to {0}", MAX_REFERENCES),
                )
            )
        if not self.consent.strip():
            raise ValueError(
                said(
                    "profile {0!r} names no consent",
                    self.name,
                    remedy="write who is shown and that they agreed",
                )
            )


def findings_beside(reference: Path) -> Path:
    """Return where what was found in a picture is kept: it goes wherever the picture goes."""
    return reference.with_name(f"{reference.name}.found")


NOTHING_FOUND: Mapping[Path, bytes] = MappingProxyType({})


@dataclass(frozen=True)
class BadProfile:
    """A profile that could not be read, and why; it stays where it is."""

    name: str
    reason: str


class ProfileStore(Protocol):
    """A place where profiles are kept."""

    @property
    def writable(self) -> bool: ...

    def profiles(self) -> tuple[list[Profile], list[BadProfile]]:
        """Return what can be read, in order of title, and what cannot."""
        ...

    def save(self, profile: Profile, findings: Mapping[Path, bytes] = NOTHING_FOUND) -> Profile:
        """Copy the profile and its pictures into the store, whole or not at all.

        Replaces the one of the same name; one without a name is new. Returns what was stored.
        `findings` is what a look at some of the pictures has found (`Verdict.findings`), to be
        kept beside them, so that nobody has to look again; empty if it was read and nothing more.

        Raises:
            OSError: the store cannot be written; what was there is unchanged.
        """
        ...

    def reframe(self, name: str, framing: Framing | None) -> None:
        """Change a profile's framing and nothing else, whole or not at all.

        Raises:
            OSError: the store cannot be written; what was there is unchanged.
        """
        ...

    def remove(self, name: str) -> None: ...
