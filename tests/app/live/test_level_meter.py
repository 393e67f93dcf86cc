"""The level of the voice, in decibels."""

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from app.live.level_meter import FALL, FLOOR, GREEN, RED, YELLOW, LevelMeter, colour, to_decibels
from tests.fakes import tone


@pytest.mark.parametrize(("gain", "decibels"), [(2.0, 0.0), (1.0, -6.02), (0.02, -40.0)])
def test_a_sine_is_as_loud_as_it_is(gain: float, decibels: float) -> None:
    sine = gain * tone(1.0)  # half of full scale
    level = float(np.sqrt(np.mean(np.square(sine))))
    assert to_decibels(level) == pytest.approx(decibels, abs=0.05)


def test_it_rises_at_once_falls_slowly_and_rests(qtbot: QtBot) -> None:
    levels = iter([0.0, 0.35, 0.0, 0.0])
    meter = LevelMeter(lambda: next(levels))
    qtbot.addWidget(meter)
    meter.look()
    assert meter.decibels == FLOOR
    meter.look()
    assert meter.decibels == pytest.approx(-6.1, abs=0.1)
    loud = meter.decibels
    meter.look()
    meter.look()
    assert meter.decibels == pytest.approx(loud - 2 * FALL)


def test_too_loud_is_seen(qtbot: QtBot) -> None:
    assert [colour(d) for d in (-30, -10, -1)] == [GREEN, YELLOW, RED]
    meter = LevelMeter(lambda: 1.0)
    qtbot.addWidget(meter)
    meter.resize(100, 8)
    meter.look()
    assert meter.grab().toImage().pixelColor(50, 4) == RED


def test_it_looks_while_it_runs(qtbot: QtBot) -> None:
    looks: list[int] = []

    def read() -> float:
        looks.append(1)
        return 0.1

    meter = LevelMeter(read)
    qtbot.addWidget(meter)
    meter.show()
    qtbot.waitUntil(lambda: len(looks) > 2)
    meter.hide()
    assert "dB" in meter.toolTip()
