"""What a heap holds back goes to the system."""

import ctypes
import gc
import sys

_ARENA_MAX = -8
"""Name of glibc's option, see mallopt(3)."""


def share_arena() -> bool:
    """Let all threads to come share one arena of the heap; return whether there is a malloc with
    arenas.

    glibc gives each thread one, and what is free in one is of no use in another: 40 MB after six
    avatars. Call before threads are started.
    """
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None) if sys.platform == "linux" else None
    return bool(mallopt and mallopt(_ARENA_MAX, 1))


def release_memory() -> bool:
    """Give the free pages of the heap back; return whether there is a malloc that can.

    A photo takes hundreds of megabytes while it is prepared, in pieces that glibc keeps for
    whoever comes next: after eighty openings they were a gigabyte.
    """
    gc.collect()
    trim = getattr(ctypes.CDLL(None), "malloc_trim", None) if sys.platform == "linux" else None
    if trim is None:
        return False
    trim(0)
    return True
