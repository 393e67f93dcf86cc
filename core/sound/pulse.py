"""Playing through PulseAudio, or PipeWire in its place: the little of libpulse that it takes.

libpulse's asynchronous interface, because its simple one cannot be stopped while a device sleeps.
Every call is made with the main loop's lock held; the callbacks run on the loop's thread.
"""

import ctypes
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from ctypes import POINTER, byref, c_char_p, c_int, c_size_t, c_uint8, c_uint32, c_uint64, c_void_p
from types import SimpleNamespace
from typing import Any

import numpy as np

from core.sentence import said
from core.sound.player import CHANNELS, Fill, SoundError, lost
from core.sound.player import ENDED as SERVER_ENDED
from core.sound.player import GONE as GONE_FROM_SERVER
from core.sound.virtual_microphone import missing

LATENCY = 0.03
"""Seconds asked of the server."""

PATIENCE = 5.0
"""Seconds for the server to answer."""

FRAME = 4 * CHANNELS
"""Bytes."""

LEAVE = 2**32 - 1
"""What libpulse may decide."""

READY, FAILED, ENDED = "ready", "failed", "ended"
CONTEXT = {4: READY, 5: FAILED, 6: ENDED}
STREAM = {2: READY, 3: FAILED, 4: ENDED}

NO_AUTOSPAWN = 0x1
INTERPOLATE, UPDATE_TIMING, DO_NOT_MOVE, ADJUST_LATENCY = 0x2, 0x8, 0x200, 0x2000
FLOAT32 = 5

Notify = ctypes.CFUNCTYPE(None, c_void_p, c_void_p)
Request = ctypes.CFUNCTYPE(None, c_void_p, c_size_t, c_void_p)


class SampleSpec(ctypes.Structure):
    """pa_sample_spec"""

    _fields_ = (("format", c_int), ("rate", c_uint32), ("channels", c_uint8))


class BufferAttributes(ctypes.Structure):
    """pa_buffer_attr, in bytes"""

    _fields_ = tuple(
        (name, c_uint32) for name in ("maxlength", "tlength", "prebuf", "minreq", "fragsize")
    )


SIGNATURES: dict[str, tuple[Any, ...]] = {
    "threaded_mainloop_new": (c_void_p,),
    "threaded_mainloop_get_api": (c_void_p, c_void_p),
    "threaded_mainloop_start": (c_int, c_void_p),
    "threaded_mainloop_lock": (None, c_void_p),
    "threaded_mainloop_unlock": (None, c_void_p),
    "threaded_mainloop_stop": (None, c_void_p),
    "threaded_mainloop_free": (None, c_void_p),
    "context_new": (c_void_p, c_void_p, c_char_p),
    "context_set_state_callback": (None, c_void_p, Notify, c_void_p),
    "context_connect": (c_int, c_void_p, c_char_p, c_int, c_void_p),
    "context_get_state": (c_int, c_void_p),
    "context_errno": (c_int, c_void_p),
    "context_disconnect": (None, c_void_p),
    "context_unref": (None, c_void_p),
    "strerror": (c_char_p, c_int),
    "stream_new": (c_void_p, c_void_p, c_char_p, POINTER(SampleSpec), c_void_p),
    "stream_set_state_callback": (None, c_void_p, Notify, c_void_p),
    "stream_set_write_callback": (None, c_void_p, Request, c_void_p),
    "stream_connect_playback": (
        c_int, c_void_p, c_char_p, POINTER(BufferAttributes), c_int, c_void_p, c_void_p,
    ),
    "stream_get_state": (c_int, c_void_p),
    "stream_get_latency": (c_int, c_void_p, POINTER(c_uint64), POINTER(c_int)),
    "stream_begin_write": (c_int, c_void_p, POINTER(c_void_p), POINTER(c_size_t)),
    "stream_write": (c_int, c_void_p, c_void_p, c_size_t, c_void_p, ctypes.c_int64, c_int),
    "stream_disconnect": (c_int, c_void_p),
    "stream_unref": (None, c_void_p),
}  # fmt: skip
"""Result and arguments of what we call, as <pulse/...> declares them, without the prefix pa_."""


class PulsePlayer:
    """Satisfies `Player`: one stream into the sink called `sink`, and into no other ever."""

    def __init__(self, sink: str, title: str, rate: int) -> None:
        self.title = title
        self.rate = rate
        self._sink = sink
        self._pulse = library()
        self._stream: Any = None
        self._changed = threading.Event()
        self._closed = False
        # libpulse keeps these by address: they have to live as long as it does.
        self._notify = Notify(lambda *_: self._changed.set())
        self._request = Request(self._pull)
        self._loop = self._pulse.threaded_mainloop_new()
        self._context = self._pulse.context_new(
            self._pulse.threaded_mainloop_get_api(self._loop), b"Understudy"
        )
        self._pulse.threaded_mainloop_start(self._loop)
        try:
            self._connect()
        except BaseException:
            self.close()
            raise

    @property
    def latency(self) -> float:
        """See `Player`."""
        found, negative = c_uint64(), c_int()
        with self._locked():
            error = self._pulse.stream_get_latency(self._stream, byref(found), byref(negative))
        return 0.0 if error or negative.value else found.value / 1e6

    def start(self, fill: Fill) -> None:
        """See `Player`.

        Raises:
            SoundError: the sink is not there, or the server does not let us.
        """
        self._fill = fill
        spec = SampleSpec(FLOAT32, self.rate, CHANNELS)
        wanted = int(LATENCY * self.rate) * FRAME
        # No prebuffering: a stream that was once short of sound would wait for more than it needs.
        buffer = BufferAttributes(LEAVE, wanted, 0, LEAVE, LEAVE)
        flags = INTERPOLATE | UPDATE_TIMING | DO_NOT_MOVE | ADJUST_LATENCY
        with self._locked():
            self._stream = self._pulse.stream_new(
                self._context, self.title.encode(), byref(spec), None
            )
            self._pulse.stream_set_state_callback(self._stream, self._notify, None)
            self._pulse.stream_set_write_callback(self._stream, self._request, None)
            self._pulse.stream_connect_playback(
                self._stream, self._sink.encode(), byref(buffer), flags, None, None
            )
        self._await(lambda: STREAM.get(self._pulse.stream_get_state(self._stream)))

    def check(self) -> None:
        """See `Player`."""
        if not self._changed.is_set():
            return
        self._changed.clear()
        with self._locked():
            server = CONTEXT.get(self._pulse.context_get_state(self._context))
            state = STREAM.get(self._pulse.stream_get_state(self._stream))
        if state != READY:
            self._changed.set()
            raise lost(self.title, GONE_FROM_SERVER if server == READY else SERVER_ENDED)

    def close(self) -> None:
        """See `Player`."""
        if self._closed:
            return
        self._closed = True
        with self._locked():
            if self._stream:
                self._pulse.stream_disconnect(self._stream)
            self._pulse.context_disconnect(self._context)
        self._pulse.threaded_mainloop_stop(self._loop)
        if self._stream:
            self._pulse.stream_unref(self._stream)
        self._pulse.context_unref(self._context)
        self._pulse.threaded_mainloop_free(self._loop)

    def _connect(self) -> None:
        with self._locked():
            self._pulse.context_set_state_callback(self._context, self._notify, None)
            self._pulse.context_connect(self._context, None, NO_AUTOSPAWN, None)
        self._await(lambda: CONTEXT.get(self._pulse.context_get_state(self._context)))

    def _await(self, look: Callable[[], str | None]) -> None:
        """Wait until `look` says READY.

        Raises:
            SoundError: it says something else, or nothing.
        """
        state = None
        while state != READY:
            answered = self._changed.wait(PATIENCE)
            self._changed.clear()
            with self._locked():
                state = look()
                reason = self._pulse.strerror(self._pulse.context_errno(self._context)).decode()
            if state in (FAILED, ENDED):
                raise SoundError(
                    said(
                        "{0} cannot be played to: {1}", self.title, reason, remedy="choose another"
                    )
                )
            if not answered:
                raise SoundError(
                    said(
                        "{0} cannot be played to: the sound server does not answer",
                        self.title,
                        remedy="restart it, or the computer",
                    )
                )

    def _pull(self, stream: int, wanted: int, _: Any) -> None:
        """Runs on the loop's thread when the server wants `wanted` more bytes."""
        room, size = c_void_p(), c_size_t(wanted)
        while wanted > 0:
            size.value = wanted
            if self._pulse.stream_begin_write(stream, byref(room), byref(size)) or not room.value:
                return
            count = min(size.value, wanted) // FRAME
            block = (ctypes.c_float * (count * CHANNELS)).from_address(room.value)
            self._fill(np.ctypeslib.as_array(block).reshape(count, CHANNELS))
            self._pulse.stream_write(stream, room, count * FRAME, None, 0, 0)
            wanted -= max(count * FRAME, FRAME)

    @contextmanager
    def _locked(self) -> Iterator[None]:
        self._pulse.threaded_mainloop_lock(self._loop)
        try:
            yield
        finally:
            self._pulse.threaded_mainloop_unlock(self._loop)


def library() -> Any:
    """Return the functions of `SIGNATURES`, ready to be called.

    Raises:
        SoundError: libpulse is missing.
    """
    try:
        shared = ctypes.CDLL("libpulse.so.0")
    except OSError as error:
        raise SoundError(missing(str(error))) from error
    found = SimpleNamespace()
    for name, (result, *arguments) in SIGNATURES.items():
        function = getattr(shared, f"pa_{name}")
        function.restype, function.argtypes = result, arguments
        setattr(found, name, function)
    return found
