"""A thread that has texts spoken, a little ahead of who listens."""

import logging
import threading
from collections import deque
from collections.abc import Callable, Sequence

from core.audio import SAMPLE_RATE, SoundBrokeOff
from core.process.child import ChildLost
from core.process.respawning_child import OrderFailed
from core.sentence import said
from core.voices.voice_client import VoiceClient
from plugins.spoken_line import SpokenLine
from plugins.voice_choice import ChosenVoice

log = logging.getLogger(__name__)

AHEAD = 3 * SAMPLE_RATE
"""Samples that lie ready before the next piece is asked for: a busy computer needs a second or two
for one."""

LOSSES = 3
"""Pieces lost one after the other after which a voice is given up."""

OpenClient = Callable[[str], VoiceClient]


class Speaker:
    """Speaks pieces of text into a line. Any thread may add to them, or close."""

    def __init__(
        self,
        voices: Sequence[ChosenVoice],
        line: SpokenLine,
        remark: Callable[[str], None],
        open_client: OpenClient = VoiceClient,
    ) -> None:
        """`voices`: the first that can speaks; `remark` gets sentences for people."""
        self._voices = deque(voices)
        self._line, self._remark, self._open_client = line, remark, open_client
        self._waiting: deque[str] = deque()
        self._speaking = False
        self._turn = 0
        """The line's, when what is being spoken was begun."""
        self._losses = 0
        self._closed = False
        self._client: VoiceClient | None = None
        self.error: SoundBrokeOff | None = None
        """Why nothing is spoken any more, once that is so."""
        self._thread = threading.Thread(target=self._run, name="speaker", daemon=True)

    @property
    def voice(self) -> ChosenVoice:
        """Who speaks now."""
        return self._voices[0]

    @property
    def busy(self) -> bool:
        """Whether something is still to come."""
        return not (self._closed or self.error) and bool(self._speaking or self._waiting)

    def begin(self, pieces: Sequence[str]) -> bool:
        """Speak the first of `pieces` that can be spoken, then go on with the rest on the thread.

        False if none of them can be.

        Raises:
            ChildLost, OrderFailed: no voice can be used; says why.
        """
        rest = deque(pieces)
        while rest and not len(self._line):
            self._speak_first(rest.popleft())
        self._waiting.extend(rest)
        self._thread.start()
        return len(self._line) > 0

    def add(self, pieces: Sequence[str]) -> None:
        """Speak these after what is waiting."""
        with self._line.changed:
            self._waiting.extend(pieces)
            self._line.changed.notify_all()

    def interrupt(self) -> None:
        """Forget what waits and what is being spoken."""
        with self._line.changed:
            self._waiting.clear()
            self._line.cut()

    def close(self) -> None:
        """Speak no more, at once; twice if need be."""
        with self._line.changed:
            self._closed = True
            self._line.changed.notify_all()
        if self._client:
            self._client.close()
        if self._thread.is_alive():
            self._thread.join()

    def _speak_first(self, text: str) -> None:
        while True:
            try:
                self._speak(text)
            except (ChildLost, OrderFailed) as error:
                if len(self._voices) == 1 or self._closed:
                    raise
                self._give_up_voice(error)
            else:
                return

    def _give_up_voice(self, error: Exception) -> None:
        log.warning("a voice cannot be used: %s", error)
        failed = self._voices.popleft()
        if self._client:
            self._client.close()
            self._client = None
        self._remark(
            said(
                "The voice {0} cannot be used ({1}); {2} speaks instead.",
                failed.title,
                error,
                self.voice.title,
            )
        )

    def _run(self) -> None:
        while (text := self._next()) is not None:
            try:
                self._speak(text)
                self._losses = 0
            except ChildLost as error:
                self._skip_lost(text, error)
            except OrderFailed as error:
                self._remark(said("{0!r} was left out: {1}", text[:40], error))
            except Exception as error:
                log.exception("speaking failed")
                self.error = SoundBrokeOff(str(error))
            with self._line.changed:
                self._speaking = False
                self._line.changed.notify_all()

    def _next(self) -> str | None:
        """Return the next piece as soon as it is due, or None at the end."""
        with self._line.changed:
            self._line.changed.wait_for(self._is_due)
            if self._closed or self.error:
                return None
            self._speaking, self._turn = True, self._line.turn
            return self._waiting.popleft()

    def _is_due(self) -> bool:
        return bool(self._closed or self.error or (self._waiting and len(self._line) < AHEAD))

    def _speak(self, text: str) -> None:
        if self._client is None:
            self._client = self._open_client(self.voice.plugin.name)
        spoken, rate = self._client.speak(self.voice.manner, text)
        if len(spoken.samples):
            self._line.put(spoken, rate, self._turn)
        elif self._turn == self._line.turn and self._thread.is_alive():
            self._remark(
                said(
                    "The voice {0} cannot speak {1!r}; it was left out.",
                    self.voice.title,
                    text[:40],
                )
            )

    def _skip_lost(self, text: str, error: ChildLost) -> None:
        if self._closed:
            return
        log.warning("the voice's process was lost: %s", error)
        self._losses += 1
        if self._losses >= LOSSES:
            self.error = SoundBrokeOff(
                said("the voice {0} breaks off again and again: {1}", self.voice.title, error)
            )
            return
        self._remark(
            said(
                "The voice {0} broke off and was started again; {1!r} was left out.",
                self.voice.title,
                text[:40],
            )
        )
