"""The picture, as large as the window allows."""

import cv2
import numpy as np
from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from app.parts.grip import Gripped
from core.video import Frame, Picture

GROUND, LETTERS = QColor(24, 26, 31), QColor(190, 195, 205)
CORNER = 10
"""Pixels of the picture's rounded corners."""


class Preview(Gripped):
    """Paints the newest frame, or a hint while there is none."""

    def __init__(self, hint: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._image: QImage | None = None
        self._pixels: Picture | None = None
        self._hint = hint
        self._mirrored = False
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
        size = self._image.size() if self._image is not None else self.size()
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

    def clear(self, hint: str) -> None:
        """Show `hint` in place of a picture."""
        self._image = self._pixels = None
        self._hint = hint
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(GROUND)
        painter.drawRoundedRect(self.rect(), CORNER, CORNER)
        if self._image is not None:
            if self._mirrored:
                painter.translate(self.width(), 0)
                painter.scale(-1, 1)
            painter.drawImage(fitted(self._image.size(), self.size()), self._image)
            return
        painter.setPen(LETTERS)
        flags = Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap
        painter.drawText(self.rect().adjusted(24, 24, -24, -24), flags, self._hint)


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
