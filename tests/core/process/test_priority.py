"""A thread is preferred where the system lets it, and nothing else changes."""

import os
import sys
import threading

import pytest

from core.process.priority import NICE, PICTURE, SOUND, prefer, preferred

linux = pytest.mark.skipif(sys.platform != "linux", reason="nice values are Linux's")


def aside(kind: str) -> tuple[bool, int]:
    """Return what a thread of its own is told, and its nice value after that."""
    found: list[tuple[bool, int]] = []

    def ask() -> None:
        given = prefer(kind)
        found.append((given, os.getpriority(os.PRIO_PROCESS, threading.get_native_id())))

    thread = threading.Thread(target=ask)
    thread.start()
    thread.join()
    return found[0]


@linux
@pytest.mark.parametrize("kind", [SOUND, PICTURE])
def test_a_thread_that_is_preferred_is_so_and_no_other(kind: str) -> None:
    before = os.getpriority(os.PRIO_PROCESS, threading.get_native_id())
    given, nice = aside(kind)
    assert nice <= NICE[kind] if given else nice == before
    assert os.getpriority(os.PRIO_PROCESS, threading.get_native_id()) == before


@linux
def test_whether_it_can_be_had_is_told_as_it_is() -> None:
    assert preferred() == aside(PICTURE)[0]
