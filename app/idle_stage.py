"""While nothing is live and somebody sees it, whoever is chosen idles and a microphone is heard."""

from collections.abc import Callable

from PySide6.QtCore import QObject

from app.live.idle_portrait import IdlePortrait, Idling
from app.live.listening import Listening
from app.live.on_air import OnAir
from app.live.voice import MICROPHONE
from app.live_state import LiveState
from app.parts.sentences import began, reason
from app.tabs import Tabs
from core.look import Look
from core.profile import Framing
from core.video import Frame

IDLE = (LiveState.STOPPED, LiveState.FAILED)


class IdleStage(QObject):
    """Connects the pages with what idles; `engine` returns which one is chosen."""

    def __init__(self, on_air: OnAir, pages: Tabs, engine: Callable[[], str]) -> None:
        super().__init__(pages)
        self._on_air, self._pages, self._engine = on_air, pages, engine
        self._asking = False
        self._portrait = IdlePortrait(on_air.devices, self._chosen, self)
        self._listening = Listening(self)
        on_air.idle = self
        self._portrait.frame_ready.connect(self._show)
        self._portrait.failed.connect(self._fail)
        self._listening.failed.connect(lambda error: pages.notice.tell(reason(error)))
        self._connect()

    @property
    def running(self) -> bool:
        """Whether somebody idles, and so has the engine."""
        return self._portrait.running

    @property
    def framing(self) -> Framing | None:
        """Which part of the photo is shown, where that is known."""
        return self._portrait.framing

    def look(self) -> None:
        """Begin or rest, as it is seen now; not while a dialog may need the engine."""
        if self._pages.transport.state not in IDLE:
            return
        seen = self._pages.live.stage.isVisible() and not self._pages.window().isMinimized()
        if seen and not self._asking:
            self._portrait.go_on()
            self._listen()
        else:
            self.rest()

    def rest(self, then: Callable[[], None] | None = None) -> None:
        """Give engine and microphone back, then do what is next."""
        self._portrait.rest(lambda: self._listening.rest(then))

    def close(self, patience: float) -> None:
        """End for good."""
        self._portrait.close(patience)
        self._listening.close(patience)

    def _connect(self) -> None:
        live, outputs = self._pages.live, self._pages.outputs
        for changed in (live.people.chosen, outputs.background.changed, outputs.picture.changed):
            changed.connect(self._change)
        outputs.badge.changed.connect(self._restart)
        live.people.asking.connect(self._ask)
        live.voice.changed.connect(self.look)
        live.level.read = self._level

    def _level(self) -> float:
        if self._on_air.broadcast:
            return self._on_air.level()
        return self._pages.live.gain.factor * self._listening.level

    def _listen(self) -> None:
        plugin = self._pages.live.voice.plugin()
        if plugin is None or plugin.name != MICROPHONE:
            self._listening.rest()
            return
        try:
            self._listening.listen_to(plugin, self._pages.live.voice.options())
        except ValueError:  # told at the start
            self._listening.rest()

    def _chosen(self) -> Idling | None:
        live, outputs = self._pages.live, self._pages.outputs
        profile = live.people.profile()
        if profile is None:
            return None
        look = Look(outputs.picture.framed(profile), outputs.background.background())
        return Idling(look, outputs.badge.badge(), self._engine())

    def _change(self) -> None:
        if self._pages.transport.state in IDLE:
            self._portrait.change()
            self.look()

    def _restart(self) -> None:
        if self._portrait.running and self._pages.transport.state in IDLE:
            self._portrait.rest(self.look)

    def _ask(self, asking: bool) -> None:
        self._asking = asking
        self.look()

    def _show(self, frame: Frame) -> None:
        if self._pages.transport.state in IDLE:
            self._pages.live.stage.preview.show_frame(frame)

    def _fail(self, error: object) -> None:
        if self._pages.transport.state in IDLE:
            self._pages.live.stage.preview.clear(began(reason(error)))
