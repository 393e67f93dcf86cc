"""Curves through a lip's or a lid's landmarks."""

import torch

from core.puppet.curve import COLUMNS, curve, look_up

SPAN = 1.5
U = torch.tensor([-1.0, -0.7, -0.2, 0.05, 0.6, 1.0])
V = torch.tensor([0.0, 0.3, 0.5, 0.5, 0.1, 0.2])


def test_a_curve_passes_through_its_points() -> None:
    at = torch.linspace(-SPAN, SPAN, COLUMNS)
    u = at[[10, 20, 33, 50]]
    v = torch.tensor([0.2, -0.3, 0.4, 0.1])
    torch.testing.assert_close(curve(u, v, SPAN)[[10, 20, 33, 50]], v, rtol=0, atol=1e-6)


def test_a_curve_never_overshoots_and_is_level_beyond_its_ends() -> None:
    columns, at = curve(U, V, SPAN), torch.linspace(-SPAN, SPAN, COLUMNS)
    for i in range(len(U) - 1):
        between = columns[(at >= U[i]) & (at <= U[i + 1])]
        assert between.min() >= min(V[i], V[i + 1]) - 1e-6
        assert between.max() <= max(V[i], V[i + 1]) + 1e-6
    assert (columns[at <= U[0]] == V[0]).all()
    assert torch.allclose(columns[at >= U[-1]], V[-1])


def test_looking_up_gives_the_columns_and_what_is_between_them() -> None:
    columns = torch.stack([curve(U, V, SPAN), curve(U, -V, SPAN)])
    at = torch.linspace(-SPAN, SPAN, COLUMNS)
    found = look_up(columns, at.expand(2, -1), SPAN)
    torch.testing.assert_close(found, columns, rtol=0, atol=1e-4)
    halfway = look_up(columns, ((at[1:] + at[:-1]) / 2).expand(2, -1), SPAN)
    middle = (columns[:, 1:] + columns[:, :-1]) / 2
    torch.testing.assert_close(halfway, middle, rtol=0, atol=1e-4)
    assert look_up(columns, torch.tensor([[9.0], [-9.0]]), SPAN).flatten().tolist() == (
        torch.stack([columns[0, -1], columns[1, 0]]).tolist()
    )
