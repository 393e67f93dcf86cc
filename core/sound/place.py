"""One place that sound goes to, opened again whenever it was lost, for as long as it is wanted."""

import logging
import threading
from collections import deque
from collections.abc import Callable
from contextlib import closing

from core.audio import Sound, SoundSink
from core.clock import Clock, WallClock
from core.process.priority import SOUND, prefer

log = logging.getLogger(__name__)

SOON, AGAIN = 0.25, 2.0
"""Seconds from the first failure to the next try, and from one try to the next at most: twice as
long after each. A server that is started again is there in a moment, a cable in an hour."""

WAITING = 50
"""Pieces of sound that may wait for a place that is being opened or hangs; two seconds."""

PATIENCE = 1.0
"""Seconds that a place may take to close; then it is left to itself."""

LOOK = 0.1
"""Longest wait, in seconds, between two looks whether sound has come."""


class Place:
    """Satisfies `SoundSink`: never waits, whatever the server or the driver does.

    What opens, plays and closes the sink has a thread of its own. `on_lost` hears why the sink
    cannot be opened or used any more, once until it can; then `on_back` is called. Both run on that
    thread.
    """

    def __init__(
        self,
        open_sink: Callable[[], SoundSink],
        on_lost: Callable[[Exception], None],
        on_back: Callable[[], None],
        clock: Clock | None = None,
    ) -> None:
        self._open_sink, self._on_lost, self._on_back = open_sink, on_lost, on_back
        self._clock = clock or WallClock()
        self._sounds: deque[Sound] = deque(maxlen=WAITING)
        self._changed = threading.Event()
        self._closed = threading.Event()
        self._lost = False
        self._pause = SOON
        self._thread = threading.Thread(target=self._run, name="sound", daemon=True)
        self._thread.start()

    def play(self, sound: Sound) -> None:
        """See `SoundSink.play`."""
        self._sounds.append(sound)
        self._changed.set()

    def close(self) -> None:
        """Play no more; waits a moment for the sink to close, but not for one that hangs."""
        self.leave()
        self._thread.join(PATIENCE)

    def leave(self) -> None:
        """Play no more, and return at once. Safe to call twice."""
        self._closed.set()
        self._changed.set()

    def _run(self) -> None:
        prefer(SOUND)
        while not self._closed.is_set():
            try:
                with closing(self._open_sink()) as sink:
                    self._play_all(sink)
            except Exception as error:  # noqa: BLE001 - whatever a driver says, the others go on
                self._note_lost(error)
                self._clock.wait(self._pause, self._closed)
                self._pause = min(2 * self._pause, AGAIN)

    def _play_all(self, sink: SoundSink) -> None:
        """Play what comes, not what came before the sink was open: that is too late."""
        self._sounds.clear()
        while not self._closed.is_set():
            while self._sounds:
                sink.play(self._sounds.popleft())
                self._note_back()
            self._changed.wait(LOOK)
            self._changed.clear()

    def _note_lost(self, error: Exception) -> None:
        if not (self._lost or self._closed.is_set()):
            log.warning("no sound there: %s", error)
            self._on_lost(error)
        self._lost = True

    def _note_back(self) -> None:
        self._pause = SOON
        if self._lost:
            self._lost = False
            self._on_back()
