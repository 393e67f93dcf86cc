"""Sound servers of our own, to measure with: nobody hears them, and they may be killed."""

import os
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from core.sound.player import SoundError
from core.sound.virtual_microphone import server

PULSEAUDIO, PIPEWIRE = "pulseaudio", "pipewire"
KINDS = (PULSEAUDIO, PIPEWIRE)

EARS = "ears"
"""The only output: a sink that nobody hears."""

PATIENCE = 20.0
"""Seconds that one may take to answer."""

PIPEWIRE_SESSION = "pipewire & wireplumber & exec pipewire-pulse"
"""What PipeWire is made of; it needs a D-Bus of its own."""


class OwnServer:
    """A PulseAudio or PipeWire that is reached through a folder alone. One thread."""

    def __init__(self, kind: str, home: Path) -> None:
        self._kind, self._home = kind, home
        self.socket = home / "pulse" / "native"
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start it, and wait until it answers and has its output.

        Raises:
            SoundError: it does not answer.
            OSError: it is not installed.
        """
        self.socket.parent.mkdir(exist_ok=True)
        self.socket.unlink(missing_ok=True)
        self._process = subprocess.Popen(
            _command(self._kind, self.socket),
            env=_surroundings(self._home),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        _until_it_answers(lambda pulse: pulse.module_load("module-null-sink", f"sink_name={EARS}"))

    def kill(self) -> None:
        """Kill it and all that it is made of. Safe to call twice."""
        if self._process:
            with suppress(ProcessLookupError):
                self._signal(signal.SIGKILL)
            self._process.wait()
            self._process = None

    def freeze(self) -> None:
        """Let it hang, until `thaw`."""
        self._signal(signal.SIGSTOP)

    def thaw(self) -> None:
        """Let it go on."""
        self._signal(signal.SIGCONT)

    def _signal(self, number: signal.Signals) -> None:
        assert self._process
        os.killpg(self._process.pid, number)


@contextmanager
def own_server(kind: str) -> Iterator[OwnServer]:
    """Run a server of our own that this process and its children talk to meanwhile."""
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        own, usual = OwnServer(kind, Path(folder)), os.environ.get("PULSE_SERVER")
        os.environ["PULSE_SERVER"] = f"unix:{own.socket}"
        try:
            own.start()
            yield own
        finally:
            own.kill()
            os.environ.pop("PULSE_SERVER")
            if usual is not None:
                os.environ["PULSE_SERVER"] = usual


def _command(kind: str, socket: Path) -> list[str]:
    if kind == PIPEWIRE:
        return ["dbus-run-session", "--", "sh", "-c", PIPEWIRE_SESSION]
    words = ["pulseaudio", "-n", "--daemonize=no", "--exit-idle-time=-1", "--use-pid-file=no"]
    return [*words, f"-Lmodule-native-protocol-unix socket={socket} auth-anonymous=1"]


def _surroundings(home: Path) -> Mapping[str, str]:
    names = ("HOME", "XDG_RUNTIME_DIR", "XDG_CONFIG_HOME", "XDG_STATE_HOME")
    others = {key: value for key, value in os.environ.items() if not key.startswith("PULSE")}
    return others | dict.fromkeys(names, str(home))


def _until_it_answers(ask: Any) -> None:
    end = time.monotonic() + PATIENCE
    while True:
        try:
            with server() as pulse:
                ask(pulse)
                return
        except SoundError:
            if time.monotonic() > end:
                raise
        time.sleep(0.05)
