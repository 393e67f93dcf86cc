"""An hour between two clocks, in a second; and what steering does about stalls."""

import numpy as np
import pytest

from core.sound.steering import Steering, SteeringState

TARGET, PIECE, BLOCK = 0.03, 0.04, 0.01
HOUR = 3600.0


def hour(
    difference: float, piece: float = PIECE, seconds: float = HOUR, jitter: float = 0.006
) -> tuple[list[float], list[float]]:
    """Return error and pace at each piece; the device's clock is faster by `difference`.

    Pieces come when frames are sent, so up to `jitter` late. What plays pulls whole blocks, and
    the level is known only as well as that allows.
    """
    random, count = np.random.default_rng(7), int(seconds / piece)
    steering, state = Steering(TARGET), SteeringState()
    late = random.uniform(0, jitter, count).tolist()
    since = random.uniform(0.3, 0.7, count).tolist()
    put, errors, paces = TARGET, [], []
    for number in range(count):
        played = (number * piece + late[number]) * (1 + difference)
        true = put - played
        seen = put - (played // BLOCK + since[number]) * BLOCK
        correction, state = steering.step(seen, piece, state)
        put += piece / (1 + correction.pace)
        errors.append(true - TARGET)
        paces.append(correction.pace)
    return errors, paces


@pytest.mark.parametrize("difference", [200e-6, -200e-6, 0.0])
@pytest.mark.parametrize("piece", [0.04, 0.16])
def test_two_clocks_stay_together_for_an_hour(difference: float, piece: float) -> None:
    errors, paces = hour(difference, piece)
    assert max(map(abs, errors)) < 0.02
    settled = errors[int(120 / piece) :]
    assert abs(np.mean(settled)) < 0.005
    assert np.mean(paces[int(120 / piece) :]) == pytest.approx(-difference, abs=5e-6)


def test_nobody_hears_the_steering() -> None:
    _, paces = hour(200e-6, seconds=600)
    assert max(map(abs, paces)) <= 0.002
    assert max(abs(np.diff(paces))) < 2e-4


def test_clocks_too_different_do_not_run_away() -> None:
    steering, state = Steering(TARGET), SteeringState()
    for _ in range(10_000):
        correction, state = steering.step(5.0, PIECE, state)
        assert abs(correction.pace) <= 0.002
    assert state.drift == 0.0
    for _ in range(250):
        correction, state = steering.step(TARGET, PIECE, state)
    assert abs(correction.pace) < 2e-4


def steps(levels: list[float], state: SteeringState) -> tuple[list[float], SteeringState]:
    """Return the surplus after each level."""
    found = []
    for level in levels:
        correction, state = Steering(TARGET).step(level, PIECE, state)
        found.append(correction.surplus)
    return found, state


def test_what_always_waits_is_surplus_once_it_has_waited_long_enough() -> None:
    surplus, state = steps([0.13] * 13, SteeringState())
    assert surplus[:-1] == [0.0] * 12
    assert surplus[-1] == pytest.approx(0.1)
    state = Steering(TARGET).shortened(0.02, state)
    surplus, state = steps([0.11], state)
    assert surplus == pytest.approx([0.08])
    assert steps([TARGET], state)[0] == [0.0]


def test_a_little_too_much_is_left_to_the_pace() -> None:
    surplus, state = steps([0.055] * 50, SteeringState())
    assert not any(surplus)
    assert state.error > 0.02


def test_after_a_silence_the_clocks_are_still_the_same() -> None:
    _, state = steps([0.035] * 500, SteeringState())
    fresh = Steering(TARGET).restarted(state)
    assert fresh == SteeringState(drift=state.drift)
    assert fresh.drift > 0
