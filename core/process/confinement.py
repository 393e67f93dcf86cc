"""Confinement of a process to what it needs: no network, no other programs, no writing of files.

Linux: Landlock (read only, Python's and the system's own folders), a seccomp filter, and limits of
memory and file size. Windows: a job object (one process, bounded memory, no access to desktop and
clipboard). What the system does not know is left out: it is a second wall, not the first.
"""

import ctypes
import logging
import os
import struct
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path

log = logging.getLogger(__name__)

MEMORY_BYTES = 4 << 30
"""Of address space, which a runtime reserves much more of than it uses."""


def confine(readable: Sequence[Path] = ()) -> None:
    """Give up every right that a process which only computes does not need; for good.

    It may still read Python's and the system's folders, and those in `readable`.
    """
    if sys.platform == "linux":
        _limit_resources()
        _forbid_new_privileges()
        _restrict_files([*_needed_folders(), *readable])
        _filter_system_calls()
    elif sys.platform == "win32":
        _enter_job()


def _needed_folders() -> Iterable[Path]:
    """Return what Python, its packages and the system's libraries are read from.

    A frozen program has its modules in itself, and reads them when they are imported.
    """
    roots = [sys.prefix, sys.base_prefix, getattr(sys, "_MEIPASS", sys.prefix), *sys.path]
    roots.append(sys.executable)
    roots += ["/usr", "/lib", "/lib64", "/etc/ld.so.cache", "/dev/null", "/dev/urandom"]
    roots += ["/proc/cpuinfo", "/proc/meminfo", "/proc/stat", "/sys/devices/system", "/sys/bus"]
    return (Path(root) for root in roots if root and os.path.exists(root))


# --- Linux: limits ---------------------------------------------------------------------------


def _limit_resources() -> None:
    import resource

    for limit, value in (
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_AS, MEMORY_BYTES),
    ):
        hard = resource.getrlimit(limit)[1]
        lowest = value if hard == resource.RLIM_INFINITY else min(value, hard)
        resource.setrlimit(limit, (lowest, lowest))


PR_SET_NO_NEW_PRIVS, PR_SET_SECCOMP, SECCOMP_MODE_FILTER = 38, 22, 2


def _forbid_new_privileges() -> None:
    _libc().prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)


def _libc() -> ctypes.CDLL:
    return ctypes.CDLL(None, use_errno=True)


# --- Linux: Landlock, see landlock(7) --------------------------------------------------------

CREATE_RULESET, ADD_RULE, RESTRICT_SELF = 444, 445, 446
VERSION_FLAG, PATH_BENEATH = 1, 1
EXECUTE, READ_FILE, READ_DIR = 1, 1 << 2, 1 << 3
FILE_RIGHTS_BY_ABI = {1: (1 << 13) - 1, 2: (1 << 14) - 1, 3: (1 << 15) - 1, 5: (1 << 16) - 1}
"""Every right to files that a version knows; 4 added none."""
NETWORK_RIGHTS = 3
"""To bind and to connect TCP; since version 4."""


def _restrict_files(readable: Iterable[Path]) -> None:
    libc = _libc()
    version = libc.syscall(CREATE_RULESET, None, 0, VERSION_FLAG)
    if version < 1:
        log.info("this kernel has no Landlock")
        return
    rights = FILE_RIGHTS_BY_ABI[max(abi for abi in FILE_RIGHTS_BY_ABI if abi <= version)]
    wanted = struct.pack("=QQ", rights, NETWORK_RIGHTS if version >= 4 else 0)
    size = len(wanted) if version >= 4 else 8
    rules = libc.syscall(CREATE_RULESET, wanted, size, 0)
    if rules < 0:
        log.info("Landlock refuses: %s", os.strerror(ctypes.get_errno()))
        return
    for path in readable:
        _allow_reading(libc, rules, path)
    libc.syscall(RESTRICT_SELF, rules, 0)
    os.close(rules)


def _allow_reading(libc: ctypes.CDLL, rules: int, path: Path) -> None:
    try:
        place = os.open(path, os.O_PATH | os.O_CLOEXEC)  # type: ignore[attr-defined,unused-ignore]
    except OSError:
        return
    rights = READ_FILE | EXECUTE | (READ_DIR if path.is_dir() else 0)
    libc.syscall(ADD_RULE, rules, PATH_BENEATH, struct.pack("=Qi", rights, place), 0)
    os.close(place)


# --- Linux: seccomp, see seccomp(2) ----------------------------------------------------------

ALLOW, EPERM, ENOSYS = 0x7FFF0000, 0x00050000 | 1, 0x00050000 | 38
LOAD, EQUAL, ANY_BIT, RETURN = 0x20, 0x15, 0x45, 0x06
NUMBER_AT, ARCH_AT, ARGUMENTS_AT = 0, 4, 16
WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC
CLONE_THREAD = 0x10000

MACHINES = {
    # machine: (AUDIT_ARCH, forbidden, answered as unknown, (open calls, argument with the flags),
    #           clone)
    "x86_64": (
        0xC000003E,
        (41, 42, 49, 57, 58, 59, 62, 76, 82, 83, 84, 85, 86, 87, 88, 90, 101, 165, 258, 263, 264,
         265, 266, 268, 310, 311, 316, 321, 322, 425),
        (435, 437),
        ((2, 1), (257, 2)),
        56,
    ),
    "aarch64": (
        0xC00000B7,
        (34, 35, 36, 37, 38, 40, 45, 53, 117, 129, 198, 200, 203, 221, 270, 271, 276, 280, 281,
         425),
        (435, 437),
        ((56, 2),),
        220,
    ),
}  # fmt: skip
"""Numbers of: socket, connect, bind, fork, vfork, execve(at), kill, truncate, what renames, makes,
links and removes files, chmod, ptrace, mount, process_vm_*, bpf, io_uring; clone3 and openat2, for
which libraries have an older call; open(at); clone."""


def _filter_system_calls() -> None:
    machine = MACHINES.get(os.uname().machine)
    if machine is None:
        return
    program = b"".join(_program(*machine))
    buffer = ctypes.create_string_buffer(program, len(program))
    head = struct.pack("HxxxxxxP", len(program) // 8, ctypes.addressof(buffer))
    if _libc().prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, head, 0, 0):
        log.info("seccomp refuses: %s", os.strerror(ctypes.get_errno()))


def _program(
    arch: int,
    forbidden: Sequence[int],
    unknown: Sequence[int],
    opening: Sequence[tuple[int, int]],
    clone: int,
) -> Iterable[bytes]:
    """Yield the filter's instructions."""
    yield _step(LOAD, ARCH_AT)
    yield _step(EQUAL, arch, 1, 0)
    yield _step(RETURN, EPERM)
    yield _step(LOAD, NUMBER_AT)
    for numbers, answer in ((forbidden, EPERM), (unknown, ENOSYS)):
        for number in numbers:
            yield _step(EQUAL, number, 0, 1)
            yield _step(RETURN, answer)
    for number, argument in opening:
        yield from _if_bits(number, argument, WRITING, EPERM, ALLOW)
    yield from _if_bits(clone, 0, CLONE_THREAD, ALLOW, EPERM)
    yield _step(RETURN, ALLOW)


def _if_bits(number: int, argument: int, bits: int, then: int, other: int) -> Iterable[bytes]:
    """Decide one call by whether any of `bits` is set in an argument; others pass on."""
    yield _step(EQUAL, number, 0, 4)
    yield _step(LOAD, ARGUMENTS_AT + 8 * argument)
    yield _step(ANY_BIT, bits, 0, 1)
    yield _step(RETURN, then)
    yield _step(RETURN, other)


def _step(code: int, value: int, if_true: int = 0, if_false: int = 0) -> bytes:
    return struct.pack("HBBI", code, if_true, if_false, value)


# --- Windows: a job object -------------------------------------------------------------------

EXTENDED_LIMITS, UI_RESTRICTIONS = 9, 4
ONE_PROCESS, PROCESS_MEMORY = 0x8, 0x100
ALL_UI = 0xFF


def _enter_job() -> None:
    kernel = ctypes.WinDLL("kernel32", use_last_error=True)  # type: ignore[attr-defined,unused-ignore]
    kernel.CreateJobObjectW.restype = ctypes.c_void_p
    kernel.GetCurrentProcess.restype = ctypes.c_void_p
    job = ctypes.c_void_p(kernel.CreateJobObjectW(None, None))
    # JOBOBJECT_EXTENDED_LIMIT_INFORMATION: two times, flags, working sets, how many processes,
    # affinity, classes; six counters; then the memory of a process, of the job, and two peaks.
    limits = struct.pack(
        "@qqIPPIPII6QPPPP",
        0, 0, ONE_PROCESS | PROCESS_MEMORY, 0, 0, 1, 0, 0, 0, *6 * [0], MEMORY_BYTES, 0, 0, 0,
    )  # fmt: skip
    kernel.SetInformationJobObject(job, EXTENDED_LIMITS, limits, len(limits))
    ui = struct.pack("@I", ALL_UI)
    kernel.SetInformationJobObject(job, UI_RESTRICTIONS, ui, len(ui))
    kernel.AssignProcessToJobObject(job, ctypes.c_void_p(kernel.GetCurrentProcess()))
