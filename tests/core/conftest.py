"""Drawn people that several rooms' tests share."""

import pytest

from core.puppet.rig import Rig
from tests.core.puppet.faces import Drawn, draw, rig


@pytest.fixture(scope="session")
def ann() -> Drawn:
    """Her lips are closed."""
    return draw()


@pytest.fixture(scope="session")
def bob() -> Drawn:
    """His lips are apart."""
    return draw(agape=True)


@pytest.fixture(scope="session")
def ann_rig(ann: Drawn) -> Rig:
    return rig(ann)


@pytest.fixture(scope="session")
def bob_rig(bob: Drawn) -> Rig:
    return rig(bob)
