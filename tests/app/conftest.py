"""What the tests of the window share."""

import gc
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from pytestqt.qtbot import QtBot

from app.desktop.collector import collect

PATIENCE = 30_000
"""Milliseconds that what is waited for may take."""


@pytest.fixture(autouse=True)
def collector_rests() -> Iterator[None]:
    """Let Python collect garbage after a test alone, as the program does between events."""
    gc.disable()
    yield
    collect()
    gc.enable()


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
