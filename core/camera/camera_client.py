"""The virtual camera, seen from the program: opened once, fed by one session after another."""

import threading
from collections.abc import Sequence
from contextlib import suppress

from core.camera.devices import CameraError, Device, choose, explain
from core.camera.placeholder import placeholder
from core.camera.shared import LARGEST, SIZE, Slots
from core.clock import Clock, WallClock
from core.process.child import Child, ChildLost, Message, command
from core.process.memory import Memory
from core.sentence import said
from core.video import Frame, VideoFormat, VideoSink

PATIENCE = 10.0
"""Seconds that the driver may take to open the camera."""

NUMB = 5.0
"""Seconds without a sign of life after which the driver counts as hung."""

HOLD = 5.0
"""Seconds for which the last picture stays when no more come; then the placeholder."""


class Camera:
    """A virtual camera that outlives sessions; any thread may call, one at a time gets through.

    The device stays open, and its watchers see a placeholder, from the first `open` to `close`.
    """

    def __init__(
        self,
        run: Sequence[str] | None = None,
        clock: Clock | None = None,
        patience: float = PATIENCE,
        numb: float = NUMB,
        hold: float = HOLD,
    ) -> None:
        self._run = run or command("core.camera.camera_process")
        self._clock = clock or WallClock()
        self._patience = patience
        self._numb = numb
        self._hold = hold
        self._alone = threading.Lock()
        self._memory: Memory | None = None
        self._slots: Slots | None = None
        self._child: Child | None = None
        self._open: tuple[Device, VideoFormat] | None = None
        self._pulse = (0, 0.0)

    def open(self, device: Device | str | None, format: VideoFormat) -> VideoSink:
        """Return a sink for one session; its `close` leaves the camera on.

        Raises:
            CameraError: it cannot be opened; says why and what helps.
        """
        if not isinstance(device, Device):
            device = choose(device)
        if format.width * format.height * 3 > LARGEST:
            raise CameraError(
                said(
                    "{0}x{1} is too large for a virtual camera",
                    format.width,
                    format.height,
                    remedy="choose at most 3840x2160",
                )
            )
        with self._alone:
            if self._open != (device, format) or self._trouble():
                self._start(device, format)
        return CameraSink(self, format)

    def close(self) -> None:
        """Switch the camera off. Safe to call twice; `open` switches it on again."""
        with self._alone:
            self._end()

    def show(self, frame: Frame) -> None:
        """Hand `frame` to the camera; never waits for it.

        Raises:
            CameraError: the camera is gone or no longer answers.
        """
        with self._alone:
            if trouble := self._trouble():
                raise CameraError(trouble)
            assert self._slots
            self._slots.write(frame.picture)

    def _start(self, device: Device, format: VideoFormat) -> None:
        self._open = None
        if self._child and not self._child.alive:
            self._end()
        if self._child is None or self._slots is None or self._memory is None:
            self._memory = Memory(SIZE)
            self._slots = Slots(self._memory.map)
            self._child = Child(self._run, "camera", self._memory.handles)
        self._order(device, format, self._child, self._slots, self._memory)
        self._pulse = (self._slots.pulse, self._clock.now())
        self._open = (device, format)

    def _order(
        self, device: Device, format: VideoFormat, child: Child, slots: Slots, memory: Memory
    ) -> None:
        try:
            order = child.send(
                {
                    "do": "open",
                    "device": device.name,
                    "backend": device.backend,
                    "width": format.width,
                    "height": format.height,
                    "fps": format.fps,
                    "memory": memory.address,
                    "after": slots.newest,
                    "hold": self._hold,
                }
            )
            answer = self._answer(child, order)
        except ChildLost as error:
            self._end()
            raise CameraError(explain(device, str(error))) from error
        if answer is None:
            self._end()
            raise CameraError(
                said(
                    "the virtual camera {0} does not answer:",
                    device.title,
                    remedy="close the programs that use it, and try again",
                )
            )
        if "failed" in answer.head:
            raise CameraError(explain(device, answer.head["failed"]))

    def _answer(self, child: Child, order: int) -> Message | None:
        """Return what the child says to an order; whatever else it says is old."""
        end = self._clock.now() + self._patience
        while message := child.receive(max(0.0, end - self._clock.now())):
            if message.order == order:
                return message
        return None

    def _trouble(self) -> str | None:
        """Return what has gone wrong with the open camera, if anything has."""
        if self._child is None or self._slots is None or self._open is None:
            return said("the virtual camera has been switched off", remedy="start again")
        device, _ = self._open
        try:
            message = self._child.receive(0)
        except ChildLost as error:
            self._end()
            return explain(device, str(error))
        if message and "failed" in message.head:
            self._open = None
            why = message.head["failed"]
            return said(
                "the virtual camera {0} was lost ({1})",
                device.title,
                why,
                remedy="bring it back and start again",
            )
        if self._beats(self._slots):
            return None
        self._end()
        return said(
            "the virtual camera {0} does not answer any more:",
            device.title,
            remedy="close the programs that use it, and start again",
        )

    def _beats(self, slots: Slots) -> bool:
        pulse, since = self._pulse
        if slots.pulse != pulse:
            since = self._clock.now()
            self._pulse = (slots.pulse, since)
        return self._clock.now() - since < self._numb

    def _end(self) -> None:
        self._open = None
        if self._child:
            self._child.close()
        if self._slots:
            self._slots.close()
        if self._memory:
            self._memory.close()
        self._child = self._slots = self._memory = None


class CameraSink:
    """Satisfies `VideoSink` for one session."""

    def __init__(self, camera: Camera, format: VideoFormat) -> None:
        self._camera, self._format = camera, format
        self._shape = (format.height, format.width, 3)
        self._sent = False

    def send(self, frame: Frame) -> None:
        if frame.picture.shape != self._shape:
            raise ValueError(
                said("the camera shows {0}, not {1}", self._shape, frame.picture.shape)
            )
        self._camera.show(frame)
        self._sent = True

    def close(self) -> None:
        """Leave the camera on; its watchers see the placeholder at once."""
        if self._sent:
            with suppress(CameraError):  # it is gone, and whoever showed a picture has been told
                self._camera.show(Frame(placeholder(self._format), 0))
