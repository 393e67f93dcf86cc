"""Scrolling a page changes nothing that the mouse passes."""

from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtWidgets import QAbstractSpinBox, QApplication, QComboBox, QWidget
from pytestqt.qtbot import QtBot

from app.window import Window
from tests.app.test_window import window

__all__ = ["window"]


def scroll(part: QWidget) -> None:
    middle = QPointF(part.rect().center())
    event = QWheelEvent(
        middle, middle, QPoint(), QPoint(0, -120), Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier, Qt.ScrollPhase.NoScrollPhase, False,
    )  # fmt: skip
    QApplication.sendEvent(part, event)


def test_what_has_no_focus_leaves_the_wheel_alone(qtbot: QtBot, window: Window) -> None:
    lists = [box for box in window.findChildren(QComboBox) if box.count() > 1]
    before = [box.currentIndex() for box in lists]
    numbers = window.findChildren(QAbstractSpinBox)
    values = [number.text() for number in numbers]
    assert len(lists) > 5
    assert numbers
    for part in (*lists, *numbers):
        part.clearFocus()
        scroll(part)
        assert not part.focusPolicy() & Qt.FocusPolicy.WheelFocus & ~Qt.FocusPolicy.StrongFocus
    assert [box.currentIndex() for box in lists] == before
    assert [number.text() for number in numbers] == values
