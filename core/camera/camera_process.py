"""The virtual camera's own process: shows what lies in shared memory while its parent lives.

Apart from us because pyvirtualcam is GPL-2.0-only and its calls can block. It is told
    {"do": "open", "device", "backend", "width", "height", "fps", "memory", "after", "hold"}
    {"do": "close"}
and tells
    {"opened": device}, {"closed": true}, {"failed": why}
`after` is the number of the last picture that is not meant for this opening.
"""

import logging
import os
import sys
import threading
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from queue import Empty, SimpleQueue
from typing import Any, Protocol

from core.camera.devices import LOOPBACK, PIPEWIRE
from core.camera.pipewire_camera import PipeWireCamera
from core.camera.pipewire_library import runs
from core.camera.placeholder import placeholder
from core.camera.shared import SIZE, Slots
from core.clock import Clock, WallClock
from core.process.child import UNASKED, Message, Pipe, claim
from core.process.memory import seen
from core.sentence import said
from core.video import Picture, VideoFormat

log = logging.getLogger(__name__)

LOOK, LOOK_CLOSELY = 0.004, 0.001
"""Seconds between two looks for a new picture, and while one is due."""

DUE = 0.8
"""Share of a frame's time after which the next picture is due."""

CHECK = 1.0
"""Seconds between two looks whether the device is still there."""

END = Message({"do": "end"})

LAST_WORDS = 2.0
"""Seconds that a blocked driver may take once the parent is gone."""


class Driver(Protocol):
    """What we use of pyvirtualcam.Camera."""

    @property
    def device(self) -> str: ...
    def send(self, frame: Picture) -> None: ...
    def close(self) -> None: ...


class Both:
    """Satisfies `Driver`: a second camera shows the same, and is no reason to lose the first."""

    def __init__(self, first: Driver, second: Driver) -> None:
        self._first, self._second = first, second

    @property
    def device(self) -> str:
        return self._first.device

    def send(self, frame: Picture) -> None:
        self._first.send(frame)
        try:
            self._second.send(frame)
        except Exception:  # it is tried again with the next picture
            log.debug("the second camera shows nothing", exc_info=True)

    def close(self) -> None:
        self._second.close()
        self._first.close()


class Lost(Exception):
    """The device is gone."""


@dataclass
class OpenCamera:
    """One opening of the camera. The parent's pictures set the pace while they come."""

    driver: Driver
    format: VideoFormat
    slots: Slots
    after: int
    hold: float
    """Seconds for which the last picture stays when no more come."""
    clock: Clock

    def __post_init__(self) -> None:
        self._idle = placeholder(self.format)
        self._showing = self._idle
        self._fresh = self._sent = self._checked = self.clock.now()

    def tick(self, ended: threading.Event) -> None:
        """Wait for the next picture, or until it is time to repeat the last, and send it.

        Raises:
            Lost: the device has been taken away.
        """
        period = 1 / self.format.fps
        due = self._sent + period * (1.5 if self._fresh == self._sent else 1.0)
        while self.slots.newest <= self.after and self.clock.now() < due:
            soon = self._fresh + DUE * period <= self.clock.now() < self._fresh + 2 * period
            self.clock.wait(LOOK_CLOSELY if soon else LOOK, ended)
            if ended.is_set():
                return
        self._look()
        self.driver.send(self._showing)
        self._check()
        self.slots.beat()

    def _look(self) -> None:
        newest, now = self.slots.newest, self.clock.now()
        self._sent = now
        if newest > self.after and (fresh := self.slots.read(self.format)):
            self.after, self._showing = fresh
            self._fresh = now
        elif now - self._fresh > self.hold:
            self._showing = self._idle

    def _check(self) -> None:
        now = self.clock.now()
        if now - self._checked < CHECK:
            return
        self._checked = now
        if self.driver.device.startswith("/dev/") and not Path(self.driver.device).exists():
            raise Lost(said("{0} has been taken away", self.driver.device))


class Process:
    """Obeys the parent; one thread listens, one drives the camera."""

    def __init__(self, pipe: Pipe, open_camera: Callable[..., Driver]) -> None:
        self._pipe = pipe
        self._open_camera = open_camera
        self._orders: SimpleQueue[Message] = SimpleQueue()
        self._wake = threading.Event()
        self._open: OpenCamera | None = None
        self._slots: Slots | None = None

    def run(self) -> None:
        """Return when the parent is gone."""
        threading.Thread(target=self._listen, daemon=True).start()
        while (order := self._order()) != END:
            if order is not None:
                self._obey(order)
            elif self._open:
                self._guard(self._open)
        self._close()

    def _listen(self) -> None:
        try:
            while message := self._pipe.receive():
                self._orders.put(message)
                self._wake.set()
        finally:  # also where what came was no message: nobody who speaks so is our parent
            self._orders.put(END)
            self._wake.set()
            threading.Event().wait(LAST_WORDS)
            os._exit(0)

    def _order(self) -> Message | None:
        self._wake.clear()
        try:
            return self._orders.get(block=self._open is None)
        except Empty:
            return None

    def _obey(self, order: Message) -> None:
        self._close()
        if order.head["do"] == "close":
            self._pipe.send({"closed": True}, order=order.order)
            return
        try:
            self._open = self._opened(order.head)
        except Exception as error:  # noqa: BLE001 - whatever a driver says, the parent tells it
            self._pipe.send({"failed": str(error) or repr(error)}, order=order.order)
            return
        self._pipe.send({"opened": self._open.driver.device}, order=order.order)

    def _opened(self, order: dict[str, Any]) -> OpenCamera:
        format = VideoFormat(order["width"], order["height"], order["fps"])
        driver = self._open_camera(
            format.width,
            format.height,
            format.fps,
            device=order["device"],
            backend=order["backend"],
        )
        self._slots = self._slots or Slots(seen(order["memory"], SIZE))
        return OpenCamera(driver, format, self._slots, order["after"], order["hold"], WallClock())

    def _guard(self, camera: OpenCamera) -> None:
        try:
            camera.tick(self._wake)
        except Exception as error:  # noqa: BLE001 - whatever a driver says, the parent tells it
            self._close()
            self._pipe.send({"failed": str(error) or repr(error)}, order=UNASKED)

    def _close(self) -> None:
        if self._open:
            camera, self._open = self._open, None
            camera.driver.close()


def open_camera(width: int, height: int, fps: int, device: str, backend: str) -> Driver:
    """Open a virtual camera that takes RGB pictures; beside v4l2loopback, one in PipeWire too."""
    if backend == PIPEWIRE:
        return PipeWireCamera(width, height, fps)
    import pyvirtualcam

    driver: Driver = pyvirtualcam.Camera(width, height, fps, device=device, backend=backend)
    if backend == LOOPBACK and runs():
        return Both(driver, PipeWireCamera(width, height, fps, patient=True))
    return driver


def main() -> int:
    try:
        Process(claim(), open_camera).run()
    except BrokenPipeError:
        return 0  # the parent has gone while we spoke
    return 0


if __name__ == "__main__":
    sys.exit(main())
