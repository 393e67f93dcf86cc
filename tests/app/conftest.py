"""What the tests of the window share."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image
from pytestqt.qtbot import QtBot

from plugins.profiles import Folders

PATIENCE = 30_000
"""Milliseconds that what is waited for may take."""


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


class PatientBot(QtBot):
    """Waits longer by itself: a machine may be busy otherwise."""

    def waitUntil(self, callback: Callable[[], bool | None], *, timeout: int = PATIENCE) -> None:
        super().waitUntil(callback, timeout=timeout)

    def waitSignal(self, signal: Any, *, timeout: int = PATIENCE, **more: Any) -> Any:
        return super().waitSignal(signal, timeout=timeout, **more)


@pytest.fixture
def qtbot(qapp: object, request: pytest.FixtureRequest) -> QtBot:
    """Take the place of pytest-qt's own."""
    return PatientBot(request)


@pytest.fixture
def cast(tmp_path: Path) -> Folders:
    """The people of `store`, whom nobody may change here."""
    return Folders(tmp_path / "profiles", writable=False)
