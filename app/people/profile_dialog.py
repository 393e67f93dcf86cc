"""Makes a profile out of one to three photos, their framing, and somebody's consent."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import QTimer
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QResizeEvent
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QHBoxLayout,
    QLineEdit,
    QPushButton,
    QScrollArea,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from app.parts.drop import copy
from app.parts.layout import heading, scrolling
from app.parts.on_screen import TITLE, inside
from app.parts.preview import Preview
from app.parts.sentences import began, reason, told
from app.people.consent import Consent
from app.people.framing_view import FramingView
from app.people.photo_card import PhotoCard
from app.people.photo_check import Judges
from app.people.photos import Photos
from app.people.trial import Rehearse, Trial
from app.plain import Label
from core.portrait.judge_client import JudgeProcess
from core.profile import Framing, Profile, ProfileStore

PATIENCE = 5.0
"""Seconds that a rehearsal may take to end."""

NAMELESS = ("img", "dsc", "dscn", "dscf", "pxl", "image", "photo", "webcam", "screenshot")
"""What cameras call their pictures, numbers aside."""

PICTURE, WORDS, BAR = 480, 330, 16
"""Pixels of the frame's width, of what is beside it at least, and of a bar that scrolls that."""


class ProfileDialog(QDialog):
    """Asks for everything a profile needs, looks for the faces meanwhile, and saves it."""

    def __init__(
        self,
        store: ProfileStore,
        parent: QWidget | None = None,
        profile: Profile | None = None,
        judge: Callable[[], Judges] = JudgeProcess,
        rehearse: Rehearse | None = None,
    ) -> None:
        super().__init__(parent)
        title = self.tr("Edit {0}").replace("{0}", profile.title) if profile else ""
        self.setWindowTitle(title or self.tr("New person"))
        self.saved: Profile | None = None
        self._store, self._profile = store, profile
        self._photos, self._consent = Photos(judge), Consent()
        self._view, self._stack = FramingView(), QStackedWidget()
        self._film = Preview(self.tr("Getting ready…"))
        self._trial = Trial(rehearse, self) if rehearse else None
        self._title, self._error, self._needed = QLineEdit(), Label(), Label()
        self._title.setPlaceholderText(self.tr("Shown in the list"))
        self._title.setAccessibleName(self.tr("Name"))
        self._reset = QPushButton(self.tr("Reset f&raming"))
        self._speak = QPushButton(self.tr("&Try a sentence"))
        self._buttons = QDialogButtonBox(
            QDialogButtonBox.StandardButton.Save | QDialogButtonBox.StandardButton.Cancel
        )
        self._lay_out()
        self._connect()
        self._fill(profile)
        self._check()
        self._photos.setFocus()

    @property
    def cards(self) -> tuple[PhotoCard, ...]:
        """The photos, the best first."""
        return self._photos.cards

    def choose(self, paths: tuple[Path, ...]) -> None:
        """Take these photos, the best first, and look at them."""
        self._photos.choose(paths)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        QTimer.singleShot(0, self, self._fit)

    def done(self, result: int) -> None:
        if self._trial:
            self._trial.close(PATIENCE)
        self._photos.close_checks()
        super().done(result)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if event.mimeData().hasUrls() or event.mimeData().hasImage():
            copy(event)

    def dropEvent(self, event: QDropEvent) -> None:
        self._photos.take(event.mimeData())
        copy(event)

    def _fill(self, profile: Profile | None) -> None:
        if profile:
            self._title.setText(profile.title)
            self._consent.show_given(profile.consent)
            self.choose(profile.references)

    def _show_photo(self) -> None:
        """Frame the first photo, as soon as it has been looked at."""
        first = self.cards[0] if self.cards else None
        if first and first.usable and first.verdict and first.verdict.picture is not None:
            framing = self._view.framing
            old = self._profile
            if old and framing is None and first.path == old.references[0]:
                framing = old.framing
            self._view.show_photo(
                first.verdict.picture,
                first.verdict.suggested_framing or Framing(),
                framing,
                first.verdict.still,
            )
        else:
            waiting = first is not None and first.verdict is None
            self._view.show_words(self._no_picture(first), waiting)
        if first and not self._title.text():
            self._title.setText(name_of(first.path))
        self._check()

    def _no_picture(self, first: PhotoCard | None) -> str:
        """Return why there is nothing to frame."""
        if first is None:
            return self.tr("Drop a photo here")
        if first.verdict is None:
            return self.tr("Looking for the face…")
        return self.tr("This photo cannot be used; take another one.")

    def _check(self) -> None:
        usable = self._photos.usable
        save = self._buttons.button(QDialogButtonBox.StandardButton.Save)
        missing = list(self._missing())
        save.setEnabled(not missing)
        needed = self.tr("Still needed: {what}").format(what=", ".join(missing))
        self._needed.setText(needed if missing else "")
        self._reset.setEnabled(self._view.framing is not None)
        self._speak.setEnabled(usable and self._trial is not None)
        QTimer.singleShot(0, self, self._fit)  # once words and pictures are laid out

    def _missing(self) -> Iterator[str]:
        """Yield what is needed before this person can be saved."""
        if not self.cards:
            yield self.tr("a photo")
        elif not all(card.verdict for card in self.cards):
            yield self.tr("checking the photo…")
        elif not self._photos.usable:
            yield self.tr("remove the photos that can't be used")
        if not self._title.text().strip():
            yield self.tr("a name")
        if not self._consent.named:
            yield self.tr("who is shown")
        if not self._consent.given:
            yield self.tr("their permission")

    def _made(self) -> Profile:
        old = self._profile
        return Profile(
            old.name if old else "",
            self._title.text().strip() or self.tr("New person"),
            self._photos.paths,
            self._consent.text or self.tr("Not given yet; seen before saving."),
            self._view.framing,
        )

    def _save(self) -> None:
        try:
            self.saved = self._store.save(self._made(), self._photos.findings)
        except (OSError, ValueError) as error:
            self._say(reason(error))
            return
        self.accept()

    def _say(self, error: str) -> None:
        self._error.setText(began(told(error)))
        self._error.setVisible(bool(error))

    def _rehearse(self) -> None:
        """Let the person speak, or stop it."""
        if self._trial is None:
            return
        if self._trial.running:
            self._trial.stop()
            return
        self._say("")
        try:
            made = replace(self._made(), references=self._photos.lay_out())
        except OSError as error:
            self._say(reason(error))
            return
        if not self._trial.start(made):
            self._say(self.tr("Stop what is live first: one person can speak at a time."))
            return
        self._film.clear(self.tr("Getting ready…"))
        self._stack.setCurrentWidget(self._film)
        self._speak.setText(self.tr("S&top"))

    def _end_rehearsal(self, error: str) -> None:
        self._say(error)
        self._stack.setCurrentWidget(self._view)
        self._speak.setText(self.tr("&Try a sentence"))

    def _connect(self) -> None:
        self._photos.changed.connect(self._show_photo)
        self._consent.changed.connect(self._check)
        self._title.textChanged.connect(self._check)
        self._view.changed.connect(self._check)
        self._reset.clicked.connect(self._view.reset)
        self._speak.clicked.connect(self._rehearse)
        self._buttons.accepted.connect(self._save)
        self._buttons.rejected.connect(self.reject)
        if self._trial:
            self._trial.frame_ready.connect(self._film.show_frame)
            self._trial.ended.connect(self._end_rehearsal)

    def _lay_out(self) -> None:
        self.setAcceptDrops(True)
        self._needed.setObjectName("quiet")
        self._needed.setWordWrap(True)
        self._error.setObjectName("message")
        self._error.setWordWrap(True)
        self._error.setVisible(False)
        for page in (self._view, self._film):
            self._stack.addWidget(page)
        self._stack.setFixedSize(PICTURE, PICTURE * 9 // 16)
        columns = QHBoxLayout()
        columns.setSpacing(20)
        columns.addLayout(self._picture_side())
        self._words = self._words_side()
        columns.addWidget(self._words, 1)
        self._rows = layout = QVBoxLayout(self)
        layout.setContentsMargins(18, 18, 18, 18)
        layout.setSpacing(12)
        layout.addLayout(columns)
        layout.addWidget(self._error)
        row = QHBoxLayout()
        row.addWidget(self._needed, 1)
        row.addWidget(self._buttons)
        layout.addLayout(row)

    def _picture_side(self) -> QVBoxLayout:
        stays = self.tr("The photos, and what is found in them, stay on this computer.")
        hint = Label(" ".join((self.tr("Drag to move, scroll to zoom."), stays)))
        hint.setObjectName("quiet")
        hint.setWordWrap(True)
        hint.setFixedWidth(PICTURE)
        hint.setMinimumHeight(hint.heightForWidth(PICTURE))
        row = QHBoxLayout()
        row.addWidget(self._speak)
        row.addWidget(self._reset)
        row.addStretch(1)
        side = QVBoxLayout()
        side.setSpacing(10)
        side.addWidget(self._stack)
        side.addWidget(hint)
        side.addLayout(row)
        side.addStretch(1)
        self._speak.setVisible(self._trial is not None)
        return side

    def _words_side(self) -> QScrollArea:
        side = QWidget()
        self._column = column = QVBoxLayout(side)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(6)
        for title, field in (
            (self.tr("Photos"), self._photos),
            (self.tr("&Name"), self._title),
            (self.tr("Who is shown?"), self._consent),
        ):
            label = heading(title)
            label.setBuddy(field)
            column.addWidget(label)
            column.addWidget(field)
        column.addStretch(1)
        area = scrolling(side)
        area.setMinimumWidth(max(WORDS, side.minimumSizeHint().width() + BAR))
        return area

    def _fit(self) -> None:
        """Be as high as what is in it, as far as the screen is."""
        within = self.screen().availableGeometry().adjusted(0, TITLE, 0, 0)
        wanted = self._column.totalHeightForWidth(self._words.viewport().width())
        around = self._rows.totalMinimumSize().height() - self._words.minimumHeight()
        self._words.setMinimumHeight(min(wanted, within.height() - around))
        self._rows.activate()
        if self.isVisible():
            self.setGeometry(inside(self.geometry(), within))


def name_of(path: Path) -> str:
    """Return the file's name where somebody chose it; empty where a camera or we did."""
    stem = path.stem
    letters = "".join(filter(str.isalpha, stem)).casefold()
    return "" if len(letters) < 2 or letters in NAMELESS else stem
