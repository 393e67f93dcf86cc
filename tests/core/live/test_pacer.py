"""Deadlines."""

import pytest

from core.live.pacer import Pacer
from tests.fakes import HandClock


def test_deadlines_do_not_drift_and_missed_ones_are_skipped() -> None:
    clock = HandClock()
    pacer = Pacer(10, clock)
    pacer.advance()
    assert pacer.remaining() == pytest.approx(0.1)
    clock.time = 0.55
    assert pacer.remaining() == 0
    pacer.advance()
    assert pacer.remaining() == pytest.approx(0.05)


def test_waking_late_does_not_move_the_deadlines() -> None:
    clock = HandClock()
    pacer = Pacer(10, clock)
    for tick in range(1, 1000):
        pacer.advance()
        clock.time = tick / 10 + 0.003
    assert clock.time + pacer.remaining() == pytest.approx(100, abs=0.11)


def test_slipping_moves_all_deadlines() -> None:
    clock = HandClock()
    pacer = Pacer(10, clock)
    clock.time = 0.02
    pacer.slip()
    pacer.advance()
    assert pacer.remaining() == pytest.approx(0.1)


def test_hurrying_brings_all_deadlines_forward() -> None:
    clock = HandClock()
    pacer = Pacer(10, clock)
    pacer.advance()
    pacer.hurry(0.03)
    assert pacer.remaining() == pytest.approx(0.07)
