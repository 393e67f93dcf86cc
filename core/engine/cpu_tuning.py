"""Memory that is free stays with the process: Linux's C library gives it back and forth."""

import ctypes
import sys

_TRIM_THRESHOLD, _TOP_PAD, _MMAP_THRESHOLD = -1, -2, -3
"""Names of glibc's options, see mallopt(3)."""
MALLOC_THRESHOLD, TOP_PAD = 1 << 30, 1 << 26
"""Bytes of a piece that is kept, and by how many the heap grows at once."""


def tune_malloc() -> bool:
    """Ask the allocator to keep what is freed; return whether it can be asked.

    A frame's layers take megabytes each. Given back after each use, every page of them is a fault
    at the next: a tenth of the decoder's time.
    """
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None) if sys.platform == "linux" else None
    if mallopt is None:  # musl has none, other systems do well without
        return False
    wanted = (
        (_MMAP_THRESHOLD, MALLOC_THRESHOLD),
        (_TRIM_THRESHOLD, MALLOC_THRESHOLD),
        (_TOP_PAD, TOP_PAD),
    )
    taken = [mallopt(option, value) for option, value in wanted]
    return all(taken)
