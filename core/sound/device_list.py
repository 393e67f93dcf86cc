"""Which devices PortAudio knows, asked in a process of its own and for a limited time."""

import os
import sys
from collections.abc import Callable
from contextlib import closing
from typing import Any

from core.process.child import Child, ChildLost, command
from core.process.respawning_child import OrderFailed, RespawningChild
from core.record import from_json
from core.sentence import parted, said
from core.sound.player import SoundError
from core.sound.portaudio import INPUT, Direction, PortAudio, PortAudioDevice

PATIENCE = 10.0
"""Seconds that all sound systems together may take."""

ROOM = 16 * 1024 * 1024
"""Bytes that sound systems may want of /dev/shm; some end the program where there are fewer."""


def spawn() -> Child:
    return Child(command("core.sound.portaudio_process"), "sound devices")


def list_devices(
    direction: Direction,
    portaudio: Any = None,
    spawn: Callable[[], Child] = spawn,
    patience: float = PATIENCE,
) -> list[PortAudioDevice]:
    """Return the devices, best first. `portaudio` stands in for sounddevice, and is asked here.

    Raises:
        SoundError: they cannot be listed; says why and what helps.
    """
    if portaudio is not None:
        return PortAudio(direction, portaudio).look()
    order = {"list": "input" if direction is INPUT else "output"}
    with closing(RespawningChild(spawn)) as child:
        try:
            answer = child.order(order, patience)
        except OrderFailed as error:
            raise SoundError(*error.args) from error
        except ChildLost as error:
            raise SoundError(
                said(
                    "the sound devices cannot be listed: {0}",
                    parted(str(error))[0],
                    remedy="restart the sound server, or the computer",
                )
            ) from error
    return [from_json(PortAudioDevice, text) for text in answer.head["devices"]]


def open_portaudio(direction: Direction, portaudio: Any = None) -> PortAudio:
    """Return PortAudio, in this process, to open devices; tried aside first where it may crash.

    Raises:
        SoundError: it is missing, or does crash or hang.
    """
    if portaudio is None and _cramped():
        list_devices(direction)
    return PortAudio(direction, portaudio)


def _cramped() -> bool:
    """Whether Linux has little shared memory left, without which JACK's library crashes."""
    if sys.platform != "linux":
        return False
    try:
        about = os.statvfs("/dev/shm")
    except OSError:
        return True
    return about.f_bavail * about.f_frsize < ROOM
