"""The page for being live: the picture on the left, whom and which voice to choose on the right."""

from PySide6.QtWidgets import QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from app.live.level_meter import LevelMeter
from app.live.microphone_gain import MicrophoneGain
from app.live.stage import Stage
from app.live.voice import Voice
from app.live_state import LiveState
from app.outputs.background_choice import BackgroundChoice
from app.outputs.badge_choice import BadgeChoice
from app.parts.layout import heading, scrolling
from app.people.list import People

SIDE = 360
"""Pixels of what can be chosen beside the picture: four faces in a row."""


class LivePage(QWidget):
    """Holds the parts; what they do together is the window's business."""

    def __init__(
        self, people: People, voice: Voice, background: BackgroundChoice, badge: BadgeChoice
    ) -> None:
        super().__init__()
        self.stage = Stage(background, badge)
        self.people, self.voice = people, voice
        self.use_voice = QPushButton(self.tr("Switch to this &voice"))
        place = self.use_voice.sizePolicy()
        place.setRetainSizeWhenHidden(True)  # what lies below shall not jump
        self.use_voice.setSizePolicy(place)
        self.level, self.gain = LevelMeter(), MicrophoneGain()
        layout = QHBoxLayout(self)
        layout.setContentsMargins(16, 12, 16, 12)
        layout.setSpacing(16)
        layout.addWidget(self.stage, 1)
        layout.addWidget(self._side())

    def show_state(self, state: LiveState) -> None:
        """Show what can be done now."""
        live = state.on or state in (LiveState.STARTING, LiveState.STOPPING)
        self.people.go_live(live)
        self.use_voice.setVisible(live)
        self.stage.show_person(self.people.profile())
        self.stage.show_state(state)

    def _side(self) -> QWidget:
        choices = QWidget()
        column = QVBoxLayout(choices)
        column.setContentsMargins(0, 0, 0, 0)
        voice = QHBoxLayout()
        voice.addWidget(heading(self.tr("Voice")), 1)
        voice.addWidget(self.use_voice)
        column.addWidget(heading(self.tr("Person")))
        column.addWidget(self.people)
        column.addLayout(voice)
        column.addWidget(self.level)
        column.addWidget(self.gain)
        column.addWidget(self.voice)
        column.addStretch(1)
        area = scrolling(choices)
        area.setFixedWidth(SIDE)
        return area
