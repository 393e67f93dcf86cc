"""Dragging and zooming, in numbers and on the widget."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app.people.framing import Shape, photo_size
from app.people.framing_view import FramingView
from core.portrait.placement import place
from core.profile import Framing
from core.video import VideoFormat

HD = VideoFormat(1280, 720)
SQUARE = Shape((1000, 1000), HD)
CLOSE = Framing(0.5, 0.5, 4.0)


def at(shape: Shape, framing: Framing, x: float, y: float) -> tuple[float, float]:
    """Return where in the photo, in shares, the frame's place (x, y) lies."""
    where = place(shape.photo, (0, 0, 1), shape.format, framing)
    across = (x * shape.format.width - where.left) / (shape.photo[0] * where.scale)
    down = (y * shape.format.height - where.top) / (shape.photo[1] * where.scale)
    return across, down


def test_what_is_dragged_stays_under_the_mouse() -> None:
    before = at(SQUARE, CLOSE, 0.4, 0.6)
    after = at(SQUARE, SQUARE.moved(CLOSE, 0.05, -0.07), 0.45, 0.53)
    assert after == pytest.approx(before, abs=2e-3)


def test_what_one_zooms_to_stays_where_it_is() -> None:
    before = at(SQUARE, CLOSE, 0.3, 0.7)
    after = at(SQUARE, SQUARE.zoomed(CLOSE, 1.5, 0.3, 0.7), 0.3, 0.7)
    assert after == pytest.approx(before, abs=2e-3)


def test_nobody_drags_the_photo_out_of_the_frame_or_zooms_beyond_what_can_be_saved() -> None:
    far = SQUARE.moved(CLOSE, 9, -9)
    assert at(SQUARE, far, 0, 1) == pytest.approx((0, 1), abs=2e-3)
    assert SQUARE.zoomed(CLOSE, 99).zoom == 8
    whole = SQUARE.zoomed(CLOSE, 0.01)
    assert (whole.x, whole.y, whole.zoom) == (0.5, 0.5, 1)


def test_a_photo_held_upright_is_measured_upright(tmp_path: Path) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    Image.new("RGB", (80, 60)).save(tmp_path / "turned.jpg", exif=exif)
    Image.new("RGB", (80, 60)).save(tmp_path / "plain.jpg")
    assert photo_size(tmp_path / "turned.jpg") == (60, 80)
    assert photo_size(tmp_path / "plain.jpg") == (80, 60)
    assert photo_size(tmp_path / "gone.jpg") == (0, 0)


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
