"""Pictures handed from one process to another through memory that both see.

The writer fills one of three slots while the reader copies another. Each slot is a seqlock (Boehm,
Can seqlocks get along with programming language memory models?, 2012): the picture's number is
written before the picture and once more after it, and read the other way round, so that a picture
torn between two is never shown. Barriers keep that order on processors that write or read in
another than they are told.
"""

import mmap
import threading
from collections.abc import Callable

import numpy as np

from core.video import Picture, VideoFormat

SLOTS = 3
HEADER = 64
"""Bytes before the slots: the newest picture's number, the reader's pulse, and for each slot the
number of the picture that was begun last and of the one that is whole."""

NEWEST, PULSE, BEGUN, WHOLE = 0, 1, 2, 2 + SLOTS
LARGEST = 3840 * 2160 * 3
"""Bytes of the largest picture; memory is taken only where it is used."""

SIZE = HEADER + SLOTS * LARGEST


class Barrier:
    """A full memory barrier, made of the two halves that Python has; one thread.

    Nothing before the release of a lock happens after it, nothing behind an acquisition before it:
    a release followed by an acquisition is passed in neither direction.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._lock.acquire()

    def __call__(self) -> None:
        self._lock.release()
        self._lock.acquire()


class Slots:
    """Both sides' view of the memory; one thread on each."""

    def __init__(self, memory: mmap.mmap, barrier: Callable[[], None] | None = None) -> None:
        self._memory = memory
        self._header = np.frombuffer(memory, np.int64, HEADER // 8)
        self._barrier = barrier or Barrier()

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
        self._header[BEGUN + number % SLOTS] = number
        self._barrier()
        np.copyto(self._slot(number, picture.shape), picture)
        self._barrier()
        self._header[WHOLE + number % SLOTS] = number
        self._header[NEWEST] = number
        return number

    def read(self, format: VideoFormat) -> tuple[int, Picture] | None:
        """Reader: return the newest picture and its number, or None if none can be had now."""
        for _ in range(SLOTS):
            number = int(self._header[WHOLE + self.newest % SLOTS])
            self._barrier()
            picture = self._slot(number, (format.height, format.width, 3)).copy()
            self._barrier()
            if number and self._header[BEGUN + number % SLOTS] == number:
                return number, picture
        return None

    def close(self) -> None:
        del self._header

    def _slot(self, number: int, shape: tuple[int, ...]) -> Picture:
        start = HEADER + number % SLOTS * LARGEST
        flat = np.frombuffer(self._memory, np.uint8, int(np.prod(shape)), start)
        return flat.reshape(shape)
