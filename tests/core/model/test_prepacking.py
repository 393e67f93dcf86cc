"""Prepacked weights are the same weights."""

import pytest
import torch
from torch import nn

from core.model.prepacking import (
    MAX_PREPACKED_ROWS,
    PrepackedLinear,
    mkl_available,
    prepack_linears,
)

needs_mkl = pytest.mark.skipif(not mkl_available(), reason="torch without MKL")


def _network() -> nn.Sequential:
    torch.manual_seed(0)
    layers = nn.Linear(24, 48), nn.Sequential(nn.GELU(), nn.Linear(48, 8, bias=False))
    return nn.Sequential(*layers).requires_grad_(False)


@needs_mkl
@pytest.mark.parametrize("shape", [(16, 24), (1, 2, 8, 24), (5, 24), (32, 24)])
def test_a_prepacked_network_gives_the_same_for_any_number_of_rows(shape: tuple[int, ...]) -> None:
    network, plain = _network(), _network()
    prepack_linears(network, rows=16)
    assert isinstance(network[0], PrepackedLinear)
    x = torch.randn(shape)
    torch.testing.assert_close(network(x), plain(x))


def test_a_prepacked_network_keeps_its_numbers_and_their_names() -> None:
    network, plain = _network(), _network()
    prepack_linears(network, rows=16)
    found, expected = network.state_dict(), plain.state_dict()
    assert found.keys() == expected.keys()
    assert all(torch.equal(found[name], expected[name]) for name in expected)


def test_for_many_rows_nothing_is_prepacked() -> None:
    network = _network()
    prepack_linears(network, rows=MAX_PREPACKED_ROWS + 1)
    assert not any(isinstance(module, PrepackedLinear) for module in network.modules())
