"""The picture, how it is shown here, and what is said next."""

from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from app.live.transport import add_key
from app.live.voice import SayMore
from app.live_state import LiveState
from app.parts.icons import IconButton
from app.parts.preview import SHAPE, Preview


class Stage(QWidget):
    """The picture keeps its shape; what belongs to it lies right below."""

    def __init__(self) -> None:
        super().__init__()
        self.preview, self.more = Preview(""), SayMore()
        self.mirror = IconButton("flip-horizontal-2", self.tr("Mirror"))
        self.frame = IconButton("crop", self.tr("&Framing"))
        for button in (self.mirror, self.frame):
            button.setCheckable(True)
        self.mirror.setAccessibleDescription(
            self.tr("Mirrors your preview only; others see it unmirrored")
        )
        self.frame.setAccessibleDescription(
            self.tr("Drag the picture to move it, scroll to zoom; arrow keys, +, - and 0 do too")
        )
        self.mirror.toggled.connect(self.preview.mirror)
        add_key(self, "Ctrl+Shift+M", self.mirror)
        add_key(self, "Ctrl+F", self.frame)
        self._lay_out()

    def show_state(self, state: LiveState, name: str) -> None:
        """Say what is going on with the person called `name` where there is no picture of them."""
        self.frame.setEnabled(state.on)
        if not state.on:
            self.frame.setChecked(False)
            self.more.setVisible(False)
            self.preview.clear(self._hint(state, name))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.preview.setMaximumHeight(max(180, self.width() * SHAPE.height() // SHAPE.width()))

    def _hint(self, state: LiveState, name: str) -> str:
        if state is LiveState.STARTING:
            return self.tr("Getting {name} ready…").format(name=name)
        if state is LiveState.STOPPING:
            return self.tr("Stopping…")
        return self.tr("Choose a person and a voice, then press Start.")

    def _lay_out(self) -> None:
        row = QHBoxLayout()
        row.addStretch(1)
        row.addWidget(self.mirror)
        row.addWidget(self.frame)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(8)
        layout.addWidget(self.preview, 1)
        layout.addLayout(row)
        layout.addWidget(self.more)
        layout.addStretch(0)
