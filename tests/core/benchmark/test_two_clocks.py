"""Simulated clocks pull as much as they say."""

import numpy as np
import pytest

from core.audio import VOICE_RATE
from core.benchmark.two_clocks import BLOCK, SimulatedClock, SimulatedPlayer, _simulated


def test_a_faster_device_pulls_more() -> None:
    pulled = []
    for difference in (0.0, 0.01):
        clock = SimulatedClock()
        player = SimulatedPlayer(clock, difference)
        blocks = list[int]()
        player.start(lambda block, blocks=blocks: blocks.append(len(block)))  # type: ignore[misc]
        player.run(10.0)
        pulled.append(sum(blocks))
        assert clock.now() == 10.0
    assert pulled[0] == pytest.approx(10 * VOICE_RATE, abs=BLOCK)
    assert pulled[1] == pytest.approx(10.1 * VOICE_RATE, abs=BLOCK)


def test_the_pace_becomes_the_difference_and_nothing_is_lost() -> None:
    rows = {row.name: row.value for row in _simulated(200e-6, 150.0)}
    assert rows["dropouts"] == rows["left out"] == 0
    assert rows["pace at the end"] == pytest.approx(
        -200, abs=60
    )  # more is needed of the same sound
    assert rows["farthest from the target, once settled"] < 10
    assert rows["largest bend of the wave"] < 1.2


def test_a_step_in_the_wave_is_a_bend() -> None:
    player = SimulatedPlayer(SimulatedClock(), 0.0)
    player.start(lambda block: np.copyto(block, np.float32(player._pulls > 7_000)))
    player.run(80.0)
    assert player.bend == 1.0
