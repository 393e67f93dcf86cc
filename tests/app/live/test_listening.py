"""A microphone is heard before anything is live, by one at a time, and given back when asked."""

from collections.abc import Iterator
from dataclasses import dataclass
from threading import Event

import numpy as np
import pytest
from PySide6.QtCore import QObject
from pytestqt.qtbot import QtBot

from app.live.listening import Listening
from core.audio import Sound
from core.clock import Clock
from core.plugin import SourcePlugin


@dataclass(frozen=True)
class Options:
    loud: float = 0.5


class Ear:
    """Hears what its options say; only one can be open."""

    open = 0
    dropped = 0

    def __init__(self, options: Options, clock: Clock) -> None:
        del clock
        if options.loud < 0:
            raise ValueError("it is in use by another program")
        assert Ear.open == 0
        Ear.open += 1
        self._options, self._pause = options, Event()

    def read(self, count: int, timeout: float) -> Sound | None:
        self._pause.wait(min(timeout, 0.01))
        return Sound(np.full(count, self._options.loud, np.float32), 0, 0.0)

    def close(self) -> None:
        Ear.open -= 1


EAR = SourcePlugin("ear", "Ear", Options, Ear)


@pytest.fixture
def listening(qtbot: QtBot) -> Iterator[Listening]:
    parent = QObject()
    made = Listening(parent)
    yield made
    made.close(30)
    assert Ear.open == 0


def test_it_is_as_loud_as_what_is_heard_and_another_takes_its_place(
    qtbot: QtBot, listening: Listening
) -> None:
    for loud in (0.5, 0.25):
        listening.listen_to(EAR, Options(loud))
        qtbot.waitUntil(lambda loud=loud: listening.level == pytest.approx(loud))  # type: ignore[misc]


def test_whoever_needs_it_gets_it(qtbot: QtBot, listening: Listening) -> None:
    listening.listen_to(EAR, Options())
    qtbot.waitUntil(lambda: listening.level > 0)
    seen: list[int] = []
    listening.rest(lambda: seen.append(Ear.open))
    qtbot.waitUntil(lambda: seen == [0])
    assert listening.level == 0


def test_one_that_cannot_be_opened_is_told(qtbot: QtBot, listening: Listening) -> None:
    with qtbot.waitSignal(listening.failed) as told:
        listening.listen_to(EAR, Options(-1))
    assert str(told.args[0]) == "it is in use by another program"
