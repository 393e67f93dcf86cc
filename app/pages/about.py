"""The page that says what this is, in which version, and whose work it stands on."""

from collections.abc import Iterable
from importlib.metadata import Distribution, PackageNotFoundError, distribution
from pathlib import Path

from PySide6.QtCore import Qt, QUrl
from PySide6.QtGui import QDesktopServices, QShowEvent
from PySide6.QtWidgets import (
    QHBoxLayout,
    QPlainTextEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from app.desktop.icon import drawn
from app.parts.layout import heading, note
from app.parts.question import Question
from app.plain import Label

PACKAGE = "understudy"
MARK = 56
"""Pixels."""

WEIGHTS = Path(__file__).parents[2] / "core" / "weights" / "NOTICE.md"


BROUGHT = {"espeakng-loader": "MIT; the espeak-ng inside: GPL-3.0-or-later"}
"""What packages do not say of themselves."""


class About(QWidget):
    """Version, what it refuses, licences, and the way to the log."""

    def __init__(self, logs: Path, package: str = PACKAGE) -> None:
        super().__init__()
        self.text = QPlainTextEdit()
        self._licences = Question(lambda: licences(package), self)
        self._licences.answered.connect(lambda text: self.text.setPlainText(str(text or "")))
        self.text.setReadOnly(True)
        self.text.setTabChangesFocus(True)
        self.text.setAccessibleName(self.tr("Licences"))
        log = QPushButton(self.tr("Open the log's &folder"))
        log.clicked.connect(lambda: QDesktopServices.openUrl(QUrl.fromLocalFile(str(logs))))
        buttons = QHBoxLayout()
        buttons.addWidget(note(self.tr("The log holds no sound, no pictures and no names.")), 1)
        buttons.addWidget(log)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(16, 16, 16, 16)
        layout.setSpacing(8)
        layout.addLayout(self._head(package))
        layout.addWidget(
            note(
                self.tr(
                    "A portrait performs your voice, live, as a webcam. Everything happens on this "
                    "computer. Not for posing as somebody who did not agree, nor for getting past "
                    "checks of identity."
                )
            )
        )
        layout.addWidget(heading(self.tr("Licences of what it stands on")))
        layout.addWidget(self.text, 1)
        layout.addLayout(buttons)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        if not self.text.toPlainText():
            self._licences.ask()

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


def version(package: str = PACKAGE) -> str:
    """Return the version that runs, or a question mark where nobody has noted it."""
    found = _found(package)
    return found.version if found else "?"


def licences(package: str = PACKAGE) -> str:
    """Return each package this one needs, its version and licence, then those of the weights."""
    lines = [licence(found) for found in needed(package)]
    weights = WEIGHTS.read_text("utf-8").strip() if WEIGHTS.exists() else ""
    return "\n".join([*lines, "", weights]).strip()


def needed(package: str) -> list[Distribution]:
    """Return what `package` needs, directly or not, where it is installed; in order of name."""
    seen: dict[str, Distribution] = {}
    waiting = [package]
    while waiting:
        found = _found(waiting.pop())
        if found is None or found.name.lower() in seen:
            continue
        seen[found.name.lower()] = found
        waiting += _names(found.requires or ())
    seen.pop(package, None)
    return [seen[name] for name in sorted(seen)]


def licence(found: Distribution) -> str:
    """Return a line about one package."""
    said = [BROUGHT.get(found.name, "")]
    for field in ("License-Expression", "License"):
        said += found.metadata.get_all(field) or []
    for text in found.metadata.get_all("Classifier") or []:
        said += [text.rpartition(" :: ")[2]] if text.startswith("License ::") else []
    first = next((line for words in said if (line := words.strip().partition("\n")[0])), "")
    return f"{found.name} {found.version}: {first or 'see its own files'}"


def _names(requirements: Iterable[str]) -> list[str]:
    """Return the names of what is needed here, without what only extras need."""
    plain = (text for text in requirements if "extra ==" not in text)
    return [_name(text) for text in plain]


def _name(requirement: str) -> str:
    end = next((at for at, sign in enumerate(requirement) if sign in " ;<>=!~[("), None)
    return requirement[:end]


def _found(package: str) -> Distribution | None:
    try:
        return distribution(package)
    except PackageNotFoundError:
        return None
