"""A microphone that others can choose, made by the sound server for as long as we live."""

import os
import re
import socket
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple
from uuid import uuid4

from core.sentence import said
from core.sound.bounded import bounded
from core.sound.player import SoundError

TITLE = "Understudy Microphone"
"""What people choose in their meeting program."""

RATE = 48_000
"""Samples per second: what meeting programs use."""

PROPERTY = "understudy.owner"
"""What we mark our modules with; nothing without it is ever touched."""

SOURCE = "understudy_microphone"
"""The same in every run, for programs remember what was chosen by it."""

INSIDE, OUTSIDE = "module-null-sink", "module-remap-source"
"""A sink that we play into, and the microphone that repeats it: programs hide bare monitors."""


class ModuleOwner(NamedTuple):
    """Who a module belongs to: which microphone of which process on which machine."""

    place: str
    process: int
    started: int
    """When the process began, in ticks: numbers of processes come again."""
    token: str

    def __str__(self) -> str:
        return f"{self.place}-{self.process}-{self.started}-{self.token}"

    @property
    def gone(self) -> bool:
        """Whether its process has ended; False where that cannot be known from here."""
        if self.place != _place():
            return False
        return _started(self.process) != self.started


@dataclass(frozen=True)
class Sink:
    """A place of the sound server that sound can be played into, or that it comes from."""

    name: str
    title: str


class VirtualMicrophone:
    """Is there from its making to `close`; what is played into `sink` is heard from it.

    Making one clears away what crashed runs left behind. Any thread may use it, one at a time.

    Raises:
        SoundError: there is no sound server that would make one; says what is missing.
    """

    def __init__(self) -> None:
        self._owner = ModuleOwner(_place(), os.getpid(), _started(os.getpid()), uuid4().hex[:8])
        self.sink, self.source = self._begin()

    @property
    def alive(self) -> bool:
        """Whether it is still there: a restart of the server takes it away."""
        with suppress(SoundError):
            return self._count() == 2
        return False

    @bounded
    def strangers(self) -> list[str]:
        """Return the names of other programs whose sound goes into the microphone.

        A server without any other output puts everybody's sound there: the others hear themselves.
        """
        with server() as pulse:
            sinks = {sink.index for sink in pulse.sink_list() if sink.name == self.sink}
            streams = [stream for stream in pulse.sink_input_list() if stream.sink in sinks]
            clients = {client.index: client for client in pulse.client_list()}
        ours = str(os.getpid())
        found = [clients[stream.client] for stream in streams if stream.client in clients]
        return [
            client.name for client in found if client.proplist.get("application.process.id") != ours
        ]

    def close(self) -> None:
        """Take it away. Safe to call twice, also when the server is gone."""
        with suppress(SoundError):
            self._remove_ours()

    @bounded
    def _begin(self) -> tuple[str, str]:
        with server() as pulse:
            _remove(pulse, lambda owner: owner.gone)
            try:
                made = self._make(pulse)
            except BaseException:
                _remove(pulse, lambda owner: owner == self._owner)
                raise
            return made

    @bounded
    def _count(self) -> int:
        with server() as pulse:
            return len(list(_ours(pulse, lambda owner: owner == self._owner)))

    @bounded
    def _remove_ours(self) -> None:
        with server() as pulse:
            _remove(pulse, lambda owner: owner == self._owner)

    def _make(self, pulse: Any) -> tuple[str, str]:
        """Return the names of sink and source; the server may change them if they are taken."""
        mark = f"{PROPERTY}={self._owner}"
        arguments = (
            # PipeWire gives a name twice, so it has to be ours alone; programs never see it.
            f"sink_name=understudy_{self._owner.token} "
            f"rate={RATE} channels=2 channel_map=front-left,front-right "
            f"sink_properties=\"device.description='Understudy voice' {mark}\""
        )
        module = _load_null_sink(pulse, arguments)
        sink = _made_by(module, pulse.sink_list())
        module = pulse.module_load(
            OUTSIDE,
            f"master={sink}.monitor source_name={SOURCE} "
            "channels=2 channel_map=front-left,front-right "
            "master_channel_map=front-left,front-right "
            f"source_properties=\"device.description='{TITLE}' "
            f'device.icon_name=audio-input-microphone {mark}"',
        )
        return sink, _made_by(module, pulse.source_list())


def remove_abandoned() -> None:
    """Take away the microphones of programs that were killed; nothing without a sound server."""
    with suppress(SoundError), server() as pulse:
        _remove(pulse, lambda owner: owner.gone)


@contextmanager
def server() -> Iterator[Any]:
    """Talk to the sound server through pulsectl.

    Raises:
        SoundError: there is none, or it does not do what is asked.
    """
    try:
        import pulsectl
    except (ImportError, OSError) as error:
        raise SoundError(missing(str(error))) from error
    try:
        with pulsectl.Pulse("Understudy", connect=False) as pulse:
            try:
                pulse.connect()
            except pulsectl.PulseError as error:
                raise SoundError(missing(str(error))) from error
            yield pulse
    except pulsectl.PulseError as error:
        raise SoundError(
            said("the sound server refused: {0}", error, remedy="restart it, and try again")
        ) from error


@bounded
def sinks() -> list[Sink]:
    """Return the sound server's sinks but for our own, its default first.

    Raises:
        SoundError: there is no server.
    """
    with server() as pulse:
        default = pulse.server_info().default_sink_name
        found = [sink for sink in pulse.sink_list() if PROPERTY not in sink.proplist]
    found.sort(key=lambda sink: sink.name != default)
    return [Sink(sink.name, sink.description or sink.name) for sink in found]


def sources() -> list[Sink]:
    """Return the sound server's microphones but for our own, its default first.

    What only repeats an output is none.

    Raises:
        SoundError: there is no server.
    """
    with server() as pulse:
        default = pulse.server_info().default_source_name
        found = [
            source
            for source in pulse.source_list()
            if PROPERTY not in source.proplist and source.monitor_of_sink_name is None
        ]
    found.sort(key=lambda source: source.name != default)
    return [Sink(source.name, source.description or source.name) for source in found]


def missing(reason: str = "") -> str:
    """Say why no virtual microphone can be made here, and what to do about it."""
    if sys.platform == "win32":
        return said(
            "a virtual microphone needs the free driver VB-Cable:",
            remedy=("install it from vb-audio.com/Cable, restart the computer, and look again"),
        )
    if sys.platform == "darwin":
        return said(
            "a virtual microphone needs the free driver BlackHole:",
            remedy="run brew install blackhole-2ch, and look again",
        )
    if "libpulse" in reason:
        return said(
            "a virtual microphone needs the library libpulse, which is missing:",
            remedy=(
                "install it (sudo apt install libpulse0 on Debian and Ubuntu, sudo dnf "
                "install pulseaudio-libs on Fedora)"
            ),
        )
    if "No module" in reason:
        return said("the package pulsectl is not installed:", remedy="run pip install pulsectl")
    return said(
        "no sound server answers:",
        remedy=(
            "run systemctl --user start pipewire-pulse wireplumber (Debian, Ubuntu: "
            "sudo apt install pipewire-pulse wireplumber, if they are missing), or "
            "pulseaudio --start"
        ),
    )


def _made_by(module: int, found: Iterable[Any]) -> str:
    """Return the name of what a module has made; a server that has just started may not have yet.

    Raises:
        SoundError: there is nothing of it.
    """
    for one in found:
        if one.owner_module == module:
            return str(one.name)
    raise SoundError(said("the sound server does not answer", remedy="restart it, or the computer"))


def _load_null_sink(pulse: Any, arguments: str) -> int:
    """Load it so that it never looks ahead: its first block of sound would last two seconds."""
    import pulsectl

    try:
        return int(pulse.module_load(INSIDE, f"{arguments} norewinds=1"))
    except pulsectl.PulseError:  # PulseAudio before 15 does not know the word
        return int(pulse.module_load(INSIDE, arguments))


def _remove(pulse: Any, which: Callable[[ModuleOwner], bool]) -> None:
    import pulsectl

    for module in _ours(pulse, which):
        with suppress(pulsectl.PulseOperationFailed):  # somebody else has been faster
            pulse.module_unload(module)


def _ours(pulse: Any, which: Callable[[ModuleOwner], bool]) -> Iterator[int]:
    """Yield the numbers of those of our modules whose owner is asked for, youngest first."""
    for module in sorted(pulse.module_list(), key=lambda module: -module.index):
        found = re.search(rf"{PROPERTY}=(\w+)-(\d+)-(\d+)-(\w+)", module.argument or "")
        if module.name in (INSIDE, OUTSIDE) and found:
            place, process, started, token = found.groups()
            if which(ModuleOwner(place, int(process), int(started), token)):
                yield module.index


def _place() -> str:
    """Return where our process numbers mean something: this start of this machine or container."""
    try:
        boot = Path("/proc/sys/kernel/random/boot_id").read_text()[:8]
        return f"{boot}x{os.stat('/proc/self/ns/pid').st_ino}"
    except OSError:
        return re.sub(r"\W", "", socket.gethostname()) or "unknown"


def _started(process: int) -> int:
    """Return when a process began, in ticks since the system did; 0 if it does not live."""
    try:
        _, after = Path(f"/proc/{process}/stat").read_text().rsplit(")", 1)
    except OSError:
        return 0
    fields = after.split()
    return 0 if fields[0] in "ZX" else int(fields[19])
