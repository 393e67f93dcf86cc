"""The picture, as large as the window allows, in a frame of its own shape."""

import cv2
import numpy as np
from PySide6.QtCore import QPointF, QRectF, QSize, QSizeF, Qt, QTimer
from PySide6.QtGui import (
    QBrush,
    QColor,
    QImage,
    QPainter,
    QPainterPath,
    QPaintEvent,
    QPen,
    QPixmap,
)
from PySide6.QtWidgets import QSizePolicy, QWidget

from app.parts.grip import Gripped
from app.parts.icons import drawn
from core.video import Frame, Picture

GROUND, LETTERS, RED = QColor(24, 26, 31), QColor(190, 195, 205), QColor("#c62f26")
GRID, HANDLE = QColor(255, 255, 255, 90), 18
"""Of the thirds that help to frame, and pixels of the handles at the corners."""

DIM, WHITE = QColor(10, 12, 16, 150), QColor("white")
CHECK, CHECKS = 10, (QColor("#d5d8dd"), QColor("#b4b9c1"))
"""Pixels of a square, and colours, of what lies below what is transparent."""

CENTRED = Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap

WHEEL, TURN = 32, 80
"""Pixels of the wheel that turns while one waits, and milliseconds between two of its steps."""

CORNER = 8
"""Pixels of the picture's rounded corners."""

SIGN = 18
"""Pixels of what is painted upon it."""

SHAPE = QSize(16, 9)
"""Of the frame while there is no picture."""


class Preview(Gripped):
    """Paints the newest frame, or a hint while there is none."""

    def __init__(self, hint: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._image: QImage | None = None
        self._pixels: Picture | None = None
        self._newest: Frame | None = None
        self._hint = hint
        self._mirrored = self._muted = False
        self._caption = self._waiting = ""
        self._turn = 0
        self._wheel = QTimer(self, interval=TURN)
        self._wheel.timeout.connect(self._turn_wheel)
        self.setAccessibleName(self.tr("Live picture"))
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumSize(320, 180)

    def sizeHint(self) -> QSize:
        return QSize(800, 450)

    def show_frame(self, frame: Frame) -> None:
        self._newest = frame
        if self.isVisible():
            self.update()

    def show_same(self, other: "Preview") -> None:
        """Show what `other` shows."""
        self._image, self._pixels, self._hint = other.picture, other._pixels, other._hint
        self._newest = None
        self.update()

    def picture_area(self) -> QRectF:
        """See `Gripped.picture_area`."""
        image = self.picture
        return fitted(image.size() if image is not None else SHAPE, self.size())

    @property
    def picture(self) -> QImage | None:
        """What is shown; None while a hint stands in its place."""
        if self._newest is not None:
            # The image looks at the array, so the array must live as long as the image does.
            self._pixels, format = for_qt(self._newest)
            height, width = self._pixels.shape[:2]
            self._image = QImage(self._pixels.data, width, height, format)
            self._newest = None
        return self._image

    @property
    def hint(self) -> str:
        return self._hint

    @property
    def mirrored(self) -> bool:
        return self._mirrored

    def mirror(self, on: bool) -> None:
        """Show what comes as a mirror would; nobody else sees that."""
        self._mirrored = on
        self.update()

    def show_muted(self, on: bool) -> None:
        """Show here, and nowhere else, that nobody hears the person."""
        self._muted = on
        self.update()

    def show_caption(self, words: str) -> None:
        """Show `words` in the lower left corner, here and nowhere else."""
        self._caption = words
        self.update()

    def wait(self, words: str) -> None:
        """Dim the picture there is, and show `words` and a wheel that turns; no words end it."""
        self._waiting = words
        self._wheel.start() if words else self._wheel.stop()
        self.update()

    def _turn_wheel(self) -> None:
        self._turn = (self._turn + 30) % 360
        self.update()

    def clear(self, hint: str) -> None:
        """Show `hint` in place of a picture."""
        self._image = self._pixels = self._newest = None
        self._hint = hint
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002
        painter, area = QPainter(self), self.picture_area()
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        corners = QPainterPath()
        corners.addRoundedRect(area, CORNER, CORNER)
        painter.fillPath(corners, GROUND)
        painter.setClipPath(corners)
        if (image := self.picture) is not None:
            self._paint_picture(painter, image, area)
            if self.held:
                paint_grid(painter, area)
            if self._muted:
                paint_muted(painter, area)
            if self._waiting:
                paint_waiting(painter, area, self._waiting, self._turn)
            elif self._caption:
                paint_caption(painter, area, self._caption)
        elif self._waiting:
            paint_waiting(painter, area, self._waiting, self._turn)
        else:
            painter.setPen(LETTERS)
            painter.drawText(area.adjusted(24, 24, -24, -24), CENTRED, self._hint)

    def _paint_picture(self, painter: QPainter, image: QImage, area: QRectF) -> None:
        painter.save()
        if image.hasAlphaChannel():
            painter.fillRect(area, checks())
        if self._mirrored:
            painter.translate(self.width(), 0)
            painter.scale(-1, 1)
        painter.drawImage(area, image)
        painter.restore()


def for_qt(frame: Frame) -> tuple[Picture, QImage.Format]:
    """Return a frame's pixels, (h, w, 4), and how Qt has to read them."""
    pixels = np.asarray(cv2.cvtColor(frame.picture, cv2.COLOR_RGB2BGRA), np.uint8)
    if frame.cover is None:
        return pixels, QImage.Format.Format_RGB32
    pixels[..., 3] = frame.cover
    np.minimum(pixels, pixels[..., 3:], out=pixels)  # Qt wants no light without cover
    return pixels, QImage.Format.Format_ARGB32_Premultiplied


def checks() -> QBrush:
    """Return the checkerboard by which people know what is transparent."""
    tile = QPixmap(2 * CHECK, 2 * CHECK)
    tile.fill(CHECKS[0])
    painter = QPainter(tile)
    for at in (0, CHECK):
        painter.fillRect(at, at, CHECK, CHECK, CHECKS[1])
    painter.end()
    return QBrush(tile)


def paint_grid(painter: QPainter, area: QRectF) -> None:
    """Paint thirds, and handles at the corners."""
    painter.setPen(QPen(GRID, 1))
    for share in (1 / 3, 2 / 3):
        x, y = area.x() + share * area.width(), area.y() + share * area.height()
        painter.drawLine(QPointF(x, area.y()), QPointF(x, area.bottom()))
        painter.drawLine(QPointF(area.x(), y), QPointF(area.right(), y))
    painter.setPen(QPen(WHITE, 4, Qt.PenStyle.SolidLine, Qt.PenCapStyle.SquareCap))
    inside = area.adjusted(5, 5, -5, -5)
    for x, across in ((inside.x(), HANDLE), (inside.right(), -HANDLE)):
        for y, down in ((inside.y(), HANDLE), (inside.bottom(), -HANDLE)):
            painter.drawLine(QPointF(x, y), QPointF(x + across, y))
            painter.drawLine(QPointF(x, y), QPointF(x, y + down))


def paint_muted(painter: QPainter, area: QRectF) -> None:
    """Paint a crossed microphone on red into the upper left corner."""
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(RED)
    side = 2 * SIGN
    badge = QRectF(area.x() + SIGN / 2, area.y() + SIGN / 2, side, side)
    painter.drawEllipse(badge)
    ratio = painter.device().devicePixelRatio()
    crossed = drawn("mic-off", "#ffffff", SIGN, ratio)
    painter.drawPixmap(badge.center() - QPointF(SIGN / 2, SIGN / 2), crossed)


def paint_caption(painter: QPainter, area: QRectF, words: str) -> None:
    """Paint words on dark into the lower left corner."""
    room = painter.fontMetrics().boundingRect(words).size()
    size = QSizeF(room.width() + 20, room.height() + 8)
    place = QRectF(QPointF(area.x() + 12, area.bottom() - size.height() - 12), size)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(DIM)
    painter.drawRoundedRect(place, CORNER, CORNER)
    painter.setPen(WHITE)
    painter.drawText(place, CENTRED, words)


def paint_waiting(painter: QPainter, area: QRectF, words: str, turn: int) -> None:
    """Dim everything, and paint a wheel turned by degrees with words below it."""
    painter.fillRect(area, DIM)
    wheel = QRectF(0, 0, WHEEL, WHEEL)
    wheel.moveCenter(area.center() - QPointF(0, WHEEL))
    painter.setPen(QPen(WHITE, 3, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawArc(wheel, -16 * turn, 16 * 270)
    painter.drawText(area.adjusted(24, 2 * WHEEL, -24, 0), CENTRED, words)


def fitted(picture: QSize, space: QSize) -> QRectF:
    """Return where a picture of one size lies, whole and in the middle, in a space of another."""
    size = picture.scaled(space, Qt.AspectRatioMode.KeepAspectRatio)
    x, y = (space.width() - size.width()) / 2, (space.height() - size.height()) / 2
    return QRectF(x, y, size.width(), size.height())


def to_image(picture: Picture) -> QImage:
    """Return a copy of `picture` for Qt."""
    pixels = np.ascontiguousarray(picture)
    height, width = pixels.shape[:2]
    return QImage(pixels.data, width, height, 3 * width, QImage.Format.Format_RGB888).copy()
