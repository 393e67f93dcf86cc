"""Whoever is chosen, idling in the stage while nothing is live."""

import logging
import threading
from collections.abc import Callable
from contextlib import closing
from typing import NamedTuple

import numpy as np
from PySide6.QtCore import QObject, QTimer, Signal

from core.audio import SAMPLE_RATE
from core.broadcast.handover import LiveAvatar
from core.broadcast.shared_devices import Devices, EngineInUse
from core.clock import Clock, WallClock
from core.engine.badge import BadgeOptions
from core.look import Look
from core.profile import Framing
from core.video import Frame, VideoFormat

log = logging.getLogger(__name__)

FORMAT = VideoFormat(640, 360, 12)
"""A quarter of the pixels and half of the pictures of what goes live: an eighth of the work."""

CALM = 250
"""Milliseconds without another wish after which the engine is asked."""

LOOK = 40
"""Milliseconds between two looks for a new picture."""

TESTCARD, PUPPET = "testcard", "puppet"


class Idling(NamedTuple):
    """What is chosen to be seen."""

    look: Look
    badge: BadgeOptions | None
    engine: str


class IdlePortrait(QObject):
    """Has the engine from `go_on` to `rest`; `chosen` returns what is to be seen, or None.

    All but `_run` belongs to the window's thread.
    """

    frame_ready = Signal(Frame)
    failed = Signal(object)
    """Whoever is chosen cannot be shown: the error."""
    _trouble = Signal(object)

    def __init__(
        self,
        devices: Devices,
        chosen: Callable[[], Idling | None],
        parent: QObject,
    ) -> None:
        super().__init__(parent)
        self._devices, self._chosen = devices, chosen
        self._clock: Clock = WallClock()
        self._closed = False
        self._thread: threading.Thread | None = None
        self._stop = threading.Event()
        self._avatar = LiveAvatar()
        self._latest: Frame | None = None
        self._shown: Frame | None = None
        self._then: Callable[[], None] | None = None
        self._calm = QTimer(self, interval=CALM, singleShot=True)
        self._calm.timeout.connect(self._begin)
        self._watch = QTimer(self, interval=LOOK)
        self._watch.timeout.connect(self._see)
        self._trouble.connect(self._tell)

    @property
    def running(self) -> bool:
        """Whether it has the engine, or is about to give it back."""
        return self._thread is not None

    @property
    def framing(self) -> Framing | None:
        """Which part of the photo is shown, where that is known."""
        return self._avatar.framing if self.running else None

    def go_on(self) -> None:
        """Idle from now on; at once where it has rested, for nobody has chosen anything else."""
        self._then = None
        if self._closed:
            return
        if not self.running:
            self._calm.start()
        elif self._stop.is_set():  # it has been asked to rest, and has not ended yet
            self._then = self._calm.start

    def rest(self, then: Callable[[], None] | None = None) -> None:
        """Give the engine back, then do what is next: at once where nobody has it."""
        self._calm.stop()
        self._then = then
        if self.running:
            self._stop.set()
        elif then:
            then()

    def change(self) -> None:
        """Show what is chosen now."""
        chosen = self._chosen()
        if not self.running:
            if self._calm.isActive():
                self._calm.start()
            return
        if chosen is None or self._stop.is_set():
            return
        if not self._avatar.change(chosen.look, self._trouble.emit):
            self.rest(self._calm.start)

    def close(self, patience: float) -> None:
        """End for good."""
        self._closed = True
        self.rest()
        self._watch.stop()
        if self._thread:
            self._thread.join(patience)
            self._thread = None

    def _begin(self) -> None:
        chosen = self._chosen()
        if self.running or self._closed or chosen is None:
            return
        self._stop, self._avatar, self._latest = threading.Event(), LiveAvatar(), None
        self._thread = threading.Thread(target=self._run, args=(chosen,), name="idle", daemon=True)
        self._thread.start()
        self._watch.start()

    def _see(self) -> None:
        if self._thread and not self._thread.is_alive():
            self._thread = None
            self._watch.stop()
            then, self._then = self._then, None
            if then:
                then()
        elif not self._stop.is_set() and self._latest and self._latest is not self._shown:
            self._shown = self._latest
            self.frame_ready.emit(self._shown)

    def _tell(self, error: object) -> None:
        if error and not self._stop.is_set():
            self.failed.emit(error)

    def _run(self, chosen: Idling) -> None:
        """Runs on the thread that has the engine."""
        try:
            self._devices.lease.take()
        except EngineInUse:
            return
        try:
            # Whatever goes live, this must be there at once and cost little.
            engine = TESTCARD if chosen.engine == TESTCARD else PUPPET
            opened = self._devices.engine.open(engine, chosen.look, FORMAT, log.info, chosen.badge)
            with closing(opened[0]) as stream:
                self._avatar.begin(stream)
                silence, due = np.zeros(stream.hop, np.float32), self._clock.now()
                while not self._stop.is_set():
                    for frame in stream.step(silence):
                        self._latest = frame
                    due = max(due + stream.hop / SAMPLE_RATE, self._clock.now())
                    self._clock.wait(due - self._clock.now(), self._stop)
        except Exception as error:
            log.info("nobody idles", exc_info=True)
            self._trouble.emit(error)
        finally:
            self._devices.lease.give_back()
