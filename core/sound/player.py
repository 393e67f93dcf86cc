"""What plays sound: the contract between a device and what it is fed from."""

from collections.abc import Callable
from typing import Protocol, TypeAlias

from core.audio import Voice
from core.sentence import said

CHANNELS = 2
"""Of every place that sound is played to; one voice is heard from both."""

Fill: TypeAlias = Callable[[Voice], None]
"""Fills a block, shape (n, CHANNELS), with what is next. Runs on the device's thread: no waits."""


class SoundError(RuntimeError):
    """Sound cannot be played or heard there; says why and what helps."""


TAKEN = said("it was unplugged, switched off or taken by another program")
ENDED = said("the sound server has ended")
GONE = said("the sound server has it no more")
SILENT = said("it does not ask for any")


def lost(title: str, why: str = TAKEN) -> SoundError:
    """Return the error for a device that stopped while it was in use."""
    return SoundError(
        said(
            "{0} takes no more sound: {1}",
            title,
            why,
            remedy="it is tried again every two seconds, or choose another",
        )
    )


class Player(Protocol):
    """An open device that pulls sound at its own pace. One thread opens, starts and closes it."""

    title: str
    rate: int
    """Samples per second, by the device's clock."""

    @property
    def latency(self) -> float:
        """Seconds from a sample being pulled to its being heard, as far as the driver knows."""
        ...

    def start(self, fill: Fill) -> None:
        """Pull sound from now on; once."""
        ...

    def check(self) -> None:
        """Say if it plays no more.

        Raises:
            SoundError: it was taken away.
        """
        ...

    def close(self) -> None:
        """Stop pulling; safe to call twice."""
        ...
