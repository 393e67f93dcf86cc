"""Makes a profile out of one to three photos and somebody's consent."""

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QCheckBox,
    QDialog,
    QDialogButtonBox,
    QFileDialog,
    QFormLayout,
    QLabel,
    QLineEdit,
    QPlainTextEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from app.photo_card import PhotoCard
from app.photo_check import Judge, PhotoChecks, Verdict, open_judge
from core.profile import MAX_REFERENCES, Profile, ProfileStore

PICTURES = "Pictures (*.jpg *.jpeg *.png *.webp *.avif *.bmp *.tif *.tiff)"
CHOOSE = "Choose photos…"
PROMISE = "The person shown is me, or has agreed to this use."


class ProfileDialog(QDialog):
    """Asks for everything a profile needs, looks for the faces meanwhile, and saves it."""

    def __init__(
        self,
        store: ProfileStore,
        parent: QWidget | None = None,
        profile: Profile | None = None,
        judge: Callable[[], Judge] = open_judge,
    ) -> None:
        super().__init__(parent)
        self.setWindowTitle(f"Edit {profile.title}" if profile else "New person")
        self.saved: Profile | None = None
        self._store = store
        self._profile = profile
        self._cards: list[PhotoCard] = []
        self._checks = PhotoChecks(judge, self)
        self._checks.judged.connect(self._show_verdict)
        self._title = QLineEdit()
        self._title.setPlaceholderText("Shown in the list")
        self._photos = QPushButton(CHOOSE)
        self._photos.clicked.connect(self._choose)
        self._shown = QVBoxLayout()
        self._consent = QPlainTextEdit()
        self._consent.setPlaceholderText("Who is shown, and how they agreed")
        self._consent.setTabChangesFocus(True)
        self._consent.setFixedHeight(self.fontMetrics().lineSpacing() * 4)
        self._promise = QCheckBox(PROMISE)
        self._error = QLabel()
        self._error.setWordWrap(True)
        self._error.setVisible(False)
        self._buttons = QDialogButtonBox(
            QDialogButtonBox.StandardButton.Save | QDialogButtonBox.StandardButton.Cancel
        )
        self._buttons.accepted.connect(self._save)
        self._buttons.rejected.connect(self.reject)
        self._promise.toggled.connect(self._check)
        self._title.textChanged.connect(self._check)
        self._consent.textChanged.connect(self._check)
        self._lay_out()
        self._fill(profile)
        self._check()

    @property
    def cards(self) -> tuple[PhotoCard, ...]:
        """The photos, the best first."""
        return tuple(self._cards)

    def choose(self, paths: tuple[Path, ...]) -> None:
        """Take these photos, the best first, and look at them."""
        for card in self._cards:
            self._shown.removeWidget(card)
            card.deleteLater()
        self._cards = [PhotoCard(path) for path in paths[:MAX_REFERENCES]]
        for card in self._cards:
            self._shown.addWidget(card)
            self._checks.ask(card.path)
        self._photos.setText("Choose other photos…" if self._cards else CHOOSE)
        if self._cards and not self._title.text():
            self._title.setText(self._cards[0].path.stem)
        self._check()

    def done(self, result: int) -> None:
        self._checks.close()
        super().done(result)

    def _fill(self, profile: Profile | None) -> None:
        if profile:
            self._title.setText(profile.title)
            self._consent.setPlainText(profile.consent)
            self._promise.setChecked(True)
            self.choose(profile.references)

    def _choose(self) -> None:
        names, _ = QFileDialog.getOpenFileNames(self, "Photos of one person", "", PICTURES)
        if names:
            self.choose(tuple(map(Path, names)))

    def _show_verdict(self, verdict: Verdict) -> None:
        for card in self._cards:
            if card.path == verdict.path:
                card.show_verdict(verdict)
        self._check()

    def _check(self) -> None:
        seen = bool(self._cards) and all(card.usable for card in self._cards)
        agreed = self._promise.isChecked() and self._consent.toPlainText().strip()
        save = self._buttons.button(QDialogButtonBox.StandardButton.Save)
        save.setEnabled(bool(seen and agreed and self._title.text().strip()))

    def _save(self) -> None:
        old = self._profile
        profile = Profile(
            old.name if old else "",
            self._title.text().strip(),
            tuple(card.path for card in self._cards),
            self._consent.toPlainText().strip(),
            old.framing if old else None,
        )
        try:
            self.saved = self._store.save(profile)
        except (OSError, ValueError) as error:
            self._error.setText(str(error))
            self._error.setVisible(True)
            return
        self.accept()

    def _lay_out(self) -> None:
        form = QFormLayout()
        form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        form.setLabelAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignTop)
        form.addRow("&Photos", self._photos)
        form.addRow("", self._shown)
        form.addRow("&Name", self._title)
        form.addRow("&Consent", self._consent)
        form.addRow("", self._promise)
        for control, name in (
            (self._photos, "Choose photos"),
            (self._title, "Name"),
            (self._consent, "Consent"),
        ):
            control.setAccessibleName(name)
        note = QLabel(
            f"One photo from the front is enough; up to {MAX_REFERENCES} of the same person "
            "may be given, the best first. They stay on this computer."
        )
        note.setWordWrap(True)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(18, 18, 18, 18)
        layout.setSpacing(12)
        for part in (note, form, self._error, self._buttons):
            layout.addLayout(part) if isinstance(part, QFormLayout) else layout.addWidget(part)
        self.setMinimumWidth(520)
