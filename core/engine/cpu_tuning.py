"""CPU tuning: malloc that keeps freed memory, less OpenMP spinning, single-threaded pools."""

import ctypes
import os
import sys

import cv2
from threadpoolctl import threadpool_limits

_TRIM_THRESHOLD, _TOP_PAD, _MMAP_THRESHOLD = -1, -2, -3
"""Names of glibc's options, see mallopt(3)."""
MALLOC_THRESHOLD, TOP_PAD = 1 << 30, 1 << 26
"""Bytes of a block up to which it is kept, and by how many the heap grows at once."""

OPENMP_SPINS = 2000
"""GOMP_SPINCOUNT: turns that a waiting thread of libgomp spins before it sleeps; else 300,000."""


def tune_malloc() -> bool:
    """Tell glibc's malloc to keep freed memory; return whether there is one to be told.

    A frame's layers take megabytes each. Returned to the kernel after each use, every page of them
    is a fault at the next: a tenth of the decoder's time.
    """
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None) if sys.platform == "linux" else None
    if mallopt is None:  # musl has none, other systems do well without
        return False
    options = (
        (_MMAP_THRESHOLD, MALLOC_THRESHOLD),
        (_TRIM_THRESHOLD, MALLOC_THRESHOLD),
        (_TOP_PAD, TOP_PAD),
    )
    accepted = [mallopt(option, value) for option, value in options]
    return all(accepted)


def limit_openmp_spin() -> None:
    """Limit OpenMP spin-waiting unless the environment sets it. Call before importing torch.

    A spinning thread keeps its core from the one that it waits for as soon as another program, a
    video call say, is busy on the rest: blocks then take seven times as long. Where nobody else is
    busy, sleeping soon costs a fortieth.
    """
    os.environ.setdefault("GOMP_SPINCOUNT", str(OPENMP_SPINS))


def limit_puppet_threads() -> None:
    """Run OpenCV and BLAS on one thread: small operations lose more to waking others than they win.

    For the process that steps a puppet; holds from now on.
    """
    cv2.setNumThreads(1)
    threadpool_limits(1, "blas")
