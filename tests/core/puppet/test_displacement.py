"""Displacement fields on coarse grids."""

import math

import numpy as np

from core.puppet.displacement import (
    Points,
    Refinement,
    grid_nodes,
    invert_field,
    sample_field,
    smoothstep,
    thin_plate_spline,
)


def _waves(strength: float) -> Points:
    """A smooth field (1, 2, 65, 65) that is zero on the border."""
    x, y = np.moveaxis(grid_nodes(65, 65), -1, 0)
    fade = (1 - x * x) * (1 - y * y)
    waves = np.stack([np.sin(3 * y + x), np.cos(3 * x - y)])
    return np.asarray(np.float32(strength) * (waves * fade)[None])


def test_a_linear_field_is_sampled_exactly() -> None:
    grid = grid_nodes(9, 17)
    field = np.stack([0.3 * grid[..., 0] - 0.2 * grid[..., 1] + 0.1, grid[..., 1]])[None]
    at = np.random.default_rng(1).uniform(-1, 1, (1, 20, 30, 2)).astype(np.float32)
    found = sample_field(field, at)
    x, y = np.moveaxis(at, -1, 0)
    expected = np.stack([0.3 * x - 0.2 * y + 0.1, y], axis=1)
    np.testing.assert_allclose(found, expected, rtol=0, atol=1e-6)


def test_beyond_its_edge_a_field_goes_on_as_it_ends() -> None:
    field = np.moveaxis(grid_nodes(5, 5), -1, 0)[None]
    found = sample_field(field, np.array([[[[3.0, 0.5], [-2.0, -9.0]]]], np.float32))
    assert found[0, :, 0].T.tolist() == [[1.0, 0.5], [-1.0, -1.0]]


def test_the_way_back_leads_back() -> None:
    forward = _waves(0.08)
    there = grid_nodes(65, 65)[None] + np.moveaxis(forward, 1, -1)
    back = sample_field(invert_field(forward), there)
    assert abs(forward).max() > 0.07
    assert abs(forward + back).max() < 1.5e-3
    assert abs(forward + back).mean() < 2e-4


def test_a_part_that_stretches_twofold_is_gone_over_more_carefully() -> None:
    x, y = np.moveaxis(grid_nodes(65, 65), -1, 0)
    bump = np.exp(-((x / 0.3) ** 2)) * smoothstep(y, -0.15, 0.15) * smoothstep(y, 0.9, 0.15)
    forward = np.stack([0 * bump, 0.25 * bump]).astype(np.float32)[None]
    assert np.diff(forward[0, 1], axis=0).max() * 32 > 1

    def miss(back: Points) -> float:
        there = grid_nodes(65, 65)[None] + np.moveaxis(back, 1, -1)
        return float(abs(back + sample_field(forward, there)).max())

    steep = Refinement((20, 62), (12, 54), 6, 0.7)
    assert miss(invert_field(forward, 2, steep)) < 0.005 < 0.03 < miss(invert_field(forward, 8))


def test_the_way_back_from_a_shift_is_the_opposite_shift() -> None:
    shift = np.array([0.25, -0.5], np.float32)
    forward = np.broadcast_to(shift[:, None, None], (1, 2, 8, 8))
    np.testing.assert_allclose(invert_field(forward), -forward, rtol=0, atol=1e-6)


def test_each_field_of_a_batch_is_inverted_by_itself() -> None:
    batch = np.concat([_waves(0.08), _waves(-0.03)])
    alone = np.concat([invert_field(_waves(0.08)), invert_field(_waves(-0.03))])
    np.testing.assert_allclose(invert_field(batch), alone, rtol=0, atol=1e-6)


def test_what_is_spread_passes_through_its_values() -> None:
    random = np.random.default_rng(2)
    points = random.uniform(-1, 1, (40, 2)).astype(np.float32)
    values = random.standard_normal((3, 40, 2), np.float32)
    np.testing.assert_allclose(thin_plate_spline(points, values, points), values, rtol=0, atol=2e-3)
    missed = abs(thin_plate_spline(points, values, points, smooth=0.1) - values)
    assert missed.mean() > 0.1


def test_what_is_linear_stays_linear_when_spread() -> None:
    points = np.array([[-1, -1], [1, -1], [-1, 1], [1, 1], [0.2, 0.1]], np.float32)
    slope = np.array([[0.5, -1.0], [2.0, 0.25]], np.float32)
    at = grid_nodes(7, 7).reshape(-1, 2) * np.float32(1.5)
    found = thin_plate_spline(points, points @ slope + 3, at, smooth=1e-3)
    np.testing.assert_allclose(found, at @ slope + 3, rtol=0, atol=1e-4)


def test_a_smooth_step_rises_or_falls_and_is_flat_beyond() -> None:
    x = np.linspace(-1, 3, 81, dtype=np.float32)
    up, down = smoothstep(x, 0.0, 2.0), smoothstep(x, 2.0, 0.0)
    assert up[0] == 0
    assert up[-1] == 1
    assert math.isclose(float(up[40]), 0.5, abs_tol=1e-6)
    assert (np.diff(up) >= 0).all()
    np.testing.assert_allclose(up + down, 1, rtol=0, atol=1e-6)
