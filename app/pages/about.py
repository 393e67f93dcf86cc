"""The page that says what this is, in which version, and whose work it stands on."""

from pathlib import Path

from PySide6.QtCore import Qt, QUrl
from PySide6.QtGui import QDesktopServices, QShowEvent
from PySide6.QtWidgets import (
    QHBoxLayout,
    QPlainTextEdit,
    QPushButton,
    QWidget,
)

from app.desktop.icon import drawn
from app.parts.layout import centred, heading, note
from app.parts.question import Question
from app.parts.sentences import told
from app.plain import Label
from core.licences import PACKAGE, licences, version
from core.voices.installed import description, inventory, unasked

MARK = 56
"""Pixels."""


class About(QWidget):
    """Version, what it refuses, licences, and the way to the log."""

    def __init__(self, logs: Path, package: str = PACKAGE) -> None:
        super().__init__()
        self.text = QPlainTextEdit()
        self._licences = Question(lambda: "\n".join([*_voices(), "", licences(package)]), self)
        self._licences.answered.connect(lambda text: self.text.setPlainText(str(text or "")))
        self.text.setReadOnly(True)
        self.text.setPlaceholderText(self.tr("Collecting licences…"))
        self.text.setTabChangesFocus(True)
        self.text.setAccessibleName(self.tr("Licences"))
        log = QPushButton(self.tr("Open log &folder"))
        log.clicked.connect(lambda: QDesktopServices.openUrl(QUrl.fromLocalFile(str(logs))))
        buttons = QHBoxLayout()
        buttons.addWidget(note(self.tr("The log holds no sound, no pictures and no names.")), 1)
        buttons.addWidget(log)
        layout = centred(self)
        layout.setContentsMargins(16, 16, 16, 16)
        layout.setSpacing(8)
        layout.addLayout(self._head(package))
        layout.addWidget(
            note(
                self.tr(
                    "A portrait performs your voice, live, as a webcam. Everything happens on this "
                    "computer. Not for posing as someone who didn't agree, or getting past "
                    "identity checks."
                )
            )
        )
        layout.addWidget(heading(self.tr("Open-source licences")))
        layout.addWidget(self.text, 1)
        layout.addLayout(buttons)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        if not self.text.toPlainText():
            self._licences.ask()

    def end(self, patience: float) -> None:
        """Wait at most `patience` seconds for the licences, if they are being collected."""
        self._licences.close(patience)

    def _head(self, package: str) -> QHBoxLayout:
        mark = Label()
        ratio = self.devicePixelRatioF()
        picture = drawn(round(MARK * ratio))
        picture.setDevicePixelRatio(ratio)
        mark.setPixmap(picture)
        mark.setAccessibleName(self.tr("Understudy's mark"))
        title = Label(self.tr("Understudy {version}").format(version=version(package)))
        title.setObjectName("title")
        title.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        row = QHBoxLayout()
        row.setSpacing(14)
        row.addWidget(mark)
        row.addWidget(title, 1)
        return row


def _voices() -> list[str]:
    """Return a line for each engine that speaks, there or not, with its licence."""
    return [told(description(engine)) for engine in inventory(unasked)]
