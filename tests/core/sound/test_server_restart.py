"""A real sound server that dies or hangs takes the voice for a moment, never for good."""

import threading
from collections.abc import Iterator

import numpy as np
import pytest

from core.audio import Sound
from core.benchmark.sound_servers import PULSEAUDIO, OwnServer, own_server
from core.sound.fanout import Fanout
from core.sound.outputs import MICROPHONE, SoundOutputs
from core.sound.player import SoundError
from core.sound.virtual_microphone import sinks
from tests.core.sound.conftest import heard, require_pulseaudio
from tests.fakes import until, voiced

LOUD = 0.4


class Speech:
    """Plays without end into the virtual microphone."""

    def __init__(self) -> None:
        self.lost: list[str] = []
        self.back: list[str] = []
        self.outputs = SoundOutputs()
        self._fanout = Fanout(
            self.outputs.openers([MICROPHONE]),
            lambda error: self.lost.append(str(error)),
            lambda: self.back.append("back"),
        )
        self._end = threading.Event()
        self._thread = threading.Thread(target=self._speak)
        self._thread.start()

    def _speak(self) -> None:
        number = 0
        while not self._end.wait(0.04):
            self._fanout.play(voiced(Sound(np.full(640, LOUD, np.float32), 640 * number, 0.0)))
            number += 1

    def close(self) -> None:
        self._end.set()
        self._thread.join()
        self._fanout.close()
        self.outputs.close()


@pytest.fixture
def sound_server() -> Iterator[OwnServer]:
    """One of this test alone, which kills it."""
    require_pulseaudio()
    with own_server(PULSEAUDIO) as server:
        yield server


@pytest.fixture
def speech(sound_server: OwnServer) -> Iterator[Speech]:
    made = Speech()
    yield made
    made.close()


def test_the_voice_comes_back_with_the_server(speech: Speech, sound_server: OwnServer) -> None:
    until(lambda: heard(LOUD / 2))
    sound_server.kill()
    until(lambda: speech.lost)
    assert "takes no more sound: the sound server has ended; it is tried again" in speech.lost[0]
    sound_server.start()
    until(lambda: heard(LOUD / 2))
    until(lambda: speech.back)
    assert len(speech.lost) == 1
    sound_server.freeze()
    with pytest.raises(SoundError, match="the sound server does not answer"):
        sinks()
    sound_server.thaw()
    until(lambda: heard(LOUD / 2))
    speech.close()
