"""The picture, as large as the window allows, in a frame of its own shape."""

import cv2
import numpy as np
from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPainterPath, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from app.parts.grip import Gripped
from app.parts.icons import drawn
from core.video import Frame, Picture

GROUND, LETTERS, RED = QColor(24, 26, 31), QColor(190, 195, 205), QColor("#c62f26")
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
        self._hint = hint
        self._mirrored = self._muted = False
        self.setAccessibleName(self.tr("Live picture"))
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumSize(320, 180)

    def sizeHint(self) -> QSize:
        return QSize(800, 450)

    def show_frame(self, frame: Frame) -> None:
        pixels = np.asarray(cv2.cvtColor(frame.picture, cv2.COLOR_RGB2BGRA), np.uint8)
        height, width = pixels.shape[:2]
        # The image looks at the array, so the array must live as long as the image does.
        self._pixels = pixels
        self._image = QImage(pixels.data, width, height, QImage.Format.Format_RGB32)
        self.update()

    def picture_area(self) -> QRectF:
        """See `Gripped.picture_area`."""
        size = self._image.size() if self._image is not None else SHAPE
        return fitted(size, self.size())

    @property
    def picture(self) -> QImage | None:
        """What is shown; None while a hint stands in its place."""
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

    def clear(self, hint: str) -> None:
        """Show `hint` in place of a picture."""
        self._image = self._pixels = None
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
        if self._image is not None:
            self._paint_picture(painter, self._image, area)
            if self._muted:
                paint_muted(painter, area)
            return
        painter.setPen(LETTERS)
        flags = Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap
        painter.drawText(area.adjusted(24, 24, -24, -24), flags, self._hint)

    def _paint_picture(self, painter: QPainter, image: QImage, area: QRectF) -> None:
        painter.save()
        if self._mirrored:
            painter.translate(self.width(), 0)
            painter.scale(-1, 1)
        painter.drawImage(area, image)
        painter.restore()


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
