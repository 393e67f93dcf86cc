"""Makes a profile out of one to three photos and somebody's consent."""

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

from core.profile import MAX_REFERENCES, Profile, ProfileStore

PICTURES = "Pictures (*.jpg *.jpeg *.png *.webp *.avif *.bmp *.tif *.tiff)"
PROMISE = "The person shown is me, or has agreed to this use."


class ProfileDialog(QDialog):
    """Asks for everything a profile needs, and saves it."""

    def __init__(self, store: ProfileStore, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle("New person")
        self.saved: Profile | None = None
        self._store = store
        self._paths: tuple[Path, ...] = ()
        self._title = QLineEdit()
        self._title.setPlaceholderText("Shown in the list")
        self._photos = QPushButton("Choose photos…")
        self._photos.clicked.connect(self._choose)
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
        self._check()

    def choose(self, paths: tuple[Path, ...]) -> None:
        """Take these photos, the best first."""
        self._paths = paths[:MAX_REFERENCES]
        self._photos.setText(", ".join(path.name for path in self._paths) or "Choose photos…")
        if self._paths and not self._title.text():
            self._title.setText(self._paths[0].stem)
        self._check()

    def _choose(self) -> None:
        names, _ = QFileDialog.getOpenFileNames(self, "Photos of one person", "", PICTURES)
        if names:
            self.choose(tuple(map(Path, names)))

    def _check(self) -> None:
        whole = self._title.text().strip() and self._paths
        agreed = self._promise.isChecked() and self._consent.toPlainText().strip()
        save = self._buttons.button(QDialogButtonBox.StandardButton.Save)
        save.setEnabled(bool(whole and agreed))

    def _save(self) -> None:
        profile = Profile(
            "", self._title.text().strip(), self._paths, self._consent.toPlainText().strip()
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
        form.addRow("&Name", self._title)
        form.addRow("&Consent", self._consent)
        form.addRow("", self._promise)
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
        self.setMinimumWidth(460)
