"""Microphones through PortAudio: blocks with their age."""

from collections.abc import Callable
from typing import Any

from core.sentence import said
from core.sound.player import SoundError
from core.sound.portaudio import INPUT, PortAudio, Settings, Stream

PLAUSIBLE = 0.1
"""Seconds; what drivers say beyond this about the age of sound is wrong (seen with PulseAudio)."""

Heard = Callable[[Any, float], None]
"""Takes frames, shape (n, channels), and the age in seconds of the last of them."""


def lost(name: str) -> SoundError:
    """Return the error for a microphone that fell silent while it was in use."""
    return SoundError(
        said(
            "no more sound comes from {0}: it was unplugged, switched off or taken by another "
            "program",
            name,
            remedy="plug it in or choose another, and start again",
        )
    )


class Microphones:
    """What PortAudio offers. `portaudio` is the module sounddevice, or a stand-in."""

    def __init__(self, portaudio: Any = None) -> None:
        self._devices = PortAudio(INPUT, portaudio)

    def choices(self) -> list[tuple[str, str]]:
        """Return (name, title) of each, the system's choice first."""
        found = {device.name: device.title for device in self._devices.look()}
        return [("", said("System default")), *found.items()]

    def open(self, name: str, heard: Heard, finished: Callable[[], None]) -> Stream:
        """Open the microphone called `name`, or the system's choice if that is empty.

        Raises:
            SoundError: there is none, or none that can be opened.
        """
        return self._devices.open(name, lambda settings: _callback(settings, heard), finished)


def _callback(settings: Settings, heard: Heard) -> Callable[..., None]:
    """Return what PortAudio calls with each block; it copies and returns."""
    period = 1 / settings.rate

    def callback(block: Any, frames: int, time: Any, status: Any) -> None:  # noqa: ARG001
        age = time.currentTime - time.inputBufferAdcTime - frames * period
        if not 0 <= age < PLAUSIBLE:
            age = 0.0
        heard(block, age)

    return callback
