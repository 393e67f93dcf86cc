"""What is live ends with the window, and films that are over are finished first."""

from typing import Any

from PySide6.QtCore import QObject
from pytestqt.qtbot import QtBot

from app.live.on_air import FILMS, OnAir
from app.parts.bridge import Bridge
from core.broadcast.shared_devices import Devices


class Ending:
    """Stands for a broadcast; notes what it is asked for at the end."""

    def __init__(self) -> None:
        self.asked: list[object] = []

    def stop(self) -> None:
        self.asked.append("stop")

    def join(self, timeout: float) -> bool:
        self.asked.append(timeout)
        return False

    def finish(self, timeout: float) -> bool:
        self.asked.append(timeout)
        return True


def test_films_have_more_time_than_all_else(qtbot: QtBot) -> None:
    around = QObject()
    on_air = OnAir(Devices(), Bridge(around), around)
    ending: Any = Ending()
    on_air.broadcast = ending
    on_air.close(5.0)
    assert ending.asked == ["stop", 5.0, FILMS]
    assert on_air.broadcast is None
    assert qtbot
