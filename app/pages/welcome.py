"""The first page anybody sees: what the program is for, and what it refuses."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from app.desktop.icon import drawn
from app.plain import Html, Label, html

WIDTH, MARK = 600, 72
"""Pixels."""


class Welcome(QWidget):
    """Shown until somebody has agreed."""

    agreed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._go = QPushButton(self.tr("Get started"))
        self._go.setObjectName("go")
        self._go.setAccessibleName(self._go.text())
        self._go.setDefault(True)
        self._go.clicked.connect(self.agreed)
        column = QVBoxLayout()
        column.setSpacing(14)
        column.addStretch(2)
        column.addLayout(self._head())
        for title, text in self._sections():
            column.addWidget(_words(html("<b>{0}</b><br>{1}", title, text)))
        column.addSpacing(6)
        column.addWidget(self._go, 0, Qt.AlignmentFlag.AlignLeft)
        column.addStretch(3)
        page = QWidget()
        page.setFixedWidth(WIDTH)
        page.setLayout(column)
        layout = QHBoxLayout(self)
        layout.addStretch(1)
        layout.addWidget(page)
        layout.addStretch(1)
        self.setFocusProxy(self._go)

    def _head(self) -> QHBoxLayout:
        mark, title = Label(), Label(self.tr("Welcome to Understudy"))
        ratio = self.devicePixelRatioF()
        picture = drawn(round(MARK * ratio))
        picture.setDevicePixelRatio(ratio)
        mark.setPixmap(picture)
        mark.setAccessibleName(self.tr("Understudy's mark"))
        title.setObjectName("title")
        row = QHBoxLayout()
        row.setSpacing(16)
        row.addWidget(mark)
        row.addWidget(title, 1)
        return row

    def _sections(self) -> tuple[tuple[str, str], ...]:
        return (
            (
                self.tr("What it is for"),
                self.tr(
                    "You speak, and a portrait performs your voice, live, as a webcam: a character "
                    "you invented, a drawn self, or yourself on a bad day."
                ),
            ),
            (
                self.tr("What it's not for"),
                self.tr(
                    "It's not for posing as someone who didn't agree, or getting past identity "
                    "checks. A person is only saved together with their consent, and unless you "
                    "decide otherwise every picture says that it's AI-generated."
                ),
            ),
            (
                self.tr("What leaves this computer"),
                self.tr(
                    "Nothing, except the picture and voice you choose to share. No account, no "
                    "cloud, no tracking; photos and voices stay here, and the log holds neither."
                ),
            ),
        )


def _words(text: Html) -> Label:
    label = Label(text)
    label.setWordWrap(True)
    return label
