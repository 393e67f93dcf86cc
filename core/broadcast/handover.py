"""Parts of a live session that are replaced while it goes on: opened aside, then handed over."""

import logging
import threading
from collections import deque
from collections.abc import Callable
from dataclasses import replace

import numpy as np

from core.audio import AudioSource, EndOfAudio, Sound, SoundSink
from core.video import Frame, VideoSink

log = logging.getLogger(__name__)


class Aside:
    """Does one thing after another on a thread that lives as long as there is something to do."""

    def __init__(self, on_error: Callable[[Exception], None]) -> None:
        self._on_error = on_error
        self._lock = threading.Lock()
        self._deeds: deque[Callable[[], None]] = deque()
        self._worker: threading.Thread | None = None

    def do(self, deed: Callable[[], None]) -> None:
        """Begin `deed` as soon as what came before is done; returns at once."""
        with self._lock:
            self._deeds.append(deed)
            if self._worker is None:
                self._worker = threading.Thread(target=self._run, name="aside", daemon=True)
                self._worker.start()

    def join(self, timeout: float | None) -> None:
        """Forget what has not begun, and wait for what has."""
        with self._lock:
            self._deeds.clear()
            worker = self._worker
        if worker:
            worker.join(timeout)

    def _run(self) -> None:
        while deed := self._next():
            try:
                deed()
            except Exception as error:
                log.warning("could not be changed", exc_info=True)
                self._on_error(error)

    def _next(self) -> Callable[[], None] | None:
        with self._lock:
            if not self._deeds:
                self._worker = None
                return None
            return self._deeds.popleft()


class LiveSource:
    """Satisfies `AudioSource`: one after another, in one stream time. One thread reads."""

    def __init__(self, source: AudioSource) -> None:
        self.current = source
        self._next: AudioSource | None = None
        self._lock = threading.Lock()
        self._closed = False
        self._before = 0
        self._begin = self._at = 0
        self.level = 0.0
        """Loudness of what was read last: root of the mean square, 0 to 1."""

    @property
    def dropped(self) -> int:
        return self._before + self.current.dropped

    def hand_over(self, source: AudioSource) -> None:
        """Let `source` go on from the next piece; any thread. The one before is closed."""
        with self._lock:
            if not self._closed:
                source, self._next = self._next or source, source
                if source is self._next:
                    return
        source.close()

    def read(self, count: int, timeout: float) -> Sound | None:
        """See `AudioSource.read`."""
        self._take_over()
        try:
            sound = self.current.read(count, timeout)
        except EndOfAudio:
            if not self._take_over():
                raise
            return None
        if sound is None:
            return None
        self.level = float(np.sqrt(np.mean(np.square(sound.samples))))
        self._at = self._begin + sound.start + count
        return replace(sound, start=self._begin + sound.start)

    def close(self) -> None:
        """See `AudioSource.close`."""
        with self._lock:
            self._closed = True
            waiting, self._next = self._next, None
        if waiting:
            waiting.close()
        self.current.close()

    def _take_over(self) -> bool:
        if self._next is None:
            return False
        with self._lock:
            old, after, self._next = self.current, self._next, None
            if after is None:
                return False
            self._before += old.dropped
            self.current, self._begin = after, self._at
        old.close()
        return True


class LiveScreens:
    """Satisfies `VideoSink`: all of those that are on, of which one that fails ends the session."""

    def __init__(self, sinks: dict[str, VideoSink]) -> None:
        self._sinks = sinks

    def put(self, name: str, sink: VideoSink | None) -> None:
        """Show on `sink` what comes from now on, in place of the one of that name. Any thread."""
        others = {key: value for key, value in self._sinks.items() if key != name}
        self._sinks = {**others, name: sink} if sink else others

    def send(self, frame: Frame) -> None:
        for sink in self._sinks.values():
            sink.send(frame)

    def close(self) -> None:
        for sink in self._sinks.values():
            sink.close()


class LiveSound:
    """Satisfies `SoundSink`: a recorder, and places that can be replaced."""

    def __init__(self, recorder: SoundSink, places: SoundSink) -> None:
        self._recorder = recorder
        self._places: SoundSink | None = places
        self._lock = threading.Lock()
        self._closed = False

    def replace(self, open_places: Callable[[], SoundSink]) -> None:
        """Close the places there are, then open others; any one thread at a time."""
        self._put(None)
        self._put(open_places())

    def play(self, sound: Sound) -> None:
        self._recorder.play(sound)
        with self._lock:
            if self._places:
                self._places.play(sound)

    def close(self) -> None:
        """Close the places; the recorder belongs to somebody else."""
        self._closed = True
        self._put(None)

    def _put(self, places: SoundSink | None) -> None:
        with self._lock:
            late = places if self._closed else None
            old, self._places = self._places, None if self._closed else places
        for sink in (old, late):
            if sink:
                sink.close()
