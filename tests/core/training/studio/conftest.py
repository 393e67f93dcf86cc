"""A studio of drawn people who say nonsense."""

import pytest
import torch

from core.training.studio.portrait_stock import PortraitStock, build_portrait_stock
from core.training.studio.speech_stock import AlignedSpeech
from core.training.studio.subject_bank import SubjectBank, open_bank
from tests.core.training.faces.people import corpus


@pytest.fixture(scope="package")
def stock() -> PortraitStock:
    return build_portrait_stock(corpus(2))


@pytest.fixture(scope="package")
def bank(stock: PortraitStock) -> SubjectBank:
    return open_bank(stock, [0, 1], "cpu", workers=2)


@pytest.fixture(scope="package")
def speech() -> AlignedSpeech:
    """Three speeches of 40 frames; a mouth shape lasts for four."""
    random = torch.Generator().manual_seed(0)
    shapes = torch.randint(15, (3, 10), generator=random).repeat_interleave(4, 1)
    opening = torch.rand(3, 10, generator=random).repeat_interleave(4, 1)
    features = torch.randn(3, 40, 16, generator=random)
    return AlignedSpeech(torch.eye(15)[shapes], opening, torch.ones(3, 40), features)
