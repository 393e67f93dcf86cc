"""A camera in PipeWire: programs see it without a kernel module, and it outlives the daemon."""

import ctypes
import logging
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

import cv2
import numpy as np

from core.camera import pipewire_library as library
from core.clock import Clock, WallClock
from core.sentence import said
from core.video import Picture

log = logging.getLogger(__name__)

TITLE = "Understudy"
PROPERTIES = (
    f"media.class = Video/Source media.role = Camera media.type = Video node.name = understudy "
    f'node.description = "{TITLE}" node.virtual = true'
)

PATIENCE = 3.0
"""Seconds that PipeWire may take to take a camera in."""

AGAIN = 2.0
"""Seconds from one try to reach PipeWire to the next, once it is gone."""


class PipeWireCamera:
    """Satisfies `Driver`; one thread opens, sends and closes. While the daemon is away pictures are
    lost, and every two seconds it is tried again."""

    device = "pipewire"

    def __init__(
        self, width: int, height: int, fps: int, patient: bool = False, clock: Clock | None = None
    ) -> None:
        """A `patient` one begins where the daemon is away as well.

        Raises:
            OSError: PipeWire cannot be reached; says so.
        """
        self._size, self._fps = (width, height), fps
        self._clock = clock or WallClock()
        self._stream: _Stream | None = None
        self._tried = self._clock.now()
        try:
            self._stream = _Stream(width, height, fps, 0.0 if patient else PATIENCE)
        except OSError:
            if not patient:
                raise

    def send(self, frame: Picture) -> None:
        """Show `frame`, RGB, to whoever looks."""
        if self._stream and self._stream.lost:
            log.warning("PipeWire is gone; it is looked for again")
            self._stream.close()
            self._stream = None
        if self._stream is None:
            self._try_again()
        if self._stream:
            self._stream.push(frame)

    def close(self) -> None:
        if self._stream:
            self._stream.close()
            self._stream = None

    def _try_again(self) -> None:
        if self._clock.now() - self._tried < AGAIN:
            return
        self._tried = self._clock.now()
        with suppress(OSError):
            self._stream = _Stream(*self._size, self._fps, patience=0.0)


class _Stream:
    """One connection to the daemon, until it is lost."""

    def __init__(self, width: int, height: int, fps: int, patience: float) -> None:
        """`patience`: seconds until the daemon must have answered; 0 does not wait for it.

        Raises:
            OSError: it is not there, or does not answer; says so.
        """
        self._library = library.load()
        self._wish = library.pointers(library.buffers_wish(width, height))
        self._offer = library.pointers(library.format_offer(width, height, fps))
        self._changed = threading.Event()
        self.lost = False
        """Whether the daemon has gone; never comes back."""
        self._library.pw_init(None, None)
        self._loop = self._library.pw_thread_loop_new(b"understudy", None)
        # The library keeps these pointers, so the objects must live as long.
        self._events = library.Events(version=library.EVENTS_VERSION)
        self._events.state_changed = library.OnState(self._on_state)
        self._events.param_changed = library.OnParam(self._on_param)
        self._stream = self._library.pw_stream_new_simple(
            self._library.pw_thread_loop_get_loop(self._loop),
            TITLE.encode(),
            self._library.pw_properties_new_string(PROPERTIES.encode()),
            ctypes.byref(self._events),
            None,
        )
        self._library.pw_thread_loop_start(self._loop)
        self._connect(patience)

    def push(self, picture: Picture) -> None:
        """Hand a picture to whoever looks; without anybody, or a free buffer, it is lost."""
        with self._locked():
            if self._state() != library.STREAMING:
                return
            if buffer := self._library.pw_stream_dequeue_buffer(self._stream):
                library.fill(buffer, _yuy2(picture))
                self._library.pw_stream_queue_buffer(self._stream, buffer)
            self._library.pw_stream_trigger_process(self._stream)

    def close(self) -> None:
        with self._locked():
            if self._stream:
                self._library.pw_stream_destroy(self._stream)
        self._library.pw_thread_loop_stop(self._loop)
        self._library.pw_thread_loop_destroy(self._loop)

    def _connect(self, patience: float) -> None:
        with self._locked():
            failed = not self._stream or self._library.pw_stream_connect(
                self._stream,
                library.OUTPUT,
                library.ANY,
                library.MAP_BUFFERS | library.DRIVER,
                self._offer,
                1,
            )
        unanswered = patience > 0 and not self._changed.wait(patience)
        if failed or unanswered or self.lost:
            self.close()
            raise OSError(
                said(
                    "PipeWire does not answer:", remedy="start it (systemctl --user start pipewire)"
                )
            )

    def _on_state(self, _: Any, old: int, state: int, error: bytes | None) -> None:  # noqa: ARG002
        """Runs on the loop's thread, which holds its lock."""
        if state in (library.ERROR, library.UNCONNECTED):
            self.lost = True
        if state != library.CONNECTING:
            self._changed.set()

    def _on_param(self, _: Any, param: int, value: int | None) -> None:
        """Runs on the loop's thread, which holds its lock."""
        if param == library.FORMAT and value:
            self._library.pw_stream_update_params(self._stream, self._wish, 1)

    def _state(self) -> int:
        return int(self._library.pw_stream_get_state(self._stream, None))

    @contextmanager
    def _locked(self) -> Iterator[None]:
        self._library.pw_thread_loop_lock(self._loop)
        try:
            yield
        finally:
            self._library.pw_thread_loop_unlock(self._loop)


def _yuy2(picture: Picture) -> np.ndarray:
    return np.ascontiguousarray(cv2.cvtColor(picture, cv2.COLOR_RGB2YUV_YUY2))
