"""What the tests of the window share."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from plugins.profiles import Folders


@pytest.fixture
def photo(tmp_path: Path) -> Path:
    path = tmp_path / "photos" / "face.png"
    path.parent.mkdir()
    Image.fromarray(np.full((120, 100, 3), 90, np.uint8)).save(path)
    return path


@pytest.fixture
def store(tmp_path: Path) -> Folders:
    """A place for profiles that is not the user's own."""
    return Folders(tmp_path / "profiles")


@pytest.fixture
def cast(tmp_path: Path) -> Folders:
    """The people of `store`, whom nobody may change here."""
    return Folders(tmp_path / "profiles", writable=False)
