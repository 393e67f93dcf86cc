"""Pictures handed from one process to another through memory that both see.

The writer fills one of three slots while the reader copies another. Each slot bears the number of
its picture, 0 while it is being filled, so that a half-written picture is never shown.
"""

import mmap
import os
import sys
import tempfile
from contextlib import suppress

import numpy as np

from core.video import Picture, VideoFormat

SLOTS = 3
HEADER = 64
"""Bytes before the slots: the newest picture's number, the reader's pulse, each slot's number."""

NEWEST, PULSE, NUMBERS = 0, 1, 2
LARGEST = 3840 * 2160 * 3
"""Bytes of the largest picture; memory is taken only where it is used."""


class Memory:
    """A stretch of memory for two processes, gone when both have let go of it, however they end."""

    def __init__(self) -> None:
        self._size = HEADER + SLOTS * LARGEST
        self.handles: tuple[int, ...] = ()
        """What a child must inherit to see it."""
        if sys.platform == "win32":
            self.address = f"understudy-{os.getpid()}-{id(self)}"
            self.map = mmap.mmap(-1, self._size, tagname=self.address)
        else:
            self.handles = (_nameless_file(self._size),)
            self.address = str(self.handles[0])
            self.map = mmap.mmap(self.handles[0], self._size)

    def close(self) -> None:
        _let_go(self.map)
        for handle in self.handles:
            os.close(handle)
        self.handles = ()


def seen(address: str) -> mmap.mmap:
    """In the child: return the memory that the parent calls `address`."""
    size = HEADER + SLOTS * LARGEST
    if sys.platform == "win32":
        return mmap.mmap(-1, size, tagname=address)
    return mmap.mmap(int(address), size)


class Slots:
    """Both sides' view of the memory."""

    def __init__(self, memory: mmap.mmap) -> None:
        self._memory = memory
        self._header = np.frombuffer(memory, np.int64, HEADER // 8)

    @property
    def newest(self) -> int:
        """The number of the last whole picture; 0 before the first."""
        return int(self._header[NEWEST])

    @property
    def pulse(self) -> int:
        """Grows while the reader is alive."""
        return int(self._header[PULSE])

    def beat(self) -> None:
        """Reader: show that you are alive."""
        self._header[PULSE] += 1

    def write(self, picture: Picture) -> int:
        """Writer: hand over a copy of `picture` and return its number."""
        number = self.newest + 1
        self._header[NUMBERS + number % SLOTS] = 0
        np.copyto(self._slot(number, picture.shape), picture)
        self._header[NUMBERS + number % SLOTS] = number
        self._header[NEWEST] = number
        return number

    def read(self, format: VideoFormat) -> tuple[int, Picture] | None:
        """Reader: return the newest picture and its number, or None if none can be had now."""
        for _ in range(SLOTS):
            number = self.newest
            picture = self._slot(number, (format.height, format.width, 3)).copy()
            if number and self._header[NUMBERS + number % SLOTS] == number:
                return number, picture
        return None

    def close(self) -> None:
        del self._header

    def _slot(self, number: int, shape: tuple[int, ...]) -> Picture:
        start = HEADER + number % SLOTS * LARGEST
        flat = np.frombuffer(self._memory, np.uint8, int(np.prod(shape)), start)
        return flat.reshape(shape)


def _nameless_file(size: int) -> int:
    if sys.platform == "linux":
        handle = os.memfd_create("understudy")
    else:
        with tempfile.TemporaryFile() as file:
            handle = os.dup(file.fileno())
    os.truncate(handle, size)
    return handle


def _let_go(memory: mmap.mmap) -> None:
    with suppress(BufferError):  # somebody still looks at it; then it goes with the process
        memory.close()
