"""Files dropped anywhere: taken as copies, with a word of what will come of them meanwhile."""

from pathlib import Path

from PySide6.QtCore import QMimeData, QRect, Qt, QTimer, Signal
from PySide6.QtGui import (
    QColor,
    QDragEnterEvent,
    QDragLeaveEvent,
    QDropEvent,
    QPainter,
    QPaintEvent,
    QPen,
)
from PySide6.QtWidgets import QWidget

GROUND, LINE = QColor(16, 22, 36, 215), QColor("#8fb0ff")
EDGE, CORNER = 16, 12
"""Pixels between the dashed line and the edge, and of its corners."""


class DropArea(QWidget):
    """A part on which files can be dropped; what is below them is covered meanwhile."""

    dropped = Signal(list)
    """Paths, once the other program has been let go."""

    def __init__(self) -> None:
        super().__init__()
        self.setAcceptDrops(True)
        self._cover = Cover(self, self.tr("Drop a photo to add a person, or a sound to speak it"))

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if files_in(event.mimeData()):
            copy(event)
            self._cover.setGeometry(self.rect())
            self._cover.raise_()
            self._cover.show()

    def dragLeaveEvent(self, event: QDragLeaveEvent) -> None:  # noqa: ARG002
        self._cover.hide()

    def dropEvent(self, event: QDropEvent) -> None:
        self._cover.hide()
        copy(event)
        if paths := files_in(event.mimeData()):
            QTimer.singleShot(0, self, lambda: self.dropped.emit(paths))


class Cover(QWidget):
    """Says what will come of a file that is dropped."""

    def __init__(self, parent: QWidget, words: str) -> None:
        super().__init__(parent)
        self._words = words
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.hide()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.fillRect(self.rect(), GROUND)
        inside: QRect = self.rect().adjusted(EDGE, EDGE, -EDGE, -EDGE)
        painter.setPen(QPen(LINE, 3, Qt.PenStyle.DashLine))
        painter.drawRoundedRect(inside, CORNER, CORNER)
        painter.setPen(QColor("white"))
        flags = Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap
        painter.drawText(inside, flags, self._words)


def files_in(data: QMimeData) -> list[Path]:
    """Return the files that another program gives."""
    return [Path(url.toLocalFile()) for url in data.urls() if url.isLocalFile()]


def copy(event: QDropEvent) -> None:
    """Accept what is dropped as a copy: a move would let the other program remove its own."""
    event.setDropAction(Qt.DropAction.CopyAction)
    event.accept()
