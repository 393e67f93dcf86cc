"""The part of the plugins' page that lists what speaks typed text, and how to get more of it."""

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QFrame, QVBoxLayout, QWidget

from app.parts.layout import heading, note
from app.parts.question import Question
from app.parts.sentences import told
from app.plain import Label
from core.voices.installed import Engine, description, inventory


class VoiceEngines(QWidget):
    """A card for each engine: its voices and licence; of one that is missing, how to get it.

    `look` is asked on a thread of its own, for engines are processes.
    """

    def __init__(self, look: Callable[[], list[Engine]] = inventory) -> None:
        super().__init__()
        self.cards: dict[str, Label] = {}
        self._question = Question(look, self)
        self._question.answered.connect(self._show)
        self._wait = note(self.tr("Asking each voice what it can speak…"))
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(10)
        self._column.addWidget(heading(self.tr("Voices for typed text")))
        self._column.addWidget(self._wait)

    @property
    def words(self) -> str:
        """What is said in place of cards."""
        return self._wait.text()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        if not self.cards:
            self.refresh()

    def refresh(self) -> None:
        """Ask anew."""
        self._wait.setVisible(not self.cards)
        self._question.ask()

    def end(self, patience: float) -> None:
        """Wait at most `patience` seconds for voices that are being asked."""
        self._question.close(patience)

    def _show(self, found: list[Engine] | None) -> None:
        for label in self.cards.values():
            if card := label.parentWidget():
                self._column.removeWidget(card)
                card.deleteLater()
        self.cards = {engine.plugin.name: self._card(engine) for engine in found or ()}
        self._wait.setVisible(not self.cards)
        if found is None:
            self._wait.setText(self.tr("The voices could not be asked; the log says why."))

    def _card(self, engine: Engine) -> Label:
        label = Label(told(description(engine)))
        label.setWordWrap(True)
        label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        if not engine.installed:
            label.setObjectName("quiet")
        card = QFrame()
        card.setObjectName("card")
        layout = QVBoxLayout(card)
        layout.setContentsMargins(12, 10, 12, 10)
        layout.addWidget(label)
        self._column.addWidget(card)
        return label
