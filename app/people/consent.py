"""Who is shown, and that they agreed."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import (
    QButtonGroup,
    QCheckBox,
    QPlainTextEdit,
    QRadioButton,
    QVBoxLayout,
    QWidget,
)


class Consent(QWidget):
    """Three kinds of likeness, words that say more, and a promise; all must be given."""

    changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._kinds = (
            (QRadioButton(self.tr("It is &me")), self.tr("I am shown, and I want this.")),
            (QRadioButton(self.tr("Someone &else, who agreed")), ""),
            (
                QRadioButton(self.tr("N&obody real: drawn or made by a computer")),
                self.tr("Nobody real is shown."),
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
        self.promise = QCheckBox(self.tr("The person shown is me, or has &agreed to this use."))
        self.promise.toggled.connect(self.changed)
        layout.addWidget(self.words)
        layout.addWidget(self.promise)

    @property
    def text(self) -> str:
        return self.words.toPlainText().strip()

    @property
    def given(self) -> bool:
        return bool(self.promise.isChecked() and self.text)

    def show_given(self, text: str) -> None:
        """Show a consent that was given before."""
        self.words.setPlainText(text)
        self.promise.setChecked(True)
        for button, words in self._kinds:
            button.setChecked(bool(words) and words == text)

    def _choose(self, number: int) -> None:
        """Suggest words, unless somebody has written their own."""
        if self.text in ("", *(words for _, words in self._kinds)):
            self.words.setPlainText(self._kinds[number][1])
        if not self.text:
            self.words.setFocus()
        self.changed.emit()
