"""What a stream shows: a person before a background; and streams that can change it."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol, TypeAlias, runtime_checkable

from core.look.background import AS_PHOTO, Background
from core.profile import Framing, Profile

Told: TypeAlias = Callable[[Exception | None], None]
"""Hears, on any thread, that what was asked for is there, or why it could not be."""


@dataclass(frozen=True)
class Look:
    """Everything about the picture that has nothing to do with the voice."""

    profile: Profile
    background: Background = AS_PHOTO


@runtime_checkable
class Changeable(Protocol):
    """An `AvatarStream` that goes on while what it shows is replaced."""

    @property
    def framing(self) -> Framing:
        """Which part of the photo is shown now; any thread may ask."""
        ...

    def change(self, look: Look, told: Told) -> None:
        """Show `look` from the frame on at which it is ready. Any thread; returns at once.

        Where several are asked for before one is ready, only the last counts.
        """
        ...
