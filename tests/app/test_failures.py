"""Whatever is raised where nobody catches it fails the test in which it was.

pytest-qt and pytest see to that, as long as nobody switches it off.
"""

import gc
import threading

import pytest
from PySide6.QtCore import QTimer
from PySide6.QtGui import QPaintEvent
from PySide6.QtWidgets import QPushButton, QWidget
from pytestqt.qtbot import QtBot

pytestmark = pytest.mark.xfail(strict=True, reason="each of these tests has to fail")


def broken() -> None:
    raise RuntimeError("broken")


class BrokenPicture(QWidget):
    def paintEvent(self, event: QPaintEvent) -> None:
        broken()


class BrokenEnd:
    def __del__(self) -> None:
        broken()


def test_in_a_slot(qtbot: QtBot) -> None:
    button = QPushButton()
    qtbot.addWidget(button)
    button.clicked.connect(broken)
    button.click()


def test_in_a_timer_that_comes_after_the_last_line(qtbot: QtBot) -> None:
    QTimer.singleShot(0, broken)


def test_in_an_event(qtbot: QtBot) -> None:
    picture = BrokenPicture()
    qtbot.addWidget(picture)
    picture.grab()


def test_on_another_thread() -> None:
    thread = threading.Thread(target=broken)
    thread.start()
    thread.join()


def test_where_nobody_can_be_told() -> None:
    end = BrokenEnd()
    del end
    gc.collect()
