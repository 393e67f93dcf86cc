"""The longest pause of the window is noted."""

import sys
import time
from itertools import chain, count, repeat

from pytestqt.qtbot import QtBot

from app.pulse import LOOK, Pulse, Witness, doing
from tests.fakes import until


def test_the_longest_pause_counts_from_one_question_to_the_next(qtbot: QtBot) -> None:
    moments = chain([0.0, 0.01, 0.09, 0.1, 0.1, 0.13], repeat(0.13))
    pulse = Pulse(now=lambda: next(moments))
    pulse.start()
    for _ in range(3):
        pulse.beat()
    assert round(pulse.longest().seconds, 6) == 0.08
    pulse.beat()
    assert round(pulse.longest().seconds, 6) == 0.03


def test_it_beats_by_itself(qtbot: QtBot) -> None:
    moments = count()
    pulse = Pulse(now=lambda: float(next(moments)))
    pulse.start()
    qtbot.waitUntil(lambda: next(moments) > 10)
    assert pulse.longest().seconds >= 1


def test_what_held_it_up_is_named(qtbot: QtBot) -> None:
    moments = chain([0.0, 0.2], repeat(0.2))
    pulse = Pulse(now=lambda: next(moments))
    pulse.start()
    for what in ("drawing", "waiting", "waiting"):
        pulse.see(what)
    assert pulse.longest() == (0.2, "waiting")


def test_the_innermost_function_of_ours_is_named() -> None:
    named: list[str] = []

    def now() -> float:
        named.append(doing(sys._getframe()))
        return 0.0

    Pulse(now=now).beat()
    assert named == ["app.pulse.Pulse.beat"]
    assert doing(None) == "Qt"


def test_a_witness_looks_while_the_window_is_held_up(qtbot: QtBot) -> None:
    pulse = Pulse()
    witness = Witness(pulse)
    pulse.start()
    try:
        until(lambda: _held_up() and pulse.longest().during == "Qt")
    finally:
        witness.close()


def _held_up() -> bool:
    """Keep the thread busy for several looks, on any machine."""
    end = time.monotonic() + 10 * LOOK
    while time.monotonic() < end:
        pass
    return True
