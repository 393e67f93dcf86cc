"""Displacement fields on coarse grids."""

import math

import torch
from torch import Tensor

from core.puppet.field import invert, nodes, sample, smoothstep, spread


def _waves(strength: float) -> Tensor:
    """A smooth field (1, 2, 65, 65) that is zero on the border."""
    x, y = nodes(65, 65).unbind(-1)
    fade = (1 - x * x) * (1 - y * y)
    waves = torch.stack([torch.sin(3 * y + x), torch.cos(3 * x - y)])
    return strength * (waves * fade)[None]


def test_a_linear_field_is_sampled_exactly() -> None:
    grid = nodes(9, 17)
    field = torch.stack([0.3 * grid[..., 0] - 0.2 * grid[..., 1] + 0.1, grid[..., 1]])[None]
    at = torch.rand(1, 20, 30, 2, generator=torch.Generator().manual_seed(1)) * 2 - 1
    found = sample(field, at)
    x, y = at.unbind(-1)
    expected = torch.stack([0.3 * x - 0.2 * y + 0.1, y], dim=1)
    torch.testing.assert_close(found, expected, rtol=0, atol=1e-6)


def test_beyond_its_edge_a_field_goes_on_as_it_ends() -> None:
    field = nodes(5, 5).permute(2, 0, 1)[None]
    found = sample(field, torch.tensor([[[[3.0, 0.5], [-2.0, -9.0]]]]))
    assert found[0, :, 0].T.tolist() == [[1.0, 0.5], [-1.0, -1.0]]


def test_the_way_back_leads_back() -> None:
    forward = _waves(0.08)
    there = nodes(65, 65)[None] + forward.permute(0, 2, 3, 1)
    back = sample(invert(forward), there)
    assert forward.abs().max() > 0.07
    assert (forward + back).abs().max() < 1.5e-3
    assert (forward + back).abs().mean() < 2e-4


def test_the_way_back_from_a_shift_is_the_opposite_shift() -> None:
    forward = torch.tensor([0.25, -0.5]).view(1, 2, 1, 1).expand(1, 2, 8, 8)
    torch.testing.assert_close(invert(forward), -forward)


def test_each_field_of_a_batch_is_inverted_by_itself() -> None:
    batch = torch.cat([_waves(0.08), _waves(-0.03)])
    alone = torch.cat([invert(_waves(0.08)), invert(_waves(-0.03))])
    torch.testing.assert_close(invert(batch), alone, rtol=0, atol=1e-6)


def test_what_is_spread_passes_through_its_values() -> None:
    random = torch.Generator().manual_seed(2)
    points = torch.rand(40, 2, generator=random) * 2 - 1
    values = torch.randn(3, 40, 2, generator=random)
    torch.testing.assert_close(spread(points, values, points), values, rtol=0, atol=2e-3)
    missed = (spread(points, values, points, smooth=0.1) - values).abs()
    assert missed.mean() > 0.1


def test_what_is_linear_stays_linear_when_spread() -> None:
    points = torch.tensor([[-1.0, -1], [1, -1], [-1, 1], [1, 1], [0.2, 0.1]])
    slope = torch.tensor([[0.5, -1.0], [2.0, 0.25]])
    at = nodes(7, 7).view(-1, 2) * 1.5
    found = spread(points, points @ slope + 3, at, smooth=1e-3)
    torch.testing.assert_close(found, at @ slope + 3, rtol=0, atol=1e-4)


def test_a_smooth_step_rises_or_falls_and_is_flat_beyond() -> None:
    x = torch.linspace(-1, 3, 81)
    up, down = smoothstep(x, 0.0, 2.0), smoothstep(x, 2.0, 0.0)
    assert up[0] == 0
    assert up[-1] == 1
    assert math.isclose(float(up[40]), 0.5, abs_tol=1e-6)
    assert (up.diff() >= 0).all()
    torch.testing.assert_close(up + down, torch.ones(81))
