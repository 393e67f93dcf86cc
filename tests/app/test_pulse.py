"""The longest pause of the window is noted."""

from itertools import chain, count, repeat

from pytestqt.qtbot import QtBot

from app.pulse import Pulse


def test_the_longest_pause_counts_from_one_question_to_the_next(qtbot: QtBot) -> None:
    moments = chain([0.0, 0.01, 0.09, 0.1, 0.1, 0.13], repeat(0.13))
    pulse = Pulse(now=lambda: next(moments))
    pulse.start()
    for _ in range(3):
        pulse.beat()
    assert round(pulse.longest(), 6) == 0.08
    pulse.beat()
    assert round(pulse.longest(), 6) == 0.03


def test_it_beats_by_itself(qtbot: QtBot) -> None:
    moments = count()
    pulse = Pulse(now=lambda: float(next(moments)))
    pulse.start()
    qtbot.waitUntil(lambda: next(moments) > 10)
    assert pulse.longest() >= 1
