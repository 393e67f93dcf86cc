"""Pictures handed from one process to another through memory that both see.

The writer fills one of three slots while the reader copies another. Each slot bears the number of
its picture, 0 while it is being filled, so that a half-written picture is never shown.
"""

import mmap

import numpy as np

from core.video import Picture, VideoFormat

SLOTS = 3
HEADER = 64
"""Bytes before the slots: the newest picture's number, the reader's pulse, each slot's number."""

NEWEST, PULSE, NUMBERS = 0, 1, 2
LARGEST = 3840 * 2160 * 3
"""Bytes of the largest picture; memory is taken only where it is used."""

SIZE = HEADER + SLOTS * LARGEST


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
