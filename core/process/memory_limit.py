"""A bound on the memory that this process may take, for work on what strangers have made."""

import ctypes
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any


@contextmanager
def memory_limit(more: int) -> Iterator[None]:
    """Let this process have no more than `more` bytes beyond what it has now; then as before.

    Whoever asks for more meets a MemoryError, or what a library makes of it. Where the system knows
    no such bound (neither Linux nor Windows), there is none. One thread at a time.
    """
    if sys.platform == "linux":
        with _linux(more):
            yield
    elif sys.platform == "win32":
        with _windows(more):
            yield
    else:
        yield


@contextmanager
def _linux(more: int) -> Iterator[None]:
    import resource

    soft, hard = resource.getrlimit(resource.RLIMIT_DATA)
    pages = int(Path("/proc/self/statm").read_text().split()[5])  # data and stacks
    bound = pages * resource.getpagesize() + more
    for limit in (soft, hard):
        bound = bound if limit == resource.RLIM_INFINITY else min(bound, limit)
    resource.setrlimit(resource.RLIMIT_DATA, (bound, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_DATA, (soft, hard))


@contextmanager
def _windows(more: int) -> Iterator[None]:
    import psutil

    job, limits = _job(), _ExtendedLimits()
    limits.basic.flags = _PROCESS_MEMORY
    limits.process_memory = psutil.Process().memory_info().private + more
    _set_limits(job, limits)
    try:
        yield
    finally:
        _set_limits(job, _ExtendedLimits())


_EXTENDED_LIMITS = 9
"""JobObjectExtendedLimitInformation."""
_PROCESS_MEMORY = 0x100
"""JOB_OBJECT_LIMIT_PROCESS_MEMORY."""


class _BasicLimits(ctypes.Structure):
    """JOBOBJECT_BASIC_LIMIT_INFORMATION."""

    _fields_ = (
        ("process_time", ctypes.c_int64),
        ("job_time", ctypes.c_int64),
        ("flags", ctypes.c_uint32),
        ("least_working_set", ctypes.c_size_t),
        ("most_working_set", ctypes.c_size_t),
        ("processes", ctypes.c_uint32),
        ("affinity", ctypes.c_size_t),
        ("priority", ctypes.c_uint32),
        ("scheduling", ctypes.c_uint32),
    )


class _ExtendedLimits(ctypes.Structure):
    """JOBOBJECT_EXTENDED_LIMIT_INFORMATION."""

    _fields_ = (
        ("basic", _BasicLimits),
        ("transfers", ctypes.c_uint64 * 6),
        ("process_memory", ctypes.c_size_t),
        ("job_memory", ctypes.c_size_t),
        ("peak_process_memory", ctypes.c_size_t),
        ("peak_job_memory", ctypes.c_size_t),
    )


@cache
def _job() -> Any:
    """Return the job object that this process is put into, once."""
    system: Any = ctypes.WinDLL("kernel32", use_last_error=True)  # type: ignore[attr-defined]
    system.CreateJobObjectW.restype = system.GetCurrentProcess.restype = ctypes.c_void_p
    job = ctypes.c_void_p(system.CreateJobObjectW(None, None))
    process = ctypes.c_void_p(system.GetCurrentProcess())
    if not system.AssignProcessToJobObject(job, process):
        raise ctypes.WinError(ctypes.get_last_error())  # type: ignore[attr-defined]
    return job


def _set_limits(job: Any, limits: _ExtendedLimits) -> None:
    system: Any = ctypes.WinDLL("kernel32", use_last_error=True)  # type: ignore[attr-defined]
    size = ctypes.sizeof(limits)
    if not system.SetInformationJobObject(job, _EXTENDED_LIMITS, ctypes.byref(limits), size):
        raise ctypes.WinError(ctypes.get_last_error())  # type: ignore[attr-defined]
