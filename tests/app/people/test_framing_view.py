"""Dragging and zooming a photo on the widget."""

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app.people.framing_view import FramingView
from core.profile import Framing


@pytest.fixture
def view(qtbot: QtBot) -> FramingView:
    view = FramingView()
    qtbot.addWidget(view)
    view.resize(480, 270)
    view.show()
    photo = np.random.default_rng(1).integers(0, 255, (200, 200, 3), dtype=np.uint8)
    view.show_photo(photo, Framing(0.5, 0.4, 2.0), None)
    return view


def test_untouched_it_has_no_framing_of_its_own(view: FramingView) -> None:
    assert view.framing is None
    view.zoom_by(1.2)
    view.reset()
    assert view.framing is None


def test_the_mouse_drags(view: FramingView) -> None:
    QTest.mousePress(view, Qt.MouseButton.LeftButton, pos=QPoint(200, 100))
    QTest.mouseMove(view, QPoint(224, 100))
    QTest.mouseRelease(view, Qt.MouseButton.LeftButton, pos=QPoint(224, 100))
    assert view.framing is not None
    assert view.framing.y == pytest.approx(0.4, abs=0.01)
    QTest.mouseMove(view, QPoint(10, 10))  # let go
    assert view.framing.y == pytest.approx(0.4, abs=0.01)


def test_the_wheel_zooms(view: FramingView) -> None:
    spot = QPointF(240, 135)
    turn = QWheelEvent(
        spot,
        view.mapToGlobal(spot),
        QPoint(),
        QPoint(0, 120),
        Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    QApplication.sendEvent(view, turn)
    assert view.framing is not None
    assert view.framing.zoom == pytest.approx(2.2)


def test_everything_can_be_done_with_the_keyboard(view: FramingView) -> None:
    view.setFocus()
    QTest.keyClick(view, Qt.Key.Key_Plus)
    QTest.keyClick(view, Qt.Key.Key_Plus)
    QTest.keyClick(view, Qt.Key.Key_Minus)
    assert view.framing is not None
    assert view.framing.zoom == pytest.approx(2.2)
    before = view.framing.y
    QTest.keyClick(view, Qt.Key.Key_Down)
    assert view.framing.y < before
    QTest.keyClick(view, Qt.Key.Key_0)
    assert view.framing is None


def test_what_is_shown_is_what_the_frame_will_show(view: FramingView, qtbot: QtBot) -> None:
    before = view.grab().toImage()
    view.zoom_by(2)
    assert view.grab().toImage() != before
    view.show_photo(None, Framing(), None)
    view.zoom_by(2)
    assert view.framing is None
