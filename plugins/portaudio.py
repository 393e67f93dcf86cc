"""Microphones through PortAudio: blocks with their age."""

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any

from core.audio import SoundAway
from core.sentence import said
from core.sound.device_list import list_devices, open_portaudio
from core.sound.player import SoundError
from core.sound.portaudio import INPUT, PortAudioDevice, Settings, Stream
from core.sound.virtual_microphone import Sink, sources

PLAUSIBLE = 0.1
"""Seconds; what drivers say beyond this about the age of sound is wrong (seen with PulseAudio)."""

DOORS = ("PULSE_SOURCE", "PIPEWIRE_NODE")
"""Where ALSA's doors to PulseAudio and PipeWire look for the name of a microphone."""

Heard = Callable[[Any, float], None]
"""Takes frames, shape (n, channels), and the age in seconds of the last of them."""


class MicrophoneLost(SoundError, SoundAway):
    """A microphone fell silent while it was in use."""


def lost(name: str) -> MicrophoneLost:
    """Return the error for a microphone that fell silent while it was in use."""
    return MicrophoneLost(
        said(
            "no more sound comes from {0}: it was unplugged, switched off or taken by another "
            "program",
            name,
            remedy="it is tried again every two seconds, or choose another",
        )
    )


SERVER = "server:"
"""How names of the sound server's microphones begin, to tell them from PortAudio's."""


class Microphones:
    """What the sound server offers by name where there is one, and PortAudio otherwise.

    `portaudio` is the module sounddevice, or a stand-in; `find` lists the server's.
    """

    def __init__(self, portaudio: Any = None, find: Callable[[], list[Sink]] | None = None) -> None:
        self._devices = open_portaudio(INPUT, portaudio)
        ours = sys.platform == "linux" and portaudio is None
        self._find = partial(found_by, find or (sources if ours else list))

    def choices(self) -> list[tuple[str, str]]:
        """Return (name, title) of each, the system's choice first and by its name."""
        return titled(self._find(), self._devices.look)

    def open(self, name: str, heard: Heard, finished: Callable[[], None]) -> Stream:
        """Open the microphone called `name`, or the system's choice if that is empty.

        Raises:
            SoundError: there is none, or none that can be opened.
        """
        source = name.removeprefix(SERVER) if name.startswith(SERVER) else ""
        if source and source not in [found.name for found in self._find()]:
            raise SoundError(
                said(
                    "the {0} {1!r} was not found",
                    INPUT.noun,
                    source,
                    remedy="plug it in, or choose another",
                )
            )
        with server_source(source):
            own = "" if source else name
            return self._devices.open(own, lambda settings: _callback(settings, heard), finished)


def found_by(find: Callable[[], list[Sink]]) -> list[Sink]:
    """Return the sound server's microphones; none where there is no server."""
    try:
        return find()
    except SoundError:  # PortAudio's own doors remain
        return []


def choices() -> list[tuple[str, str]]:
    """Return (name, title) of each, as `Microphones.choices` does, without PortAudio in here.

    Raises:
        SoundError: they cannot be listed.
    """
    find = sources if sys.platform == "linux" else list
    return titled(found_by(find), partial(list_devices, INPUT))


def titled(found: list[Sink], look: Callable[[], list[PortAudioDevice]]) -> list[tuple[str, str]]:
    """Return (name, title) of the server's microphones, or of PortAudio's where it has none."""
    if found:
        named = [(f"{SERVER}{source.name}", source.title) for source in found]
        return [("", said("System default: {0}", found[0].title)), *named]
    devices = look()
    standard = next((device.title for device in devices if device.standard), "")
    default = said("System default: {0}", standard) if standard else said("System default")
    return [("", default), *{device.name: device.title for device in devices}.items()]


@contextmanager
def server_source(name: str) -> Iterator[None]:
    """Let ALSA's doors to the sound server lead to this microphone while one is opened.

    Neither door takes a name from PortAudio; both ask the environment, at that moment.
    """
    before = {variable: os.environ.get(variable) for variable in DOORS}
    try:
        for variable in DOORS if name else ():
            os.environ[variable] = name
        yield
    finally:
        for variable, value in before.items() if name else ():
            if value is None:
                os.environ.pop(variable, None)
            else:
                os.environ[variable] = value


def _callback(settings: Settings, heard: Heard) -> Callable[..., None]:
    """Return what PortAudio calls with each block; it copies and returns."""
    period = 1 / settings.rate

    def callback(block: Any, frames: int, time: Any, status: Any) -> None:  # noqa: ARG001
        age = time.currentTime - time.inputBufferAdcTime - frames * period
        if not 0 <= age < PLAUSIBLE:
            age = 0.0
        heard(block, age)

    return callback
