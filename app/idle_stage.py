"""Lets whoever is chosen idle in the stage while nothing is live and somebody sees it."""

from collections.abc import Callable

from PySide6.QtCore import QObject

from app.live.idle_portrait import IdlePortrait, Idling
from app.live.on_air import OnAir
from app.live_state import LiveState
from app.parts.sentences import began, reason
from app.tabs import Tabs
from core.look import Look
from core.video import Frame

IDLE = (LiveState.STOPPED, LiveState.FAILED)


class IdleStage(QObject):
    """Connects the pages with the portrait that idles; `engine` returns which one is chosen."""

    def __init__(
        self, on_air: OnAir, pages: Tabs, engine: Callable[[], str], idles: bool = True
    ) -> None:
        super().__init__(pages)
        self._pages, self._engine = pages, engine
        self._asking = False
        self._idle = IdlePortrait(on_air.devices, self._chosen, self) if idles else None
        on_air.idle = self._idle
        if self._idle:
            self._idle.frame_ready.connect(self._show)
            self._idle.failed.connect(self._fail)
            pages.outputs.badge.changed.connect(self._restart)
        pages.live.people.chosen.connect(self._change)
        pages.live.people.faces_loaded.connect(self._draw_tiles)
        pages.outputs.background.changed.connect(self._change)
        pages.outputs.picture.changed.connect(self._change)
        pages.live.people.asking.connect(self._ask)

    def look(self) -> None:
        """Begin or rest, as it is seen now; not while a dialog may need the engine."""
        if self._idle is None or self._pages.transport.state not in IDLE:
            return
        seen = self._pages.live.stage.isVisible() and not self._pages.window().isMinimized()
        self._idle.go_on() if seen and not self._asking else self._idle.rest()

    def close(self, patience: float) -> None:
        """End for good."""
        if self._idle:
            self._idle.close(patience)

    def _chosen(self) -> Idling | None:
        live, outputs = self._pages.live, self._pages.outputs
        profile = live.people.profile()
        if profile is None:
            return None
        look = Look(outputs.picture.framed(profile), outputs.background.background())
        return Idling(look, outputs.badge.badge(), self._engine())

    def _change(self) -> None:
        self._pages.live.stage.show_person(self._pages.live.people.profile())
        self._draw_tiles()
        if self._idle and self._pages.transport.state in IDLE:
            self._idle.change()
            self.look()

    def _draw_tiles(self) -> None:
        self._pages.outputs.background.show_person(self._pages.live.people.face())

    def _restart(self) -> None:
        if self._idle and self._idle.running and self._pages.transport.state in IDLE:
            self._idle.rest(self.look)

    def _ask(self, asking: bool) -> None:
        self._asking = asking
        self.look()

    def _show(self, frame: Frame) -> None:
        if self._pages.transport.state in IDLE:
            self._pages.live.stage.preview.show_frame(frame)

    def _fail(self, error: object) -> None:
        if self._pages.transport.state in IDLE:
            self._pages.live.stage.preview.clear(began(reason(error)))
