"""How loud the voice is that comes in."""

import math
from collections.abc import Callable

from PySide6.QtCore import QPointF, QRectF, QSize, QTimer
from PySide6.QtGui import QColor, QHideEvent, QPainter, QPaintEvent, QShowEvent
from PySide6.QtWidgets import QProgressBar, QSizePolicy

from app.plain import tip

FLOOR = -60.0
"""Decibels below full scale that count as silence."""

ENOUGH, LOUD, TOO_LOUD = -40.0, -12.0, -3.0
"""Decibels from which a voice is loud enough, good and loud, and soon cut off."""

STEP = 6
"""Decibels by which it must have changed to be told: a screen reader reads each change."""

FALL = 1.2
"""Decibels by which the bar falls from one look to the next: it can be read."""

LOOK = 40
"""Milliseconds between two looks."""

GREEN, YELLOW, RED = QColor("#3fa45b"), QColor("#d9a514"), QColor("#d0453b")


class LevelMeter(QProgressBar):
    """Shows what `read` returns while it runs: a root of the mean square from 0 to 1."""

    def __init__(self, read: Callable[[], float] = lambda: 0.0) -> None:
        super().__init__()
        self.read = read
        self.decibels = FLOOR
        """Of a sine as loud as the voice, full scale being 0."""
        self._timer = QTimer(self, interval=LOOK)
        self._timer.timeout.connect(self.look)
        self.setTextVisible(False)
        self.setRange(round(FLOOR), 0)
        self.setValue(round(FLOOR))
        self.setAccessibleName(self.tr("Level of the voice"))
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        return QSize(120, 8)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._timer.start()

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self._timer.stop()

    def look(self) -> None:
        """Rise at once, fall slowly."""
        before = self.decibels
        self.decibels = max(FLOOR, to_decibels(self.read()), before - FALL)
        if self.decibels != before:
            self.update()
            told = STEP * round(self.decibels / STEP)
            if told != self.value():
                self.setValue(told)
                tip(self, self.tr("{0} dB").replace("{0}", str(told)))

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(self.palette().mid().color())
        painter.setBrush(self.palette().base())
        frame = QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5)
        radius = frame.height() / 2
        painter.drawRoundedRect(frame, radius, radius)
        self._paint_bar(painter, frame, radius)
        painter.setPen(self.palette().placeholderText().color())
        for decibels in (ENOUGH, TOO_LOUD):
            x = frame.x() + frame.width() * (decibels - FLOOR) / -FLOOR
            painter.drawLine(QPointF(x, frame.y()), QPointF(x, frame.bottom()))

    def _paint_bar(self, painter: QPainter, frame: QRectF, radius: float) -> None:
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
