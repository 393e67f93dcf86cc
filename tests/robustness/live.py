"""Something live as the window has it, but without a window: a real engine in its process."""

import threading
import time
from typing import Any

import numpy as np
import psutil

from core.audio import PacedSource, Samples
from core.broadcast.broadcast import Broadcast, Reports
from core.broadcast.scene import Scene
from core.broadcast.shared_devices import Devices
from core.clock import Clock
from core.engine.badge import BadgeOptions
from core.live.session import Phase, Status
from core.plugin import SourcePlugin
from core.video import VideoFormat
from plugins.profiles import open_built_in

FORMAT = VideoFormat(320, 180, 25)


class Hum(PacedSource):
    """A voice that never ends and needs no process."""

    def __init__(self, _: object, clock: Clock) -> None:
        self._at = 0
        super().__init__(self._hum, clock)

    def _hum(self, count: int) -> Samples:
        at = np.arange(self._at, self._at + count)
        self._at += count
        hum: Samples = (0.2 * np.sin(at * 0.05) * (np.sin(at * 0.0004) > 0)).astype(np.float32)
        return hum


class Live:
    """A broadcast with what it told; one thread."""

    def __init__(
        self,
        plugin: SourcePlugin[Any],
        options: Any,
        engine: str = "puppet",
        sound: tuple[str, ...] = (),
    ) -> None:
        """sound: names of the outputs that play the voice."""
        self.statuses: list[Status] = []
        self.troubles: list[str] = []
        self.devices = Devices()
        self._changed = threading.Event()
        self._reports = Reports(self._hear, _ignore, _ignore, _ignore, self.troubles.append)
        person = next(one for one in open_built_in().profiles()[0] if one.name == "mira")
        badge = BadgeOptions()
        self._scene = Scene(plugin, options, person, engine, "", badge, sound=sound, format=FORMAT)
        self.broadcast = Broadcast(self._scene, self.devices, self._reports)

    def start(self, patience: float = 120.0) -> Phase:
        """Go live, anew if it was before; return what it is then."""
        if self.statuses:
            self.statuses.clear()
            self.broadcast = Broadcast(self._scene, self.devices, self._reports)
        self.broadcast.start()
        return self.wait_for(patience, Phase.LIVE, Phase.STOPPED, Phase.FAILED)

    def wait_for(self, patience: float, *phases: Phase) -> Phase:
        """Wait until one of `phases` is told; return the last one told."""
        end = time.monotonic() + patience
        while self.phase not in phases and time.monotonic() < end:
            self._changed.wait(0.05)
            self._changed.clear()
        return self.phase

    @property
    def phase(self) -> Phase:
        return self.statuses[-1].phase if self.statuses else Phase.STARTING

    @property
    def words(self) -> str:
        """Why it ended; empty if it did not fail."""
        return str(self.statuses[-1].error or "") if self.statuses else ""

    def stop(self, patience: float = 30.0) -> Phase:
        self.broadcast.stop()
        phase = self.wait_for(patience, Phase.STOPPED, Phase.FAILED)
        self.broadcast.join(patience)
        return phase

    def close(self) -> None:
        self.devices.close(10)

    def _hear(self, status: Status) -> None:
        self.statuses.append(status)
        self._changed.set()


def _ignore(*_: object) -> None:
    """Of no interest here."""


def children(named: str) -> list[psutil.Process]:
    """Return our processes whose command names a module."""
    found = psutil.Process().children(recursive=True)
    return [child for child in found if named in " ".join(_command(child))]


def _command(process: psutil.Process) -> list[str]:
    try:
        return list(process.cmdline())
    except psutil.Error:
        return []
