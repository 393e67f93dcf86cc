"""How loud the voice is that comes in."""

import math
from collections.abc import Callable

from PySide6.QtCore import QRectF, QSize, QTimer
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from app.plain import tip

FLOOR = -60.0
"""Decibels below full scale that count as silence."""

LOUD, TOO_LOUD = -12.0, -3.0
"""Decibels from which a voice is good and loud, and from which it will soon be cut off."""

FALL = 1.2
"""Decibels by which the bar falls from one look to the next: it can be read."""

LOOK = 40
"""Milliseconds between two looks."""

GREEN, YELLOW, RED = QColor("#3fa45b"), QColor("#d9a514"), QColor("#d0453b")


class LevelMeter(QWidget):
    """Shows what `read` returns while it runs: a root of the mean square from 0 to 1."""

    def __init__(self, read: Callable[[], float] = lambda: 0.0) -> None:
        super().__init__()
        self.read = read
        self.decibels = FLOOR
        """Of a sine as loud as the voice, full scale being 0."""
        self._timer = QTimer(self, interval=LOOK)
        self._timer.timeout.connect(self.look)
        self.setAccessibleName(self.tr("Level of the voice"))
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        return QSize(120, 8)

    def run(self, on: bool) -> None:
        """Begin to look, or rest."""
        if on:
            self._timer.start()
            return
        self._timer.stop()
        self.decibels = FLOOR
        self.update()

    def look(self) -> None:
        """Rise at once, fall slowly."""
        now = to_decibels(self.read())
        self.decibels = max(FLOOR, now, self.decibels - FALL)
        tip(self, self.tr("{0} dB").replace("{0}", f"{self.decibels:.0f}"))
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(self.palette().mid().color())
        painter.setBrush(self.palette().base())
        frame = QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5)
        radius = frame.height() / 2
        painter.drawRoundedRect(frame, radius, radius)
        share = (self.decibels - FLOOR) / -FLOOR
        if share <= 0:
            return
        painter.setPen(QColor(0, 0, 0, 0))
        painter.setBrush(colour(self.decibels))
        width = max(frame.height(), frame.width() * min(1.0, share))
        painter.drawRoundedRect(QRectF(frame.x(), frame.y(), width, frame.height()), radius, radius)


def to_decibels(level: float) -> float:
    """Return the loudness of a root of the mean square; a full sine is 0."""
    return 20 * math.log10(max(level, 1e-6) * math.sqrt(2))


def colour(decibels: float) -> QColor:
    if decibels >= TOO_LOUD:
        return RED
    return YELLOW if decibels >= LOUD else GREEN
