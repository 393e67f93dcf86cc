"""The virtual microphone and the speaker, with a real sound server."""

import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator

import numpy as np
import pytest

from core.audio import Samples, Sound
from core.benchmark.sound_servers import EARS, OwnServer
from core.clock import WallClock
from core.sound.outputs import MICROPHONE, Kind, SoundOutputs, choose, outputs
from core.sound.player import SoundError
from core.sound.pulse import PulsePlayer
from core.sound.speaker import Speaker
from core.sound.virtual_microphone import INSIDE, RATE, TITLE, VirtualMicrophone, server
from tests.fakes import tone, until

pytestmark = pytest.mark.usefixtures("sound_server")


@pytest.fixture
def places() -> Iterator[SoundOutputs]:
    made = SoundOutputs()
    yield made
    made.close()


class Recorder:
    """Another program that listens to a source; knows when each sample came."""

    def __init__(self, source: str) -> None:
        command = ["parec", "-d", source, "--raw", "--format=float32le", "--latency-msec=10"]
        self._process = subprocess.Popen(
            [*command, f"--rate={RATE}", "--channels=1"], stdout=subprocess.PIPE
        )
        self._parts: list[tuple[float, bytes]] = []
        self._thread = threading.Thread(target=self._listen)
        self._thread.start()
        until(lambda: self._parts)

    def _listen(self) -> None:
        assert self._process.stdout
        with self._process.stdout as stream:
            while part := os.read(stream.fileno(), 65_536):
                self._parts.append((time.monotonic(), part))

    def stop(self) -> tuple[Samples, float]:
        """Return what was heard, and when its first sample came, by the earliest account."""
        self._process.terminate()
        self._process.wait()
        self._thread.join()
        ends = np.cumsum([len(part) // 4 for _, part in self._parts])
        begin = min(at - end / RATE for (at, _), end in zip(self._parts, ends, strict=True))
        return np.frombuffer(b"".join(part for _, part in self._parts), np.float32), begin


def sources() -> dict[str, str]:
    """Return name and title of everything that can be listened to but for monitors."""
    with server() as pulse:
        return {s.name: s.description for s in pulse.source_list() if ".monitor" not in s.name}


def marked() -> int:
    """Return how many modules of ours the server has."""
    with server() as pulse:
        return sum("understudy" in (module.argument or "") for module in pulse.module_list())


def live(seconds: float, speaker: Speaker, sound_at: Callable[[int], Samples]) -> list[float]:
    """Play pieces of 40 ms at 48 kHz as frames would come; return when each was given."""
    given, begin = [], time.monotonic()
    for number in range(int(seconds / 0.04)):
        time.sleep(max(0.0, begin + number * 0.04 - time.monotonic()))
        given.append(time.monotonic())
        voice = sound_at(number)
        speaker.play(Sound(voice[::3], number * 640, given[-1], voice[:, None]))
    return given


def chirp(rate: int) -> Samples:
    t = np.arange(int(0.04 * rate)) / rate
    return (0.5 * np.sin(2 * np.pi * (300 + 20_000 * t) * t) * np.hanning(len(t))).astype(
        np.float32
    )


def test_others_hear_what_is_played_into_the_microphone_and_when(places: SoundOutputs) -> None:
    speaker = places.open(choose(MICROPHONE))
    (name,) = sources()
    assert sources()[name] == TITLE
    recorder = Recorder(name)
    chirps = range(20, 60, 5)
    call = chirp(RATE)
    try:
        given = live(2.6, speaker, lambda n: call if n in chirps else np.zeros(1920, np.float32))
    finally:
        heard, begin = recorder.stop()
        speaker.close()
    likeness = np.correlate(heard, chirp(RATE), "valid") / np.sum(chirp(RATE) ** 2)
    delays = []
    for number in chirps:  # on a busy computer some of them are torn
        at = round((given[number] - begin) * RATE)
        near = likeness[max(0, at) : at + RATE // 6]
        if near.max() > 0.8:
            delays.append(int(np.argmax(near)) / RATE)
    assert 0.02 < np.median(delays) < 0.16
    places.close()
    assert not sources()
    assert marked() == 0


def test_a_tone_arrives_as_it_is(places: SoundOutputs) -> None:
    speaker = places.open(choose(MICROPHONE))
    sound = np.split(tone(4.0, RATE), 100)
    recorder = Recorder(next(iter(sources())))
    try:
        live(2, speaker, lambda number: sound[number])
    finally:
        heard, _ = recorder.stop()
        speaker.close()
    steady = heard[np.flatnonzero(np.abs(heard) > 0.4)[0] :][:RATE]
    spectrum = np.abs(np.fft.rfft(steady * np.hanning(len(steady))))
    assert np.argmax(spectrum) * RATE / len(steady) == pytest.approx(440, abs=2)
    assert np.abs(steady).max() == pytest.approx(0.5, abs=0.02)


def test_the_microphone_stays_between_sessions_and_comes_back_with_the_server(
    places: SoundOutputs,
) -> None:
    output = choose(MICROPHONE)
    places.prepare(output)
    before = sources()
    places.open(output).close()
    assert sources() == before
    with server() as pulse:  # as after a restart
        for module in pulse.module_list():
            if module.name == INSIDE and "understudy" in module.argument:
                pulse.module_unload(module.index)
    assert not sources()
    places.prepare(output)
    assert sources() == before


OWNER = """
import time
from core.sound.virtual_microphone import VirtualMicrophone
microphone = VirtualMicrophone()
print(microphone.source, flush=True)
time.sleep(60)
"""


def test_what_a_killed_run_left_behind_is_cleared_away_and_nothing_else() -> None:
    with server() as pulse:
        foreign = pulse.module_load(
            "module-null-sink",
            "sink_name=foreign sink_properties=understudy.owner=elsewhere-1-1-abc",
        )
    with subprocess.Popen([sys.executable, "-c", OWNER], stdout=subprocess.PIPE) as owner:
        assert owner.stdout
        owner.stdout.readline()
        second = VirtualMicrophone()
        assert len(sources()) == 2  # who lives keeps theirs
        second.close()
        owner.kill()
    assert len(sources()) == 1
    VirtualMicrophone().close()
    assert not sources()
    assert marked() == 1
    with server() as pulse:
        assert "foreign" in [sink.name for sink in pulse.sink_list()]
        pulse.module_unload(foreign)


def test_outputs_are_the_microphone_and_the_servers_own_but_not_our_inside(
    places: SoundOutputs,
) -> None:
    places.prepare(choose(MICROPHONE))
    found = outputs()
    assert [(o.name, o.kind) for o in found] == [
        (MICROPHONE, Kind.MICROPHONE), (EARS, Kind.SINK)
    ]  # fmt: skip
    with server() as pulse:
        new = pulse.module_load("module-null-sink", "sink_name=headphones")
        assert "headphones" in [output.name for output in outputs()]
        pulse.module_unload(new)
    assert "headphones" not in [output.name for output in outputs()]


def test_somebody_elses_sound_in_the_microphone_is_told(places: SoundOutputs) -> None:
    speaker = places.open(choose(MICROPHONE))
    live(0.2, speaker, lambda n: np.zeros(1920, np.float32))
    assert places.warning() == ""
    with server() as pulse:
        inside = next(s.name for s in pulse.sink_list() if "understudy" in s.name)
    with subprocess.Popen(["pacat", "-d", inside, "/dev/zero"]) as stranger:
        try:
            until(lambda: "play into the Understudy Microphone: pacat;" in places.warning())
        finally:
            stranger.kill()
    speaker.close()


def test_an_output_that_is_unplugged_is_a_loss_and_nothing_is_played_elsewhere() -> None:
    with server() as pulse:
        headphones = pulse.module_load("module-null-sink", "sink_name=headphones norewinds=1")
        speaker = Speaker(lambda: PulsePlayer("headphones", "Headphones", RATE), WallClock())
        live(0.2, speaker, lambda n: np.zeros(1920, np.float32))
        pulse.module_unload(headphones)
        with pytest.raises(
            SoundError, match="Headphones takes no more sound: the sound server has it no"
        ):
            live(2, speaker, lambda n: np.zeros(1920, np.float32))
        assert not pulse.sink_input_list()
    speaker.close()


def test_an_output_that_is_not_there_is_refused() -> None:
    with pytest.raises(SoundError, match="Headphones cannot be played to: No such entity"):
        Speaker(lambda: PulsePlayer("headphones", "Headphones", RATE), WallClock())


def test_a_server_that_dies_is_a_loss(sound_server: OwnServer) -> None:
    """The last test: it takes the server with it."""
    places = SoundOutputs()
    speaker = places.open(choose(MICROPHONE))
    live(0.2, speaker, lambda n: np.zeros(1920, np.float32))
    sound_server.kill()
    with pytest.raises(SoundError, match="takes no more sound"):
        live(2, speaker, lambda n: np.zeros(1920, np.float32))
    speaker.close()
    places.close()
    with pytest.raises(SoundError, match="no sound server answers"):
        VirtualMicrophone()
