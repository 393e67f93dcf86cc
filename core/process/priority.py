"""Sound and picture before other work, and background work after it, as the system lets us.

Linux: a thread's nice value, by itself where that is allowed, else by RealtimeKit through D-Bus.
Windows: the Multimedia Class Scheduler Service. Elsewhere nothing is asked for.
"""

import ctypes
import logging
import os
import sys
import threading
from contextlib import suppress
from typing import Any

log = logging.getLogger(__name__)

SOUND, PICTURE = "sound", "picture"

NICE = {SOUND: -11, PICTURE: -5}
"""Below that of the desktop's own sound server, above everybody's 0."""

LOWEST = 19
"""Of background work."""

TASKS = {SOUND: "Pro Audio", PICTURE: "Playback"}
"""What Windows calls them."""

RTKIT = ("org.freedesktop.RealtimeKit1", "/org/freedesktop/RealtimeKit1")

ANSWER = 1.0
"""Seconds that RealtimeKit may take."""


def prefer(kind: str) -> bool:
    """Let the calling thread come before others; return whether the system lets it.

    `kind` is SOUND or PICTURE. Threads that it starts later are as important, on Linux.
    """
    try:
        if sys.platform == "win32":
            return _register_task(TASKS[kind])
        if sys.platform == "linux":
            return _lower_nice(NICE[kind]) or _ask_rtkit(NICE[kind])
    except Exception:  # without it everything works, if not always in time
        log.info("no priority for %s", kind, exc_info=True)
    return False


def preferred() -> bool:
    """Return whether threads of this program can be given priority; asks for a thread of its own.

    That thread ends at once, so nothing is changed.
    """
    found: list[bool] = []
    thread = threading.Thread(target=lambda: found.append(prefer(PICTURE)), daemon=True)
    thread.start()
    thread.join(2 * ANSWER)
    return found == [True]


def give_way() -> None:
    """Let all other work come before this process."""
    if sys.platform != "win32":
        os.nice(LOWEST - os.nice(0))
        return
    with suppress(ImportError, OSError):
        import psutil

        psutil.Process().nice(psutil.IDLE_PRIORITY_CLASS)


def _lower_nice(nice: int) -> bool:
    thread = threading.get_native_id()
    if os.getpriority(os.PRIO_PROCESS, thread) <= nice:
        return True
    try:
        os.setpriority(os.PRIO_PROCESS, thread, nice)  # of one thread, on Linux
    except PermissionError:
        return False
    return True


def _ask_rtkit(nice: int) -> bool:
    from jeepney import DBusAddress, MessageType, new_method_call
    from jeepney.io.blocking import open_dbus_connection

    name, path = RTKIT
    address = DBusAddress(path, bus_name=name, interface=name)
    asked = new_method_call(
        address, "MakeThreadHighPriority", "ti", (threading.get_native_id(), nice)
    )
    with open_dbus_connection("SYSTEM") as bus:
        answer = bus.send_and_get_reply(asked, timeout=ANSWER)
    return bool(answer.header.message_type is MessageType.method_return)


def _register_task(name: str) -> bool:
    avrt: Any = ctypes.WinDLL("avrt")  # type: ignore[attr-defined]
    avrt.AvSetMmThreadCharacteristicsW.restype = ctypes.c_void_p
    index = ctypes.c_ulong(0)
    return bool(avrt.AvSetMmThreadCharacteristicsW(name, ctypes.byref(index)))
