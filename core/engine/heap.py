"""What a heap holds back goes to the system."""

import ctypes
import gc
import sys


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
