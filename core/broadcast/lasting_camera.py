"""The camera, opened again once when it breaks down: the call goes on."""

import logging
from collections.abc import Callable

from core.camera.devices import CameraError
from core.clock import Clock
from core.sentence import said
from core.video import Frame, VideoSink

log = logging.getLogger(__name__)

CALM = 60.0
"""Seconds after a breakdown within which another one is an error: it would go on like that."""


class LastingCamera:
    """Satisfies `VideoSink`. One thread; it waits while the camera is being opened again."""

    def __init__(
        self, open_camera: Callable[[], VideoSink], tell: Callable[[str], None], clock: Clock
    ) -> None:
        self._open_camera, self._tell, self._clock = open_camera, tell, clock
        self._sink = open_camera()
        self._broke: float | None = None

    def send(self, frame: Frame) -> None:
        """See `VideoSink.send`.

        Raises:
            CameraError: it is gone, or has broken down for the second time.
        """
        try:
            self._sink.send(frame)
        except CameraError as error:
            self._open_again(error)
            self._sink.send(frame)

    def close(self) -> None:
        self._sink.close()

    def _open_again(self, error: CameraError) -> None:
        before, self._broke = self._broke, self._clock.now()
        if before is not None and self._broke - before < CALM:
            raise error
        log.warning("the camera broke down: %s", error)
        try:
            sink = self._open_camera()
        except CameraError:  # what it broke down of says more than that it cannot be opened
            raise error from None
        old, self._sink = self._sink, sink
        old.close()
        self._tell(said("The virtual camera broke down and was started again."))
