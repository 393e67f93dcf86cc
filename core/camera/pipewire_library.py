"""libpipewire through ctypes: a stream that is a source of video, and the messages it is told by.

No package binds it, and PyGObject's GStreamer is the system's, which an environment of ours does
not see (decision 0053). Names and numbers are those of pipewire/stream.h and spa/pod of 0.3.65,
which later versions keep.
"""

import ctypes
import os
import struct
from contextlib import suppress
from pathlib import Path
from typing import Any

import numpy as np

NAME = "libpipewire-0.3.so.0"

OUTPUT, ANY = 1, 0xFFFFFFFF
MAP_BUFFERS, DRIVER = 1 << 2, 1 << 3
ERROR, UNCONNECTED, CONNECTING, PAUSED, STREAMING = -1, 0, 1, 2, 3
EVENTS_VERSION = 2

ID, INT, RECTANGLE, FRACTION, OBJECT, CHOICE = 3, 4, 10, 11, 15, 19
RANGE, FLAGS = 1, 4
FORMAT_OBJECT, BUFFERS_OBJECT = 0x40003, 0x40004
ENUM_FORMAT, FORMAT, BUFFERS = 3, 4, 5
MEDIA_TYPE, MEDIA_SUBTYPE, VIDEO_FORMAT, VIDEO_SIZE, VIDEO_RATE = 1, 2, 0x20001, 0x20003, 0x20004
COLOUR_RANGE, COLOUR_MATRIX = 0x2000C, 0x2000D
VIDEO, RAW, YUY2 = 2, 1, 4
FROM_16_TO_235, BT601 = 2, 4
MEMORY, MEMORY_FILE = 1 << 1, 1 << 2


class Chunk(ctypes.Structure):
    _fields_ = (
        ("offset", ctypes.c_uint32),
        ("size", ctypes.c_uint32),
        ("stride", ctypes.c_int32),
        ("flags", ctypes.c_int32),
    )


class Data(ctypes.Structure):
    _fields_ = (
        ("type", ctypes.c_uint32),
        ("flags", ctypes.c_uint32),
        ("fd", ctypes.c_int64),
        ("offset", ctypes.c_uint32),
        ("size", ctypes.c_uint32),
        ("memory", ctypes.c_void_p),
        ("chunk", ctypes.POINTER(Chunk)),
    )


class SpaBuffer(ctypes.Structure):
    _fields_ = (
        ("metas", ctypes.c_uint32),
        ("datas", ctypes.c_uint32),
        ("meta", ctypes.c_void_p),
        ("data", ctypes.POINTER(Data)),
    )


class Buffer(ctypes.Structure):
    """The beginning of `pw_buffer`."""

    _fields_ = (("buffer", ctypes.POINTER(SpaBuffer)),)


OnState = ctypes.CFUNCTYPE(None, ctypes.c_void_p, ctypes.c_int, ctypes.c_int, ctypes.c_char_p)
OnParam = ctypes.CFUNCTYPE(None, ctypes.c_void_p, ctypes.c_uint32, ctypes.c_void_p)


class Events(ctypes.Structure):
    """`pw_stream_events`; what is not listened to is null."""

    _fields_ = (
        ("version", ctypes.c_uint32),
        ("destroy", ctypes.c_void_p),
        ("state_changed", OnState),
        ("control_info", ctypes.c_void_p),
        ("io_changed", ctypes.c_void_p),
        ("param_changed", OnParam),
        ("add_buffer", ctypes.c_void_p),
        ("remove_buffer", ctypes.c_void_p),
        ("process", ctypes.c_void_p),
        ("drained", ctypes.c_void_p),
        ("command", ctypes.c_void_p),
        ("trigger_done", ctypes.c_void_p),
    )


def runs(root: Path = Path("/")) -> bool:
    """Whether PipeWire runs for this user and can be reached; `root` stands in for / in tests."""
    folder = os.environ.get("PIPEWIRE_RUNTIME_DIR") or os.environ.get("XDG_RUNTIME_DIR")
    name = os.environ.get("PIPEWIRE_REMOTE") or "pipewire-0"
    return bool(folder) and (root / str(folder).lstrip("/") / name).exists() and _is_installed()


def _is_installed() -> bool:
    with suppress(OSError):
        return bool(ctypes.CDLL(NAME))
    return False


def load() -> Any:
    """Return the library, its functions declared.

    Raises:
        OSError: it is not installed.
    """
    library = ctypes.CDLL(NAME)
    pointer, text = ctypes.c_void_p, ctypes.c_char_p
    for name, answer, arguments in (
        ("pw_init", None, (pointer, pointer)),
        ("pw_thread_loop_new", pointer, (text, pointer)),
        ("pw_thread_loop_get_loop", pointer, (pointer,)),
        ("pw_thread_loop_start", ctypes.c_int, (pointer,)),
        ("pw_thread_loop_stop", None, (pointer,)),
        ("pw_thread_loop_destroy", None, (pointer,)),
        ("pw_thread_loop_lock", None, (pointer,)),
        ("pw_thread_loop_unlock", None, (pointer,)),
        ("pw_properties_new_string", pointer, (text,)),
        ("pw_stream_new_simple", pointer, (pointer, text, pointer, pointer, pointer)),
        ("pw_stream_connect", ctypes.c_int,
         (pointer, ctypes.c_int, ctypes.c_uint32, ctypes.c_int, pointer, ctypes.c_uint32)),
        ("pw_stream_update_params", ctypes.c_int, (pointer, pointer, ctypes.c_uint32)),
        ("pw_stream_get_state", ctypes.c_int, (pointer, pointer)),
        ("pw_stream_dequeue_buffer", ctypes.POINTER(Buffer), (pointer,)),
        ("pw_stream_queue_buffer", ctypes.c_int, (pointer, ctypes.POINTER(Buffer))),
        ("pw_stream_trigger_process", ctypes.c_int, (pointer,)),
        ("pw_stream_destroy", None, (pointer,)),
    ):  # fmt: skip
        function = getattr(library, name)
        function.restype, function.argtypes = answer, arguments
    return library


def format_offer(width: int, height: int, fps: int) -> bytes:
    """Return the one format that is offered: YUY2, as webcams have it, and who shows them knows."""
    return _object(
        FORMAT_OBJECT,
        ENUM_FORMAT,
        (MEDIA_TYPE, _pod(ID, struct.pack("=I", VIDEO))),
        (MEDIA_SUBTYPE, _pod(ID, struct.pack("=I", RAW))),
        (VIDEO_FORMAT, _pod(ID, struct.pack("=I", YUY2))),
        (VIDEO_SIZE, _pod(RECTANGLE, struct.pack("=II", width, height))),
        (VIDEO_RATE, _pod(FRACTION, struct.pack("=II", fps, 1))),
        (COLOUR_RANGE, _pod(ID, struct.pack("=I", FROM_16_TO_235))),
        (COLOUR_MATRIX, _pod(ID, struct.pack("=I", BT601))),
    )


def buffers_wish(width: int, height: int) -> bytes:
    """Return what buffers are wished for: 2 to 8 of them, in memory that can be shared."""
    return _object(
        BUFFERS_OBJECT,
        BUFFERS,
        (1, _choice(RANGE, 4, 2, 8)),
        (2, _pod(INT, struct.pack("=i", 1))),
        (3, _pod(INT, struct.pack("=i", 2 * width * height))),
        (4, _pod(INT, struct.pack("=i", 2 * width))),
        (6, _choice(FLAGS, MEMORY | MEMORY_FILE)),
    )


def pointers(*pods: bytes) -> Any:
    """Return an array of pointers to `pods`, which it keeps alive."""
    kept = [ctypes.create_string_buffer(pod, len(pod)) for pod in pods]
    found = (ctypes.c_void_p * len(pods))(*map(ctypes.addressof, kept))
    found.kept = kept  # type: ignore[attr-defined]
    return found


def fill(buffer: Any, picture: np.ndarray) -> None:
    """Copy `picture`, (height, width, 2) bytes, into a `Buffer` that was dequeued."""
    data = buffer.contents.buffer.contents.data[0]
    size = min(picture.nbytes, data.size)
    if data.memory:
        ctypes.memmove(data.memory, picture.ctypes.data, size)
    chunk = data.chunk.contents
    chunk.offset, chunk.size, chunk.stride, chunk.flags = 0, size, picture.strides[0], 0


def _pod(kind: int, body: bytes) -> bytes:
    return struct.pack("=II", len(body), kind) + body + bytes(-len(body) % 8)


def _choice(kind: int, *values: int) -> bytes:
    head = struct.pack("=IIII", kind, 0, 4, INT)
    return _pod(CHOICE, head + struct.pack(f"={len(values)}i", *values))


def _object(kind: int, param: int, *properties: tuple[int, bytes]) -> bytes:
    body = struct.pack("=II", kind, param)
    return _pod(
        OBJECT, body + b"".join(struct.pack("=II", key, 0) + pod for key, pod in properties)
    )
