"""A sound server of our own, where there is one to start."""

import shutil
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pytest

from core.sound.player import SoundError
from core.sound.virtual_microphone import SOURCE, sinks
from tests.fakes import until

SPEAKERS = "speakers"
"""The server's only output."""


def answers() -> bool:
    try:
        return [sink.name for sink in sinks()] == [SPEAKERS]
    except SoundError:
        return False


def start_server(home: Path) -> subprocess.Popen[bytes]:
    """Start a PulseAudio daemon that is reached through `home` alone."""
    command = ["pulseaudio", "-n", "--daemonize=no", "--exit-idle-time=-1", "--use-pid-file=no"]
    modules = [
        f"-Lmodule-native-protocol-unix socket={home}/native auth-anonymous=1",
        f"-Lmodule-null-sink sink_name={SPEAKERS} norewinds=1",
    ]
    return subprocess.Popen([*command, *modules], stderr=subprocess.DEVNULL)


@contextmanager
def running_server(home: Path) -> Iterator["subprocess.Popen[bytes]"]:
    """Start a daemon as `start_server` does, to which this process's environment leads already."""
    with start_server(home) as server:
        try:
            until(answers)
            yield server
        finally:
            server.kill()


def heard(level: float) -> bool:
    """Return whether another program hears `level` from our microphone."""
    command = ["parec", "-d", SOURCE, "--raw", "--format=float32le", "--rate=48000", "--channels=1"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as parec:
        assert parec.stdout
        late = threading.Timer(5.0, parec.kill)
        late.start()
        sound = np.frombuffer(parec.stdout.read(4 * 48_000), np.float32)
        late.cancel()
        parec.kill()
    return bool(len(sound) and sound.max() > level)


@pytest.fixture(scope="module")
def sound_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[subprocess.Popen[bytes]]:
    """A PulseAudio daemon that all programs of these tests talk to, and nobody else."""
    if not (shutil.which("pulseaudio") and shutil.which("parec")):
        pytest.skip("pulseaudio and parec are not installed (apt install pulseaudio)")
    home = tmp_path_factory.mktemp("server")
    with pytest.MonkeyPatch.context() as environment:
        for name in ("HOME", "XDG_RUNTIME_DIR", "XDG_CONFIG_HOME", "PULSE_RUNTIME_PATH"):
            environment.setenv(name, str(home))
        environment.setenv("PULSE_SERVER", f"unix:{home}/native")
        with running_server(home) as server:
            yield server
