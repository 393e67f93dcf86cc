"""Drawn people that several tests share."""

from collections.abc import Iterator

import pytest

from core.puppet.renderer import Renderer
from core.puppet.rig import Rig
from tests.core.puppet.faces import Drawn, draw, opened, rig


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


@pytest.fixture(scope="package")
def renderer(ann: Drawn) -> Iterator[Renderer]:
    """Shows Ann in a small frame, as a webcam would."""
    with opened(ann) as renderer:
        yield renderer
