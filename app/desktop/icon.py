"""The program's mark, drawn at any size: a face with a voice, and a dot that says what is on."""

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QIcon, QLinearGradient, QPainter, QPainterPath, QPixmap

SIZES = (16, 24, 32, 48, 64, 128, 256)
"""Pixels; each is drawn for itself, so that small ones stay sharp."""

ABOVE, BELOW = QColor("#4f7cff"), QColor("#7a3ff2")
DOTS = {"live": QColor("#e5484d"), "paused": QColor("#f5a623"), "failed": QColor("#6b7380")}
"""Colour of the dot for each state that has one."""


def icon(state: str = "") -> QIcon:
    """Return the mark; `state` is the name of a `LiveState` in small letters."""
    found = QIcon()
    for size in SIZES:
        found.addPixmap(drawn(size, state))
    return found


def drawn(size: int, state: str = "") -> QPixmap:
    """Return the mark, `size` pixels wide and high."""
    pixmap = QPixmap(size, size)
    pixmap.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixmap)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.scale(size / 64, size / 64)
    painter.setPen(Qt.PenStyle.NoPen)
    _ground(painter)
    _face(painter)
    if state in DOTS:
        painter.setBrush(Qt.GlobalColor.white)
        painter.drawEllipse(QPointF(50, 50), 14, 14)
        painter.setBrush(DOTS[state])
        painter.drawEllipse(QPointF(50, 50), 11, 11)
    painter.end()
    return pixmap


def _ground(painter: QPainter) -> None:
    light = QLinearGradient(0, 0, 64, 64)
    light.setColorAt(0, ABOVE)
    light.setColorAt(1, BELOW)
    painter.setBrush(light)
    painter.drawRoundedRect(QRectF(2, 2, 60, 60), 16, 16)


def _face(painter: QPainter) -> None:
    """Two eyes, and a mouth that is five bars of a voice."""
    painter.setBrush(Qt.GlobalColor.white)
    for x in (22, 42):
        painter.drawEllipse(QPointF(x, 24), 4.5, 5.5)
    bars = QPainterPath()
    for place, height in enumerate((5, 11, 17, 11, 5)):
        bars.addRoundedRect(QRectF(15.5 + 7 * place, 43 - height / 2, 5, height), 2.5, 2.5)
    painter.drawPath(bars)
