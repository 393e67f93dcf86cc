"""Devices are listed aside: what hangs or crashes there costs the list, not the program."""

import sys

import pytest

from core.process.child import Child
from core.sound.device_list import list_devices
from core.sound.player import SoundError
from core.sound.portaudio import INPUT, OUTPUT
from tests.portaudio import PortAudio, device

LISTS = """
import core.sound.portaudio_process as process
from tests.portaudio import PortAudio, device
import core.sound.portaudio as portaudio
portaudio.load = lambda: PortAudio([device("USB mic", 1, 48000), device("speaker", channels=0)])
process.main()
"""
MISSES = """
import core.sound.portaudio_process as process
import core.sound.portaudio as portaudio
from core.sound.player import SoundError
def load(): raise SoundError("PortAudio is missing")
portaudio.load = load
process.main()
"""
CRASHES = "import os, signal; os.kill(os.getpid(), signal.SIGBUS)"
HANGS = "import time; time.sleep(600)"


def running(program: str, started: list[Child] | None = None) -> Child:
    child = Child([sys.executable, "-c", program], "sound devices")
    if started is not None:
        started.append(child)
    return child


def test_what_is_found_aside_comes_back_whole() -> None:
    (found,) = list_devices(INPUT, spawn=lambda: running(LISTS))
    assert (found.name, found.channels, found.rate) == ("USB mic", 1, 48_000)
    assert list_devices(INPUT, PortAudio([device("USB mic", 1, 48_000)])) == [found]


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such signals")
def test_what_crashes_there_is_told_here() -> None:
    with pytest.raises(SoundError, match=r"cannot be listed: .* it was ended by SIGBUS"):
        list_devices(OUTPUT, spawn=lambda: running(CRASHES))


def test_what_hangs_there_is_ended() -> None:
    started: list[Child] = []
    with pytest.raises(SoundError, match="cannot be listed: there was no answer"):
        list_devices(OUTPUT, spawn=lambda: running(HANGS, started), patience=0.1)
    assert not started[0].alive


def test_what_is_missing_there_is_told_as_it_is() -> None:
    with pytest.raises(SoundError, match=r"^PortAudio is missing$"):
        list_devices(OUTPUT, spawn=lambda: running(MISSES))
