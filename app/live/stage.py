"""The picture, how it is shown here, and what is said next."""

from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QVBoxLayout, QWidget

from app.live.framing_tools import FramingTools
from app.live.look_strip import LookStrip
from app.live.speak_line import SpeakLine
from app.live_state import LiveState
from app.outputs.background_choice import BackgroundChoice
from app.outputs.badge_choice import BadgeChoice
from app.parts.preview import SHAPE, Preview
from core.profile import Profile


class Stage(QWidget):
    """The picture keeps its shape; what belongs to it lies right below."""

    def __init__(self, background: BackgroundChoice, badge: BadgeChoice) -> None:
        super().__init__()
        self._name, self._state = "", LiveState.STOPPED
        self.preview, self.line = Preview(""), SpeakLine()
        self.tools = FramingTools(self.preview)
        self.look = LookStrip(background, badge)
        self.look.mirror.toggled.connect(self.preview.mirror)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(8)
        layout.addWidget(self.preview, 1)
        self.look.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self.line.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        layout.addWidget(self.look)
        layout.addWidget(self.line)
        layout.addStretch(0)

    def show_person(self, profile: Profile | None) -> None:
        """Say whose picture it is, or will be."""
        self._name = profile.title if profile else ""
        if profile is None:
            self.preview.clear(self.tr("Add a person first."))
        elif self.preview.picture is None:
            self.preview.clear(self.tr("Getting {name} ready…").format(name=self._name))
        self._show_caption()

    def show_state(self, state: LiveState) -> None:
        """Say over the picture what one has to wait for."""
        self._state = state
        self.line.show_state(state)
        waits = {
            LiveState.STARTING: self.tr("Getting {name} ready…").format(name=self._name),
            LiveState.STOPPING: self.tr("Stopping…"),
        }
        self.preview.wait(waits.get(state, ""))
        self._show_caption()

    def _show_caption(self) -> None:
        idle = self._state in (LiveState.STOPPED, LiveState.FAILED)
        self.preview.show_caption(self._name if idle else "")

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.preview.setMaximumHeight(max(180, self.width() * SHAPE.height() // SHAPE.width()))
