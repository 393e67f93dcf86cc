"""Curves whose lag, likeness and slope are known."""

import numpy as np
import pytest

from core.training.metrics.correlation import (
    Curve,
    best_lag_correlation,
    correlation_at_lag,
    linear_trend,
)


def wave(frames: int = 200, late: float = 0.0) -> Curve:
    """Two sines of periods that do not fit into each other."""
    at = np.arange(frames) - late
    return np.asarray(np.sin(at / 3.1) + 0.5 * np.sin(at / 7.7))


@pytest.mark.parametrize("late", [-4.0, -1.5, 0.0, 0.3, 2.0, 5.5])
def test_a_shifted_sine_has_the_lag_it_was_given(late: float) -> None:
    found = best_lag_correlation([(wave(late=late), wave())], 10)
    assert found.lag == pytest.approx(late, abs=0.15)
    assert found.correlation > 0.97


def test_one_lag_is_found_for_all_clips() -> None:
    rng = np.random.default_rng(0)
    pairs = [(np.roll(noise, 3), noise) for noise in rng.normal(size=(5, 100))]
    found = best_lag_correlation(pairs, 10)
    assert found.lag == pytest.approx(3, abs=0.1)
    assert found.peak_contrast > 0.8


def test_curves_of_different_things_do_not_go_together() -> None:
    rng = np.random.default_rng(1)
    found = best_lag_correlation([(a, b) for a, b in rng.normal(size=(20, 2, 200))], 10)
    assert abs(found.correlation) < 0.1
    assert found.peak_contrast < 0.1


def test_a_curve_against_its_negative_is_its_opposite() -> None:
    assert correlation_at_lag(wave(), -wave(), 0) == pytest.approx(-1)


def test_what_does_not_move_agrees_with_nothing() -> None:
    flat = np.full(200, 0.3)
    assert correlation_at_lag(flat, wave(), 2) == 0
    assert best_lag_correlation([(flat, wave())], 5).correlation == 0


def test_too_short_curves_are_refused() -> None:
    with pytest.raises(ValueError, match="curves of 22 frames"):
        best_lag_correlation([(wave(21), wave(21))], 10)
    with pytest.raises(ValueError, match="frames or more"):
        best_lag_correlation([], 10)


def test_a_line_has_its_slope_and_noise_an_error() -> None:
    times = np.linspace(0, 5, 11)
    assert linear_trend(times, 3 - 0.7 * times).slope == pytest.approx(-0.7)
    assert linear_trend(times, 3 - 0.7 * times).standard_error == pytest.approx(0, abs=1e-9)
    noise = np.random.default_rng(0).normal(size=11)
    found = linear_trend(times, noise)
    assert abs(found.slope) < 3 * found.standard_error
    assert found.standard_error > 0.05
    assert np.isnan(linear_trend(times[:2], noise[:2]).standard_error)
    with pytest.raises(ValueError, match="1 points"):
        linear_trend(times[:1], noise[:1])
