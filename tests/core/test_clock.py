"""Clocks."""

import threading

from core.clock import SwiftClock, WallClock


def test_the_wall_clock_waits_no_longer_than_the_event() -> None:
    event, clock = threading.Event(), WallClock()
    before = clock.now()
    assert not clock.wait(0.01, event)
    assert clock.now() - before >= 0.009
    event.set()
    assert clock.wait(3600, event)  # pytest's own limit ends one that waits


def test_a_negative_wait_is_no_wait() -> None:
    assert not WallClock().wait(-1, threading.Event())


def test_the_swift_clock_waits_for_nobody() -> None:
    clock, event = SwiftClock(), threading.Event()
    assert not clock.wait(3600, event)
    assert clock.now() == 3600
    event.set()
    assert clock.wait(3600, event)
    assert clock.now() == 3600
