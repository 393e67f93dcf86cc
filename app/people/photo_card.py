"""One photo of a profile in the making: the picture with the face found, and what is said of it."""

from pathlib import Path

from PySide6.QtCore import QCoreApplication, QRectF, Qt, Signal
from PySide6.QtGui import QColor, QPainter, QPen, QPixmap
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from app.parts.icons import IconButton, drawn
from app.parts.preview import to_image
from app.parts.sentences import began, told
from app.plain import Label, tip
from core.portrait.judge import FaceBox, PhotoVerdict

SIDE = 84
"""Pixels of the picture's longer side."""

SIGN = 16
"""Pixels of the icon that says whether it will do."""

FOUND = QColor(64, 200, 120)


class PhotoCard(QWidget):
    """Waits for a verdict, then shows it."""

    removed = Signal(QWidget)

    def __init__(self, path: Path) -> None:
        super().__init__()
        self.path = path
        self.verdict: PhotoVerdict | None = None
        self._picture, self._text, self._sign = Label(), Label(), Label()
        self._text.setText(self.tr("Looking for the face…"))
        self._sign.setVisible(False)
        name = Label(path.name)
        name.setObjectName("quiet")
        tip(name, path.name)
        name.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        head = QHBoxLayout()
        head.addWidget(self._sign)
        head.addWidget(name, 1)
        self._picture.setFixedSize(SIDE, SIDE)
        self._picture.setAlignment(Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignTop)
        self._picture.setAccessibleName(self.tr("Photo {0}").replace("{0}", path.name))
        self._text.setWordWrap(True)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(12)
        layout.addWidget(self._picture, 0, Qt.AlignmentFlag.AlignTop)
        words = QVBoxLayout()
        words.addLayout(head)
        words.addWidget(self._text)
        words.addStretch(1)
        layout.addLayout(words, 1)
        self.away = IconButton("x")
        self.away.setFlat(True)
        self.away.call(self.tr("Remove {0}").replace("{0}", path.name))
        self.away.clicked.connect(lambda: self.removed.emit(self))
        layout.addWidget(self.away, 0, Qt.AlignmentFlag.AlignTop)

    @property
    def text(self) -> str:
        return self._text.text()

    @property
    def usable(self) -> bool:
        """Whether the photo has been judged and can be used."""
        return self.verdict is not None and not self.verdict.problem

    def show_verdict(self, verdict: PhotoVerdict) -> None:
        self.verdict = verdict
        self._text.setText(words(verdict))
        icon, colour = sign(verdict)
        self._sign.setPixmap(drawn(icon, colour, SIGN, self.devicePixelRatioF()))
        self._sign.setVisible(True)
        if verdict.picture is not None:
            picture = QPixmap.fromImage(to_image(verdict.picture))
            if verdict.box:
                draw_box(picture, verdict.box)
            ratio = self.devicePixelRatioF()
            side = round(SIDE * ratio)
            smooth = Qt.TransformationMode.SmoothTransformation
            fitted = picture.scaled(side, side, Qt.AspectRatioMode.KeepAspectRatio, smooth)
            fitted.setDevicePixelRatio(ratio)
            self._picture.setPixmap(fitted)


translate = QCoreApplication.translate


def words(verdict: PhotoVerdict) -> str:
    """Return what people read about a photo."""
    if verdict.problem:
        problem = began(told(verdict.problem))
        return translate("PhotoCard", "Cannot be used. {0}").replace("{0}", problem)
    if verdict.hints:
        hints = map(told, verdict.hints)
        return "\n".join([translate("PhotoCard", "Usable. For better results:"), *hints])
    return translate("PhotoCard", "Great photo.")


def sign(verdict: PhotoVerdict) -> tuple[str, str]:
    """Return an icon that says at a glance what the words say, and its colour."""
    if verdict.problem:
        return "x", "#d0453b"
    return ("triangle-alert", "#a87400") if verdict.hints else ("check", "#2e8b4b")


def draw_box(picture: QPixmap, box: FaceBox) -> None:
    """Draw a frame around the face; `box` in shares of the picture."""
    painter = QPainter(picture)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(QPen(FOUND, max(2.0, picture.width() / 100)))
    x0, y0, x1, y1 = box
    width, height = picture.width(), picture.height()
    face = QRectF(x0 * width, y0 * height, (x1 - x0) * width, (y1 - y0) * height)
    painter.drawRoundedRect(face, 8, 8)
    painter.end()
