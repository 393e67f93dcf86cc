"""The picture, what is going on, and what can be switched while live."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from app.live.voice import SayMore
from app.live_state import HINTS, LiveState, hint, title
from app.parts.preview import Preview
from app.parts.sentences import began, told
from app.plain import Label, tip
from core.live.figures import Figures


class Stage(QWidget):
    """Shows a session without knowing it; `mute`, `pause` and `mirror` are buttons that stay."""

    switched = Signal()
    """Mute or pause has been pressed."""
    state_changed = Signal(object)
    """Another `LiveState`."""

    def __init__(self) -> None:
        super().__init__()
        self.state = LiveState.STOPPED
        self.preview, self.more = Preview(hint(LiveState.STOPPED)), SayMore()
        self.mirror, self.mute, self.pause = QPushButton(), QPushButton(), QPushButton()
        for button, text in (
            (self.mirror, self.tr("Mirror")),
            (self.mute, self.tr("Mute")),
            (self.pause, self.tr("Pause")),
        ):
            button.setText(text)
            button.setCheckable(True)
        self.mirror.setAccessibleDescription(
            self.tr("Turns only this preview, never what others see")
        )
        self.mute.setAccessibleDescription(self.tr("The person hears nothing and idles"))
        self.pause.setAccessibleDescription(self.tr("Others see a placeholder and hear nothing"))
        self.mirror.toggled.connect(self.preview.mirror)
        self.mute.clicked.connect(self.switched)
        self.pause.clicked.connect(self.switched)
        self._state_label, self._figures = Label(), Label()
        self._runs_on, self._message = Label(), Label()
        self._lay_out()
        self.show_state(LiveState.STOPPED)

    @property
    def message(self) -> str:
        """What people are being told."""
        return self._message.text()

    @property
    def figures(self) -> str:
        return self._figures.text()

    def show_state(self, state: LiveState) -> None:
        """Say what is going on; where nothing is live there is nothing to switch."""
        self.state = state
        self._state_label.setText(title(state))
        self._state_label.setProperty("live", state.name.lower())
        self._state_label.style().polish(self._state_label)
        for button in (self.mute, self.pause):
            button.setEnabled(state.on)
            if not state.on:
                button.setChecked(False)
        if state in HINTS:
            self.preview.clear(hint(state))
            self._figures.clear()
            self._runs_on.setVisible(False)
        if not state.on:
            self.more.setVisible(False)
        self.state_changed.emit(state)

    def show_engine(self, words: str) -> None:
        """Say what the picture runs on, and why."""
        self._runs_on.setText(began(told(words)))
        self._runs_on.setVisible(True)

    def show_figures(self, figures: Figures) -> None:
        """Say how it is doing: in short, and in full where the mouse rests."""
        words = self.tr("{rate} frames/s, {late} ms behind the voice")
        late = f"{figures.latency_p50 * 1e3:.0f}"
        self._figures.setText(words.format(rate=f"{figures.rate:.0f}", late=late))
        tip(self._figures, told(str(figures)))

    def tell(self, text: str, good: bool = False) -> None:
        """Show a sentence, or none."""
        self._message.setText(began(told(text)))
        self._paint_message("good" if good else "bad", text)

    def warn(self, text: str) -> None:
        """Show a sentence that can wait: it takes no other one's place, and goes by itself."""
        shown = self._message.property("kind")
        if self._message.isHidden() or shown == "warning":
            self._message.setText(began(told(text)))
            self._paint_message("warning", text)

    def _paint_message(self, kind: str, text: str) -> None:
        self._message.setProperty("kind", kind)
        self._message.style().polish(self._message)
        self._message.setVisible(bool(text))

    def _lay_out(self) -> None:
        self._state_label.setObjectName("state")
        self._state_label.setAccessibleName(self.tr("State"))
        self._figures.setAccessibleName(self.tr("Figures"))
        self._figures.setObjectName("figures")
        self._figures.setMinimumWidth(1)
        self._runs_on.setObjectName("quiet")
        self._runs_on.setAccessibleName(self.tr("Runs on"))
        self._runs_on.setWordWrap(True)
        self._message.setObjectName("message")
        self._message.setAccessibleName(self.tr("Message"))
        self._message.setWordWrap(True)
        self._message.setTextInteractionFlags(Qt.TextInteractionFlag.TextBrowserInteraction)
        self._message.setOpenExternalLinks(True)
        self._message.setVisible(False)
        row = QHBoxLayout()
        row.addWidget(self._state_label)
        row.addWidget(self._figures, 1)
        for button in (self.mirror, self.mute, self.pause):
            row.addWidget(button)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(8)
        layout.addWidget(self.preview, 1)
        layout.addLayout(row)
        layout.addWidget(self._runs_on)
        layout.addWidget(self.more)
        layout.addWidget(self._message)
