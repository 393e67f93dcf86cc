"""Memory that two processes see."""

import mmap
import os
import sys
import tempfile
from contextlib import suppress

STANDARD = 2
"""The highest of the standard streams' numbers, which `subprocess` gives to its pipes."""


class Memory:
    """A stretch of memory for two processes, gone when both have let go of it, however they end."""

    def __init__(self, size: int) -> None:
        self.handles: tuple[int, ...] = ()
        """What a child must inherit to see it."""
        if sys.platform == "win32":
            self.address = f"understudy-{os.getpid()}-{id(self)}"
            self.map = mmap.mmap(-1, size, tagname=self.address)
        else:
            self.handles = (_nameless_file(size),)
            self.address = str(self.handles[0])
            self.map = mmap.mmap(self.handles[0], size)

    def close(self) -> None:
        with suppress(BufferError):  # somebody still looks at it; then it goes with the process
            self.map.close()
        for handle in self.handles:
            os.close(handle)
        self.handles = ()


def seen(address: str, size: int) -> mmap.mmap:
    """In the child: return the memory that the parent calls `address`."""
    if sys.platform == "win32":
        return mmap.mmap(-1, size, tagname=address)
    return mmap.mmap(int(address), size)


def _nameless_file(size: int) -> int:
    if sys.platform == "linux":
        handle = _above_standard(os.memfd_create("understudy"))
    else:
        with tempfile.TemporaryFile() as file:
            handle = _above_standard(os.dup(file.fileno()))
    os.truncate(handle, size)
    return handle


def _above_standard(handle: int) -> int:
    """Return the handle under a number that no child's standard streams take."""
    if sys.platform == "win32" or handle > STANDARD:
        return handle
    import fcntl

    higher = fcntl.fcntl(handle, fcntl.F_DUPFD_CLOEXEC, STANDARD + 1)
    os.close(handle)
    return higher
