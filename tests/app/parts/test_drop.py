"""Files dropped anywhere are taken as copies, whatever the other program offers."""

from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from pytestqt.qtbot import QtBot

from app.parts.drop import DropArea

MOVE = Qt.DropAction.MoveAction
EITHER = MOVE | Qt.DropAction.CopyAction
LEFT, NONE = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier


@pytest.fixture
def data() -> QMimeData:
    made = QMimeData()
    made.setUrls([QUrl.fromLocalFile("/tmp/me.png"), QUrl("https://example.org/you.png")])
    return made


def test_a_file_is_taken_as_a_copy_though_a_move_is_offered(qtbot: QtBot, data: QMimeData) -> None:
    area = DropArea()
    qtbot.addWidget(area)
    entering = QDragEnterEvent(QPoint(5, 5), EITHER, data, LEFT, NONE)
    entering.setDropAction(MOVE)
    area.dragEnterEvent(entering)
    assert (entering.isAccepted(), entering.dropAction()) == (True, Qt.DropAction.CopyAction)
    dropping = QDropEvent(QPointF(5, 5), EITHER, data, LEFT, NONE)
    dropping.setDropAction(MOVE)
    with qtbot.waitSignal(area.dropped) as told:
        area.dropEvent(dropping)
    assert told.args == [[Path("/tmp/me.png")]]
    assert dropping.dropAction() is Qt.DropAction.CopyAction


def test_what_is_no_file_is_not_taken(qtbot: QtBot) -> None:
    area, words = DropArea(), QMimeData()
    qtbot.addWidget(area)
    words.setText("hello")
    entering = QDragEnterEvent(QPoint(5, 5), EITHER, words, LEFT, NONE)
    entering.ignore()
    area.dragEnterEvent(entering)
    assert not entering.isAccepted()
