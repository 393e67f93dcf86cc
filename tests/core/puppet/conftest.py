"""A renderer that several tests share."""

from collections.abc import Iterator

import pytest

from core.puppet.renderer import Renderer
from tests.core.puppet.faces import Drawn, opened


@pytest.fixture(scope="package")
def renderer(ann: Drawn) -> Iterator[Renderer]:
    """Shows Ann in a small frame, as a webcam would."""
    with opened(ann) as renderer:
        yield renderer
