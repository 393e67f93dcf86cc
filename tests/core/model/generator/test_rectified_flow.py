"""Rectified flow: lines are straight, schedules have ends, a CFG scale of one is none."""

import pytest
import torch

from core.model.generator.rectified_flow import (
    add_context_noise,
    apply_cfg,
    euler_sample,
    interpolate,
    predict_clean,
    sample_timesteps,
    shift_timestep,
    timestep_schedule,
    velocity_target,
)


@pytest.mark.parametrize("steps", [1, 2, 5, 12])
@pytest.mark.parametrize("shift", [1.0, 5.0])
def test_the_exact_velocity_of_a_line_leads_to_its_end(steps: int, shift: float) -> None:
    clean, noise = torch.randn(2, 3, 4, dtype=torch.float64)
    times = timestep_schedule(steps, shift)
    visited = []

    def exact(point: torch.Tensor, step: int) -> torch.Tensor:
        visited.append(step)
        torch.testing.assert_close(point, interpolate(clean, noise, torch.tensor(times[step])))
        return velocity_target(clean, noise)

    torch.testing.assert_close(euler_sample(exact, noise, times), clean)
    assert visited == list(range(steps))


@pytest.mark.parametrize("steps", [1, 4, 12])
def test_a_schedule_goes_from_noise_to_clean(steps: int) -> None:
    times = timestep_schedule(steps, 5.0)
    assert (len(times), times[0], times[-1]) == (steps + 1, 1.0, 0.0)
    assert list(times) == sorted(times, reverse=True)
    assert len(set(times)) == steps + 1


def test_a_shift_of_one_changes_nothing_and_a_larger_one_stays_longer_in_noise() -> None:
    even = timestep_schedule(4, 1.0)
    assert even == (1.0, 0.75, 0.5, 0.25, 0.0)
    assert timestep_schedule(4, 5.0)[2] == pytest.approx(5 / 6)
    assert all(
        late > early
        for late, early in zip(timestep_schedule(4, 5.0)[1:-1], even[1:-1], strict=True)
    )


def test_shifting_timesteps_keeps_the_ends() -> None:
    ends = torch.tensor([0.0, 1.0])
    assert torch.equal(shift_timestep(ends, 5.0), ends)


def test_the_clean_end_is_found_from_any_point() -> None:
    clean, noise = torch.randn(2, 3, dtype=torch.float64)
    for time in torch.tensor([0.0, 0.3, 1.0]):
        point = interpolate(clean, noise, time)
        torch.testing.assert_close(predict_clean(point, velocity_target(clean, noise), time), clean)


def test_a_cfg_scale_of_one_is_none_and_of_zero_forgets_the_conditions() -> None:
    given, without = torch.randn(2, 3, 4)
    pair = torch.cat([given, without])
    torch.testing.assert_close(apply_cfg(pair, 1.0), given)
    torch.testing.assert_close(apply_cfg(pair, 0.0), without)
    torch.testing.assert_close(apply_cfg(pair, 2.0), 2 * given - without)


def test_timesteps_for_training_lie_inside_and_repeat_with_their_seed() -> None:
    times = sample_timesteps((1000,), 5.0, torch.Generator().manual_seed(1))
    assert 0 < times.min() < times.max() < 1
    assert times.median() == pytest.approx(5 / 6, abs=0.03)
    assert torch.equal(times, sample_timesteps((1000,), 5.0, torch.Generator().manual_seed(1)))


def test_context_noise_at_level_zero_changes_nothing_and_else_adds_that_much() -> None:
    clean, noise = torch.randn(2, 50_000)
    assert torch.equal(add_context_noise(clean, torch.tensor(0.0), noise), clean)
    added = add_context_noise(clean, torch.tensor(0.7), noise) - clean
    assert added.std().item() == pytest.approx(0.7, rel=0.02)
