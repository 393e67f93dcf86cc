"""One place to write what is spoken, first and next; what was spoken can be had again."""

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent, QTextCursor
from PySide6.QtWidgets import QHBoxLayout, QPlainTextEdit, QWidget

from app.live_state import LiveState
from app.parts.icons import IconButton

LINES = 2
KEPT = 50
"""Texts that can be had again."""

ENTER = (Qt.Key.Key_Return, Qt.Key.Key_Enter)


class SpeakLine(QWidget):
    """Enter speaks, Shift+Enter begins a new line, arrows up and down go through the texts before,
    Escape interrupts.

    Nothing of it is kept when the program ends but what was spoken first.
    """

    said = Signal(str)
    interrupted = Signal()
    """Nothing more shall be said of what is being said."""

    def __init__(self) -> None:
        super().__init__()
        self._before: list[str] = []
        self._at = 0
        self._text = QPlainTextEdit()
        self._text.setPlaceholderText(
            self.tr("Type what to say. Enter speaks, ↑ brings back what was said")
        )
        self._text.setAccessibleName(self.tr("Text to speak"))
        self._text.setTabChangesFocus(True)
        height = self._text.fontMetrics().lineSpacing() * LINES
        self._text.setFixedHeight(height + 2 * round(self._text.document().documentMargin()) + 6)
        self._text.installEventFilter(self)
        button = IconButton("send", self.tr("Speak"))
        button.clicked.connect(self.speak)
        self._interrupt = IconButton("square")
        self._interrupt.call(self.tr("Stop speaking (Esc)"))
        self._interrupt.clicked.connect(self.interrupted)
        self._interrupt.setEnabled(False)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self._text, 1)
        layout.addWidget(button)
        layout.addWidget(self._interrupt)
        self.setFocusProxy(self._text)

    @property
    def text(self) -> str:
        """What is to be spoken when it starts: what is written, or what was spoken last."""
        written = self._text.toPlainText().strip()
        return written or (self._before[-1] if self._before else "")

    def show_state(self, state: LiveState) -> None:
        """Let what is being said be interrupted while there is such a thing."""
        self._interrupt.setEnabled(state.on)

    def offer(self, text: str) -> None:
        """Write `text` there, unless somebody has written or said something."""
        if not self._before:
            self._write(text)

    def speak(self) -> None:
        """Say what is written."""
        if text := self._text.toPlainText().strip():
            self.take()
            self.said.emit(text)

    def take(self) -> None:
        """What is written is being spoken: make room for what comes next."""
        if text := self._text.toPlainText().strip():
            self._before = [*(one for one in self._before if one != text), text][-KEPT:]
        self._at = len(self._before)
        self._text.clear()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is self._text and isinstance(event, QKeyEvent) and self._answer(event):
            return True
        return super().eventFilter(watched, event)

    def _answer(self, event: QKeyEvent) -> bool:
        """Do what a key asks for; whether it was one of ours."""
        key, held = event.key(), event.modifiers()
        if event.type() is not QEvent.Type.KeyPress:
            return False
        if key in ENTER and not held & Qt.KeyboardModifier.ShiftModifier:
            if held & Qt.KeyboardModifier.ControlModifier:
                return False  # starts and stops
            self.speak()
            return True
        if key == Qt.Key.Key_Escape and self._interrupt.isEnabled():
            self.interrupted.emit()
            return True
        if key == Qt.Key.Key_Up and self._text.textCursor().blockNumber() == 0:
            return self._go(-1)
        last = self._text.document().blockCount() - 1
        if key == Qt.Key.Key_Down and self._text.textCursor().blockNumber() == last:
            return self._go(1)
        return False

    def _go(self, steps: int) -> bool:
        at = self._at + steps
        if not 0 <= at <= len(self._before):
            return False
        self._at = at
        self._write(self._before[at] if at < len(self._before) else "")
        return True

    def _write(self, text: str) -> None:
        self._text.setPlainText(text)
        self._text.moveCursor(QTextCursor.MoveOperation.End)
