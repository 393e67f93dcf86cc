"""What the voice says, and whether people hear it, follow the voice that is chosen."""

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QObject

from app.live.live_page import LivePage
from app.live.on_air import OnAir
from app.live.voice import MICROPHONE, TEXT, aloud, speaks
from app.outputs.sound_page import SoundPage
from app.parts.notice import Notice
from app.parts.sentences import reason
from core.plugin import SourcePlugin


class Spoken(QObject):
    """Connects the voice that is chosen with the line below the picture and with the speakers."""

    def __init__(
        self,
        on_air: OnAir,
        live: LivePage,
        sound: SoundPage,
        notice: Notice,
        start: Callable[[], None],
        options_of: Callable[[SourcePlugin[Any]], Any],
    ) -> None:
        """`start` goes live with what is written; `options_of` knows what was chosen before."""
        super().__init__(live)
        self._on_air, self._live, self._sound, self._notice = on_air, live, sound, notice
        self._start, self._options_of = start, options_of
        live.stage.line.said.connect(self._say)
        live.stage.line.interrupted.connect(self._interrupt)
        live.voice.changed.connect(self._follow)
        live.use_voice.clicked.connect(self._hear)

    def _follow(self) -> None:
        plugin, line = self._live.voice.plugin(), self._live.stage.line
        line.setVisible(speaks(plugin))
        self._live.gain.setVisible(plugin is not None and plugin.name == MICROPHONE)
        if plugin and speaks(plugin):
            line.offer(getattr(self._options_of(plugin), TEXT))
        if not self._on_air.broadcast:
            self._hear()

    def _hear(self) -> None:
        self._sound.follow_voice(aloud(self._live.voice.plugin()))

    def _say(self, text: str) -> None:
        if not self._on_air.broadcast:
            self._start()
            return
        self._try(lambda: self._on_air.say(text))

    def _interrupt(self) -> None:
        self._try(self._on_air.interrupt)

    def _try(self, deed: Callable[[], None]) -> None:
        try:
            deed()
        except ValueError as error:
            self._notice.tell(reason(error))
