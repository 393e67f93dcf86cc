"""The page for being live: the picture on the left, whom and which voice to choose on the right."""

from PySide6.QtCore import Signal
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QSizePolicy, QVBoxLayout, QWidget

from app.live.level_meter import LevelMeter
from app.live.stage import Stage
from app.live.voice import Voice
from app.parts.layout import heading, scrolling
from app.people.list import People
from app.plain import Label, html, tip

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
        self.go, self.record = QPushButton(self.tr("&Start")), QPushButton(self.tr("&Record"))
        self.record.setCheckable(True)
        self.go.setDefault(True)
        self.snapshot = QPushButton(self.tr("S&napshot"))
        self.snapshot.setAccessibleDescription(self.tr("Saves the picture as others see it"))
        self.frame = QPushButton(self.tr("&Framing"))
        self.frame.setCheckable(True)
        self.frame.setAccessibleDescription(
            self.tr("Drag the picture to move it, scroll to zoom; arrow keys, +, - and 0 do too")
        )
        self.use_voice = QPushButton(self.tr("Use this &voice now"))
        self.level = LevelMeter()
        self.go.setObjectName("go")
        self._goes_to = Label()
        self._goes_to.setAccessibleName(self.tr("Where it goes"))
        self._goes_to.setMaximumWidth(SIDE)
        self._goes_to.linkActivated.connect(self.outputs_wanted)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(16, 16, 16, 16)
        layout.setSpacing(16)
        layout.addWidget(self.stage, 1)
        layout.addLayout(self._side())
        self._add_shortcuts()

    def say_where(self, words: str) -> None:
        """Say in `words` where picture and voice go."""
        self._goes_to.setText(html(self.tr('{0}. <a href="outputs">Change</a>'), words))

    def set_live(self, live: bool) -> None:
        """Show what can be done now; recording must wait until a picture is there."""
        self.people.go_live(live)
        self.use_voice.setVisible(live)
        self.level.run(live)
        self.go.setText(self.tr("&Stop") if live else self.tr("&Start"))
        self.go.setEnabled(True)
        self.go.setProperty("live", "yes" if live else "no")
        self.go.style().polish(self.go)
        self.record.setChecked(False)
        self.frame.setChecked(False)
        self.show_picture(False)

    def show_picture(self, there: bool) -> None:
        """Offer what needs a picture."""
        for button in (self.record, self.snapshot, self.frame):
            button.setEnabled(there)

    def _side(self) -> QVBoxLayout:
        choices = QWidget()
        column = QVBoxLayout(choices)
        column.setContentsMargins(0, 0, 8, 0)
        voice = QHBoxLayout()
        voice.addWidget(heading(self.tr("Voice")), 1)
        voice.addWidget(self.use_voice)
        column.addWidget(heading(self.tr("Person")))
        column.addWidget(self.people)
        column.addLayout(voice)
        column.addWidget(self.level)
        column.addWidget(self.voice)
        column.addStretch(1)
        area = scrolling(choices)
        area.setFixedWidth(SIDE)
        side = QVBoxLayout()
        side.setSpacing(6)
        side.addWidget(area, 1)
        for label in (heading(self.tr("Goes to")), self._goes_to):
            label.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
            side.addWidget(label)
        side.addWidget(self.go)
        buttons = QHBoxLayout()
        for button in (self.record, self.snapshot, self.frame):
            buttons.addWidget(button, 1)
        side.addLayout(buttons)
        return side

    def _add_shortcuts(self) -> None:
        for keys, button in (
            ("Ctrl+Return", self.go),
            ("Ctrl+R", self.record),
            ("Ctrl+Shift+S", self.snapshot),
            ("Ctrl+F", self.frame),
            ("Ctrl+P", self.stage.pause),
            ("Ctrl+M", self.stage.mute),
            ("Ctrl+Shift+M", self.stage.mirror),
        ):
            sequence = QKeySequence(keys)
            QShortcut(sequence, self, button.click)
            words = [button.accessibleDescription(), sequence.toString(NATIVE)]
            tip(button, "\n".join(filter(None, words)))
