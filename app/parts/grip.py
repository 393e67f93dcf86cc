"""A picture that can be taken hold of: dragging, wheel and keys become moves and zooms."""

import math

from PySide6.QtCore import QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent, QWheelEvent
from PySide6.QtWidgets import QWidget

STEP, NUDGE = 1.1, 0.02
"""Factor of one step of zoom, and share of the frame of one step to a side."""

WHEEL = 120
"""Eighths of a degree in a notch of a mouse's wheel."""

CORNER = 24.0
"""Pixels around a corner within which it can be pulled."""

ARROWS = {
    Qt.Key.Key_Left: (-1, 0),
    Qt.Key.Key_Right: (1, 0),
    Qt.Key.Key_Up: (0, -1),
    Qt.Key.Key_Down: (0, 1),
}
ZOOMS = {Qt.Key.Key_Plus: STEP, Qt.Key.Key_Equal: STEP, Qt.Key.Key_Minus: 1 / STEP}


class Gripped(QWidget):
    """Lengths and places are shares of the picture; nothing happens until `hold`."""

    moved = Signal(float, float)
    zoomed = Signal(float, float, float)
    """Factor, and the place that stays where it is."""
    reset_wanted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._from: QPointF | None = None
        self._pulls = self._held = False

    @property
    def held(self) -> bool:
        return self._held

    def hold(self, on: bool) -> None:
        """Let the picture be moved, or not any more."""
        self._held, self._from = on, None
        self.setCursor(Qt.CursorShape.OpenHandCursor if on else Qt.CursorShape.ArrowCursor)
        self.update()

    def picture_area(self) -> QRectF:
        """Where the picture lies on the widget."""
        return QRectF(self.rect())

    def corners(self) -> tuple[QPointF, QPointF, QPointF, QPointF]:
        """Where the picture can be pulled larger and smaller."""
        area = self.picture_area()
        return area.topLeft(), area.topRight(), area.bottomLeft(), area.bottomRight()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if not self._held or event.button() != Qt.MouseButton.LeftButton:
            super().mousePressEvent(event)
            return
        self._from = event.position()
        self._pulls = any(distance(self._from, corner) < CORNER for corner in self.corners())
        self.setFocus(Qt.FocusReason.MouseFocusReason)
        self.setCursor(Qt.CursorShape.ClosedHandCursor)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._from is None:
            super().mouseMoveEvent(event)
            return
        before, self._from = self._from, event.position()
        away, area = self._from - before, self.picture_area()
        if self._pulls:
            middle = area.center()
            factor = distance(self._from, middle) / max(1.0, distance(before, middle))
            self.zoomed.emit(max(1 / STEP, min(STEP, factor)), 0.5, 0.5)
            return
        self.moved.emit(away.x() / area.width(), away.y() / area.height())

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if self._from is None:
            super().mouseReleaseEvent(event)
            return
        self._from = None
        self.setCursor(Qt.CursorShape.OpenHandCursor)

    def wheelEvent(self, event: QWheelEvent) -> None:
        if not self._held:
            super().wheelEvent(event)
            return
        factor = STEP ** (event.angleDelta().y() / WHEEL)
        area, at = self.picture_area(), event.position()
        x, y = (at.x() - area.x()) / area.width(), (at.y() - area.y()) / area.height()
        self.zoomed.emit(factor, min(1.0, max(0.0, x)), min(1.0, max(0.0, y)))
        event.accept()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = Qt.Key(event.key())
        if not self._held:
            super().keyPressEvent(event)
        elif key in ARROWS:
            across, down = ARROWS[key]
            self.moved.emit(NUDGE * across, NUDGE * down)
        elif key in ZOOMS:
            self.zoomed.emit(ZOOMS[key], 0.5, 0.5)
        elif key == Qt.Key.Key_0:
            self.reset_wanted.emit()
        else:
            super().keyPressEvent(event)


def distance(one: QPointF, other: QPointF) -> float:
    """Return how far two places are apart."""
    away = one - other
    return math.hypot(away.x(), away.y())
