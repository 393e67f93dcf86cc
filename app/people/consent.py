"""Who is shown, and that they agreed."""

from PySide6.QtCore import QCoreApplication, Signal
from PySide6.QtWidgets import (
    QButtonGroup,
    QCheckBox,
    QPlainTextEdit,
    QRadioButton,
    QVBoxLayout,
    QWidget,
)

NOBODY = 2
"""Number of the kind for which nobody has to be asked."""


class Consent(QWidget):
    """Three kinds of likeness, words that say more, and a promise; all must be given."""

    changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._kinds = (
            (QRadioButton(self.tr("It is &me")), self.tr("I am shown, and I want this.")),
            (QRadioButton(self.tr("Someone &else, who agreed")), ""),
            (
                QRadioButton(self.tr("N&ot a real person (drawn or AI-generated)")),
                nobody_real(),
            ),
        )
        self._group = QButtonGroup(self)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        for number, (button, _) in enumerate(self._kinds):
            self._group.addButton(button, number)
            layout.addWidget(button)
        self._group.idClicked.connect(self._choose)
        self.words = QPlainTextEdit()
        self.words.setPlaceholderText(self.tr("Who is shown, and how they agreed"))
        self.words.setAccessibleName(self.tr("Consent"))
        self.words.setTabChangesFocus(True)
        self.words.setFixedHeight(self.fontMetrics().lineSpacing() * 3 + 12)
        self.words.textChanged.connect(self.changed)
        self.promise = QCheckBox(self.tr("&I have this person's permission."))
        self.promise.toggled.connect(self.changed)
        layout.addWidget(self.words)
        layout.addWidget(self.promise)

    @property
    def text(self) -> str:
        """Who is shown, and how they agreed."""
        nobody = self._group.checkedId() == NOBODY
        return self._kinds[NOBODY][1] if nobody else self._written

    @property
    def _written(self) -> str:
        return self.words.toPlainText().strip()

    @property
    def named(self) -> bool:
        """Whether it is said who is shown."""
        return bool(self.text)

    @property
    def given(self) -> bool:
        """Whether they agreed; of nobody there is nobody to ask."""
        return self.promise.isChecked() or self._group.checkedId() == NOBODY

    def show_given(self, text: str) -> None:
        """Show a consent that was given before."""
        self.words.setPlainText(text)
        self.promise.setChecked(True)
        for button, words in self._kinds:
            button.setChecked(bool(words) and words == text)
        self._show_questions()

    def _choose(self, number: int) -> None:
        """Suggest words, unless somebody has written their own."""
        if self._written in ("", *(words for _, words in self._kinds)):
            self.words.setPlainText(self._kinds[number][1])
        self._show_questions()
        if not self.text:
            self.words.setFocus()
        self.changed.emit()

    def _show_questions(self) -> None:
        nobody = self._group.checkedId() == NOBODY
        for part in (self.words, self.promise):
            part.setVisible(not nobody)


def nobody_real() -> str:
    """Return the consent of those who do not exist."""
    return QCoreApplication.translate("Consent", "Nobody real is shown.")
