"""What is live: one broadcast after another, and what can be asked of it at any time."""

from collections.abc import Callable
from pathlib import Path
from typing import Protocol

from PySide6.QtCore import QObject, QTimer, Signal

from app.parts.bridge import Bridge
from core.broadcast.broadcast import Broadcast
from core.broadcast.scene import Scene
from core.broadcast.shared_devices import Devices
from core.live.session import Phase, Status
from core.profile import Framing
from core.video import Frame

FILMS = 60.0
"""Seconds that films may take to be signed when the window closes: an hour has a gigabyte."""


class Idle(Protocol):
    """Somebody who idles, and so has the engine; see `app.live.idle_portrait.IdlePortrait`."""

    @property
    def running(self) -> bool: ...

    @property
    def framing(self) -> Framing | None: ...

    def rest(self, then: Callable[[], None] | None = None) -> None: ...

    def close(self, patience: float) -> None: ...


class OnAir(QObject):
    """Holds the broadcast there is; where there is none, whoever is chosen may idle."""

    ended = Signal()
    """Nothing is live any more."""

    def __init__(self, devices: Devices, bridge: Bridge, parent: QObject) -> None:
        super().__init__(parent)
        self.devices, self._bridge = devices, bridge
        self.broadcast: Broadcast | None = None
        self._ending = QTimer(self, interval=50)
        self._ending.timeout.connect(self._end)
        bridge.status_changed.connect(self._hear)
        self.idle: Idle | None = None
        """Whoever is chosen, where they idle while nothing is live."""

    @property
    def rehearsing(self) -> bool:
        """Whether somebody speaks who is not saved yet, so that nobody else can go live."""
        idling = self.idle is not None and self.idle.running
        return self.devices.lease.taken and self.broadcast is None and not idling

    def free(self, then: Callable[[], None]) -> None:
        """Do `then` as soon as nobody idles."""
        self.idle.rest(then) if self.idle else then()

    def start(self, scene: Scene) -> Broadcast:
        """Go live; returns at once.

        Raises:
            EngineInUse: somebody is rehearsing.
        """
        broadcast = Broadcast(scene, self.devices, self._bridge.reports())
        broadcast.start()
        self.broadcast = broadcast
        self._bridge.watch(broadcast)
        return broadcast

    def stop(self) -> None:
        """Ask for the end; `ended` tells when it has come."""
        if self.broadcast:
            self.broadcast.stop()

    def close(self, patience: float) -> None:
        """End what is live, and all that would outlive it."""
        self._bridge.rest()
        if self.idle:
            self.idle.close(patience)
        if self.broadcast:
            self.broadcast.stop()
            self.broadcast.join(patience)
            self.broadcast.finish(FILMS)
            self.broadcast = None
        self.devices.close(patience)

    @property
    def speaks(self) -> bool:
        """Whether it can be told what to say."""
        return self.broadcast is not None and self.broadcast.speaks

    def say(self, text: str) -> None:
        """Let it say `text`.

        Raises:
            ValueError: there is nothing in it to speak.
        """
        if self.broadcast:
            self.broadcast.say(text)

    def interrupt(self) -> None:
        """Let it say no more of what it was told to.

        Raises:
            ValueError: its voice cannot be interrupted.
        """
        if self.broadcast:
            self.broadcast.interrupt()

    def switch(self, mute: bool, pause: bool) -> None:
        """Let others hear and see what they shall."""
        if self.broadcast:
            switches = self.broadcast.switches
            for wanted, switch in ((mute, switches.mute), (pause, switches.pause)):
                switch.set() if wanted else switch.clear()

    def record(self, path: Path | None, sound: str) -> None:
        """Record into `path` from now on, with one of `SOUNDS`, or stop recording."""
        if self.broadcast:
            self.broadcast.record(path, sound)

    def level(self) -> float:
        """Return how loud the voice is; root of the mean square, 0 to 1."""
        return self.broadcast.level if self.broadcast else 0.0

    def latest(self) -> Frame | None:
        """Return the picture that was sent last."""
        return self.broadcast.latest if self.broadcast else None

    def framing(self) -> Framing | None:
        """Return which part of the photo is shown, where that can be changed while live."""
        if self.broadcast:
            return self.broadcast.framing
        return self.idle.framing if self.idle else None

    def _hear(self, status: Status) -> None:
        if status.phase in (Phase.STOPPED, Phase.FAILED):
            self._ending.start()

    def _end(self) -> None:
        """The last status comes just before the last thread ends."""
        if self.broadcast and not self.broadcast.join(0):
            return
        self.broadcast = None
        self._ending.stop()
        self._bridge.rest()
        self.ended.emit()
