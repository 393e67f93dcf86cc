"""A studio of drawn people who say nonsense."""

import pytest
import torch

from core.training.studio.bank import Bank, open_bank
from core.training.studio.portraits import PortraitStock, stock_of
from core.training.studio.speech import Said
from tests.core.training.faces.people import corpus


@pytest.fixture(scope="package")
def stock() -> PortraitStock:
    return stock_of(corpus(2))


@pytest.fixture(scope="package")
def bank(stock: PortraitStock) -> Bank:
    return open_bank(stock, [0, 1], "cpu", workers=2)


@pytest.fixture(scope="package")
def said() -> Said:
    """Three speeches of 40 frames; a mouth shape lasts for four."""
    random = torch.Generator().manual_seed(0)
    shapes = torch.randint(15, (3, 10), generator=random).repeat_interleave(4, 1)
    opening = torch.rand(3, 10, generator=random).repeat_interleave(4, 1)
    features = torch.randn(3, 40, 16, generator=random)
    return Said(torch.eye(15)[shapes], opening, torch.ones(3, 40), features)
