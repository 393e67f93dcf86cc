"""A sound server of our own, where there is one to start."""

import shutil
import subprocess
import threading
from collections.abc import Iterator

import numpy as np
import pytest

from core.benchmark.sound_servers import PULSEAUDIO, OwnServer, own_server
from core.sound.virtual_microphone import SOURCE


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


def require_pulseaudio() -> None:
    """Skip the test where there is no server to start."""
    if not (shutil.which("pulseaudio") and shutil.which("parec")):
        pytest.skip("pulseaudio and parec are not installed (apt install pulseaudio)")


@pytest.fixture(scope="module")
def sound_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[OwnServer]:
    """A PulseAudio daemon that all programs of these tests talk to, and nobody else."""
    require_pulseaudio()
    home = tmp_path_factory.mktemp("server")
    with pytest.MonkeyPatch.context() as environment:
        for name in ("HOME", "XDG_RUNTIME_DIR", "XDG_CONFIG_HOME", "PULSE_RUNTIME_PATH"):
            environment.setenv(name, str(home))
        with own_server(PULSEAUDIO) as server:
            yield server
