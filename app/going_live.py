"""Starting and ending what is live, and what the pages show of it."""

from collections.abc import Callable

from PySide6.QtCore import QObject, Signal

from app.live.choices import scene
from app.live.live_changes import LiveChanges
from app.live.on_air import OnAir
from app.live_state import LiveState
from app.parts.notice import Kind
from app.parts.sentences import reason, told
from app.settings import Settings
from app.tabs import Tabs
from core.broadcast.scene import Scene
from core.broadcast.shared_devices import EngineInUse
from core.live.session import Phase, Status

IDLE = (LiveState.STOPPED, LiveState.FAILED)


class GoingLive(QObject):
    """Goes live with what is chosen on these pages, and lives as long as they do."""

    began = Signal()
    """Something goes live: what is chosen is worth remembering."""
    rested = Signal()
    """Nothing is live, nor about to be."""

    def __init__(self, on_air: OnAir, pages: Tabs, settings: Callable[[], Settings]) -> None:
        super().__init__(pages)
        self._on_air, self._pages, self._settings = on_air, pages, settings
        self._transport, self._notice = pages.transport, pages.notice
        self._again = self._asked = False
        self.failed: Exception | None = None
        """Why it stopped last, if by an error."""
        self.changes = LiveChanges(
            on_air.devices, pages.live, pages.outputs, self.scene, self._likely, pages.live
        )
        self.changes.failed.connect(self._notice.tell)
        self.changes.restart_wanted.connect(self.restart)
        on_air.ended.connect(self._end)
        self._transport.go.clicked.connect(self.toggle)
        self._transport.switched.connect(self._switch)
        self._notice.settled.connect(self._recover)
        pages.outputs.changed.connect(self.show_where)

    def scene(self) -> Scene | None:
        """Return what is chosen; None where it does not fit together, which is told."""
        try:
            return scene(self._pages.live, self._pages.outputs, self._settings())
        except ValueError as error:
            self._notice.tell(reason(error))
            return None

    def _likely(self) -> Scene | None:
        try:
            return scene(self._pages.live, self._pages.outputs, self._settings())
        except ValueError:  # told when somebody wants to go live
            return None

    def start(self) -> None:
        """Go live with what is chosen, as soon as whoever idles has given the engine back."""
        if wanted := self.scene():
            self._transport.show_state(LiveState.STARTING)
            self._on_air.free(lambda: self._begin(wanted))

    def stop(self) -> None:
        """End what is live; the window stays alive meanwhile."""
        self._asked = True
        self._notice.settle()
        if self._on_air.broadcast:
            self._transport.show_state(LiveState.STOPPING)
            self._on_air.stop()
        else:  # whoever idles has not given the engine back yet
            self._transport.show_state(LiveState.STOPPED)
            self.rested.emit()

    def restart(self) -> None:
        """Stop, and go live again with what is chosen then."""
        self._again = True
        self.stop()

    def toggle(self) -> None:
        """Start, or stop what is live."""
        self.start() if self._transport.state in IDLE else self.stop()

    def hear(self, status: Status) -> None:
        """Take in how what is live fares."""
        if status.phase is Phase.LIVE:
            self._show_on()
        elif status.error:
            self.fail(status.error)

    def fail(self, error: Exception) -> None:
        """Say that it was an error that ended it."""
        self.failed = error
        self._notice.tell(reason(error))

    def spoken_level(self) -> float:
        """Return how loud somebody speaks who may not know that they are muted."""
        return self._on_air.level() if self.changes.listening else 0.0

    def show_where(self) -> None:
        """Say where it goes, or would."""
        outputs = self._pages.outputs
        self._transport.show_where(outputs.leaving(), outputs.heard())
        if self._transport.state.on:
            self._show_on()

    def _begin(self, wanted: Scene) -> None:
        try:
            broadcast = self._on_air.start(wanted)
        except EngineInUse as error:
            self._transport.show_state(LiveState.STOPPED)
            self._notice.tell(reason(error))
            return
        self.began.emit()
        self._notice.tell("")
        self.failed, self._asked = None, False
        self._transport.show_state(LiveState.STARTING)
        self.changes.begin(broadcast)
        self._pages.live.stage.line.take()

    def _end(self) -> None:
        """Nothing is live any more."""
        ended = self.changes.end()
        self._pages.outputs.sound.tell("")
        bad = self.failed and self._notice.kind is Kind.BAD
        self._transport.show_state(LiveState.FAILED if bad else LiveState.STOPPED)
        again, self._again = self._again and not self.failed, False
        self.rested.emit()
        if again:
            self.start()
        elif ended and not (self.failed or self._asked):
            words = self.tr("{voice} has come to its end. Start again to hear it once more.")
            self._notice.tell(words.format(voice=told(ended.source.title)), Kind.NOTE)

    def _recover(self) -> None:
        """An error has been read, or its cause has gone."""
        if self._transport.state is LiveState.FAILED:
            self.failed = None
            self._transport.show_state(LiveState.STOPPED)

    def _switch(self) -> None:
        """Let the broadcast know what is muted and paused."""
        mute, pause = self._transport.mute.isChecked(), self._transport.pause.isChecked()
        self._on_air.switch(mute, pause)
        self._pages.live.stage.preview.show_muted(mute)
        if self._transport.state.on:
            self._show_on()

    def _show_on(self) -> None:
        """Say what is on: nothing is live that nobody else can see or hear."""
        if self._transport.pause.isChecked():
            self._transport.show_state(LiveState.PAUSED)
        else:
            leaves = bool(self._pages.outputs.leaving())
            self._transport.show_state(LiveState.LIVE if leaves else LiveState.PREVIEW)
