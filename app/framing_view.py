"""A photo in its frame, to be dragged and zoomed: with the mouse, or with the keyboard."""

import numpy as np
from PySide6.QtCore import QPointF, QSize, Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QWheelEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from app.framing import NUDGE, STEP, Shape
from app.preview import GROUND, LETTERS, fitted, to_image
from core.profile import Framing
from core.puppet.scene import lay_out, place
from core.video import Picture, VideoFormat

SMALL = VideoFormat(480, 270)
"""What is laid out while dragging; enlarged to the widget's size."""

WHEEL = 120
"""Eighths of a degree in a notch of a mouse's wheel."""

ARROWS = {
    Qt.Key.Key_Left: (-1, 0),
    Qt.Key.Key_Right: (1, 0),
    Qt.Key.Key_Up: (0, -1),
    Qt.Key.Key_Down: (0, 1),
}


class FramingView(QWidget):
    """Shows what the frame will show; without a framing, what a webcam would."""

    changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._photo: Picture | None = None
        self._usual = Framing()
        self._framing: Framing | None = None
        self._from: QPointF | None = None
        self.setAccessibleName(self.tr("Framing"))
        self.setAccessibleDescription(
            self.tr("Arrow keys move, plus and minus zoom, 0 frames the face as a webcam would")
        )
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        self.setMinimumSize(320, 180)

    @property
    def framing(self) -> Framing | None:
        """None as long as nobody has changed anything."""
        return self._framing

    def sizeHint(self) -> QSize:
        return QSize(SMALL.width, SMALL.height)

    def hasHeightForWidth(self) -> bool:
        return True

    def heightForWidth(self, width: int) -> int:
        return width * SMALL.height // SMALL.width

    def show_photo(self, photo: Picture | None, usual: Framing, framing: Framing | None) -> None:
        """Show `photo`, framed as `usual` unless there is a `framing`."""
        self._photo, self._usual, self._framing = photo, usual, framing
        self.setCursor(
            Qt.CursorShape.OpenHandCursor if photo is not None else Qt.CursorShape.ArrowCursor
        )
        self.update()

    def reset(self) -> None:
        """Frame the face as a webcam would."""
        self._set(None)

    def move_by(self, dx: float, dy: float) -> None:
        """Drag the picture by shares of the frame."""
        if shape := self._shape():
            self._set(shape.moved(self._framing or self._usual, dx, dy))

    def zoom_by(self, factor: float, x: float = 0.5, y: float = 0.5) -> None:
        """Go closer to a place, shares of the frame."""
        if shape := self._shape():
            self._set(shape.zoomed(self._framing or self._usual, factor, x, y))

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton and self._photo is not None:
            self._from = event.position()
            self.setCursor(Qt.CursorShape.ClosedHandCursor)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._from is not None:
            away, self._from = event.position() - self._from, event.position()
            self.move_by(away.x() / self.width(), away.y() / self.height())

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:  # noqa: ARG002
        self._from = None
        if self._photo is not None:
            self.setCursor(Qt.CursorShape.OpenHandCursor)

    def wheelEvent(self, event: QWheelEvent) -> None:
        at = event.position()
        factor = STEP ** (event.angleDelta().y() / WHEEL)
        self.zoom_by(factor, at.x() / self.width(), at.y() / self.height())
        event.accept()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = Qt.Key(event.key())
        if key in ARROWS:
            across, down = ARROWS[key]
            self.move_by(NUDGE * across, NUDGE * down)
        elif key in (Qt.Key.Key_Plus, Qt.Key.Key_Equal):
            self.zoom_by(STEP)
        elif key == Qt.Key.Key_Minus:
            self.zoom_by(1 / STEP)
        elif key == Qt.Key.Key_0:
            self.reset()
        else:
            super().keyPressEvent(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        painter.fillRect(self.rect(), GROUND)
        if self._photo is None:
            painter.setPen(LETTERS)
            painter.drawText(
                self.rect().adjusted(16, 16, -16, -16),
                Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap,
                self.tr("Drop a photo here"),
            )
            return
        image = to_image(self._laid_out(self._photo))
        painter.drawImage(fitted(image.size(), self.size()), image)
        if self.hasFocus():
            painter.setPen(self.palette().highlight().color())
            painter.drawRect(self.rect().adjusted(0, 0, -1, -1))

    def _laid_out(self, photo: Picture) -> Picture:
        size = (photo.shape[1], photo.shape[0])
        where = place(size, (0.0, 0.0, 1.0), SMALL, self._framing or self._usual)
        return np.asarray(lay_out(photo, where, SMALL), np.uint8)

    def _shape(self) -> Shape | None:
        if self._photo is None:
            return None
        return Shape((self._photo.shape[1], self._photo.shape[0]), SMALL)

    def _set(self, framing: Framing | None) -> None:
        if framing != self._framing:
            self._framing = framing
            self.update()
            self.changed.emit()
