"""The page for being live: the picture on the left, whom and which voice to choose on the right."""

from PySide6.QtCore import Signal
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QSizePolicy, QVBoxLayout, QWidget

from app.outputs import heading, scrolling
from app.people import People
from app.stage import Stage
from app.voice import Voice

NATIVE = QKeySequence.SequenceFormat.NativeText

SIDE = 348
"""Pixels of what can be chosen beside the picture."""


class LivePage(QWidget):
    """Holds the parts; what they do together is the window's business."""

    outputs_wanted = Signal()
    """Somebody wants to change where it goes."""

    def __init__(self, people: People, voice: Voice) -> None:
        super().__init__()
        self.stage, self.people, self.voice = Stage(), people, voice
        self.go, self.record = QPushButton("&Start"), QPushButton("&Record")
        self.record.setCheckable(True)
        self.go.setDefault(True)
        self._goes_to = QLabel()
        self._goes_to.setAccessibleName("Where it goes")
        self._goes_to.setMaximumWidth(SIDE)
        self._goes_to.linkActivated.connect(self.outputs_wanted)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(16, 16, 16, 16)
        layout.setSpacing(16)
        layout.addWidget(self.stage, 1)
        layout.addLayout(self._side())
        self._add_shortcuts()

    @property
    def goes_to(self) -> str:
        return self._goes_to.text()

    def say_where(self, words: str) -> None:
        """Say in `words` where picture and voice go."""
        self._goes_to.setText(f'{words}. <a href="outputs">Change</a>')

    def set_live(self, live: bool) -> None:
        """Show what can be done now; recording must wait until a picture is there."""
        self.people.setEnabled(not live)
        self.voice.setEnabled(not live)
        self.go.setText("&Stop" if live else "&Start")
        self.go.setEnabled(True)
        self.record.setEnabled(False)
        self.record.setChecked(False)

    def _side(self) -> QVBoxLayout:
        choices = QWidget()
        column = QVBoxLayout(choices)
        column.setContentsMargins(0, 0, 8, 0)
        for part in (heading("Person"), self.people, heading("Voice"), self.voice):
            column.addWidget(part)
        column.addStretch(1)
        area = scrolling(choices)
        area.setFixedWidth(SIDE)
        side = QVBoxLayout()
        side.setSpacing(6)
        side.addWidget(area, 1)
        for label in (heading("Goes to"), self._goes_to):
            label.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
            side.addWidget(label)
        buttons = QHBoxLayout()
        buttons.addWidget(self.go, 1)
        buttons.addWidget(self.record, 1)
        side.addLayout(buttons)
        return side

    def _add_shortcuts(self) -> None:
        for keys, button in (
            ("Ctrl+Return", self.go),
            ("Ctrl+R", self.record),
            ("Ctrl+P", self.stage.pause),
            ("Ctrl+M", self.stage.mute),
            ("Ctrl+Shift+M", self.stage.mirror),
        ):
            sequence = QKeySequence(keys)
            QShortcut(sequence, self, button.click)
            words = [button.accessibleDescription(), sequence.toString(NATIVE)]
            button.setToolTip("\n".join(filter(None, words)))
