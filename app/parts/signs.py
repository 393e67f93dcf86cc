"""Small round signs that say how something is: in order, as it should not be, failed, left out."""

from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QColor, QPainter, QPen, QPixmap

COLOURS = {"tick": "#2e7d46", "mark": "#a86a00", "cross": "#c62f26", "dash": "#6b7380"}

STROKES = {
    "tick": (((5.6, 10.4), (8.8, 13.5), (14.4, 7.0)),),
    "mark": (((10.0, 5.4), (10.0, 11.0)), ((10.0, 14.3), (10.0, 14.4))),
    "cross": (((6.8, 6.8), (13.2, 13.2)), ((13.2, 6.8), (6.8, 13.2))),
    "dash": (((6.2, 10.0), (13.8, 10.0)),),
}
"""Lines in a field of 20 by 20."""


def sign(name: str, size: int, ratio: float) -> QPixmap:
    """Return a sign, one of `COLOURS`, `size` points wide, sharp on a screen of this ratio."""
    pixmap = QPixmap(round(size * ratio), round(size * ratio))
    pixmap.setDevicePixelRatio(ratio)
    pixmap.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixmap)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.scale(size / 20, size / 20)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor(COLOURS[name]))
    painter.drawEllipse(QPointF(10, 10), 9, 9)
    pen = QPen(QColor("white"), 2.0)
    pen.setCapStyle(Qt.PenCapStyle.RoundCap)
    pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
    painter.setPen(pen)
    for stroke in STROKES[name]:
        painter.drawPolyline([QPointF(*point) for point in stroke])
    painter.end()
    return pixmap
