"""One to three photos of one person, from files, the clipboard, another program or a webcam."""

import itertools
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QMimeData, Signal
from PySide6.QtGui import QGuiApplication, QImage, QKeySequence, QShortcut
from PySide6.QtWidgets import (
    QHBoxLayout,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from app.parts.file_dialogs import Place, open_files
from app.parts.layout import note
from app.parts.notice import announce
from app.parts.sentences import told
from app.people.photo_card import PhotoCard
from app.people.photo_check import Judges, PhotoChecks
from app.people.webcam_dialog import WebcamDialog
from app.plain import Label
from core.portrait.analysis_cache import write_beside
from core.portrait.judge import PhotoVerdict
from core.portrait.same_person import people_hint
from core.profile import MAX_REFERENCES
from core.temporary import TemporaryFolder


class Photos(QWidget):
    """The photos chosen, the best first, each with what is said of it."""

    changed = Signal()
    judged = Signal(PhotoVerdict)

    def __init__(self, judge: Callable[[], Judges]) -> None:
        super().__init__()
        self._folder = TemporaryFolder()
        self._numbers = itertools.count(1)
        """For photos that are pasted: one that was taken away still bears its own."""
        self._cards: list[PhotoCard] = []
        self._checks = PhotoChecks(judge, self)
        self._checks.judged.connect(self._show_verdict)
        files, paste, shoot = (
            QPushButton(self.tr("Choose p&hotos…")),
            QPushButton(self.tr("&Paste")),
            QPushButton(self.tr("&Webcam…")),
        )
        paste.setAccessibleName(self.tr("Paste a photo"))
        shoot.setAccessibleName(self.tr("Take a photo with the webcam"))
        files.clicked.connect(self._choose_files)
        paste.clicked.connect(self.paste)
        shoot.clicked.connect(self._shoot)
        QShortcut(QKeySequence(QKeySequence.StandardKey.Paste), self, self.paste)
        self._note = Label(
            self.tr(
                "… or drop photos here. One front-facing photo is enough; another one that shows "
                "your teeth makes the mouth yours."
            )
        )
        self._note.setWordWrap(True)
        self._nothing = note(self.tr("There is no photo on the clipboard: copy one first."))
        self._nothing.setVisible(False)
        self._people = Label()
        self._people.setWordWrap(True)
        self._people.setVisible(False)
        self._shown = QVBoxLayout()
        self._shown.setSpacing(10)
        buttons = QHBoxLayout()
        for button in (files, paste, shoot):
            buttons.addWidget(button)
        self._last = shoot
        self.setFocusProxy(files)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addLayout(buttons)
        layout.addWidget(self._nothing)
        layout.addWidget(self._note)
        layout.addLayout(self._shown)
        layout.addWidget(self._people)
        self.setAcceptDrops(True)

    @property
    def cards(self) -> tuple[PhotoCard, ...]:
        return tuple(self._cards)

    @property
    def paths(self) -> tuple[Path, ...]:
        return tuple(card.path for card in self._cards)

    @property
    def findings(self) -> dict[Path, bytes]:
        """What was found in them, for whoever saves them."""
        verdicts = [card.verdict for card in self._cards if card.verdict]
        return {verdict.path: verdict.findings for verdict in verdicts if verdict.findings}

    def lay_out(self) -> tuple[Path, ...]:
        """Copy the photos into a folder of ours, with what was found in them beside them.

        Raises:
            OSError: they cannot be read or copied.
        """
        folder, copies = Path(tempfile.mkdtemp(dir=self._folder.path)), []
        for number, path in enumerate(self.paths):
            copies.append(folder / f"{number}{path.suffix}")
            shutil.copyfile(path, copies[-1])
            if path in self.findings:
                write_beside(copies[-1], self.findings[path])
        return tuple(copies)

    @property
    def usable(self) -> bool:
        """Whether there are photos, and all of them will do."""
        return bool(self._cards) and all(card.usable for card in self._cards)

    def choose(self, paths: tuple[Path, ...]) -> None:
        """Take these photos in place of those there are."""
        for card in list(self._cards):
            self._forget(card)
        self.add(paths)

    def add(self, paths: tuple[Path, ...]) -> None:
        """Take these photos as well, as many as there is room for."""
        self._nothing.setVisible(False)
        for path in paths[: MAX_REFERENCES - len(self._cards)]:
            card = PhotoCard(path)
            card.removed.connect(self._remove)
            self._shown.addWidget(card)
            # What comes later would otherwise be reached after everything else in the dialog.
            self.setTabOrder(self._cards[-1].away if self._cards else self._last, card.away)
            self._cards.append(card)
            self._checks.ask(path)
        self.changed.emit()

    def paste(self) -> None:
        """Take what is on the clipboard, or say that no photo is."""
        data: QMimeData | None = QGuiApplication.clipboard().mimeData()  # None where it is empty
        if data is None or not self.take(data):
            self._nothing.setVisible(True)
            announce(self._nothing, self._nothing.text())

    def take(self, data: QMimeData) -> bool:
        """Take the files or the picture that another program gives; whether it gave any."""
        paths = tuple(Path(url.toLocalFile()) for url in data.urls() if url.isLocalFile())
        if paths:
            self.add(paths)
            return True
        if data.hasImage():
            image = data.imageData()
            if isinstance(image, QImage) and not image.isNull():
                path = Path(self._folder.path, f"{self.tr('photo')} {next(self._numbers)}.png")
                image.save(str(path))
                self.add((path,))
                return True
        return False

    def close_checks(self) -> None:
        """Let the thread end; the photos that had no file of their own go with it."""
        self._checks.close()
        self._folder.close()

    def _choose_files(self) -> None:
        paths = open_files(
            self,
            self.tr("Photos of one person"),
            self.tr("Pictures (*.jpg *.jpeg *.png *.webp *.avif *.bmp *.tif *.tiff)"),
            Place.PicturesLocation,
        )
        if paths:
            self.add(paths)

    def _shoot(self) -> None:
        dialog = WebcamDialog(self._folder.path, self)
        if dialog.exec() and dialog.photo:
            self.add((dialog.photo,))
        dialog.deleteLater()

    def _remove(self, card: PhotoCard) -> None:
        self._forget(card)
        self.changed.emit()

    def _forget(self, card: PhotoCard) -> None:
        self._cards.remove(card)
        self._shown.removeWidget(card)
        card.deleteLater()
        self._compare()

    def _compare(self) -> None:
        """Say so where the photos may show different people: a hint, as nobody can be sure."""
        verdicts = [card.verdict for card in self._cards if card.verdict]
        hint = told(people_hint([one.proportions for one in verdicts if one.proportions]))
        if hint and hint != self._people.text():
            announce(self._people, hint)
        self._people.setText(hint)
        self._people.setVisible(bool(hint))

    def _show_verdict(self, verdict: PhotoVerdict) -> None:
        for card in self._cards:
            if card.path == verdict.path:
                card.show_verdict(verdict)
        self._compare()
        self.judged.emit(verdict)
        self.changed.emit()
