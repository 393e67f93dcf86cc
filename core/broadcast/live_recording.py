"""A recording that is switched on and off while everything else goes on."""

import logging
import threading
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple, Protocol, TypeAlias

from core.audio import Sound
from core.film.film_sound import AAC
from core.video import Frame, VideoFormat

log = logging.getLogger(__name__)


class Recorder(Protocol):
    """A sink for pictures and sound together.

    One whose film may end elsewhere than it was to be has a `path`, which says where; one whose
    film lacks something has a `remark`.
    """

    def send(self, frame: Frame) -> None: ...
    def play(self, sound: Sound) -> None: ...
    def close(self) -> None: ...


OpenRecorder: TypeAlias = Callable[[Path, VideoFormat, str], Recorder]
"""Opens a recorder for a film: where, of what format, and with which of `SOUNDS`."""


class Film(NamedTuple):
    """What is to be recorded."""

    path: Path
    sound: str


class LiveRecording:
    """Satisfies `VideoSink` and `SoundSink`. One thread sends, one plays; any may `record`.

    A recording that fails ends alone. `on_recorded` hears of each that is over, with what went
    wrong if anything did, `on_remark` of what a film lacks; both are called on any thread.
    """

    def __init__(
        self,
        format: VideoFormat,
        open_recorder: OpenRecorder,
        on_recorded: Callable[[Path, Exception | None], None],
        on_remark: Callable[[str], None] = log.warning,
    ) -> None:
        self._format = format
        self._open_recorder = open_recorder
        self._on_recorded, self._on_remark = on_recorded, on_remark
        self._wanted: Film | None = None
        self._current: tuple[Film, Recorder] | None = None
        self._busy = threading.Lock()
        self._finishing: list[threading.Thread] = []

    def record(self, path: Path | None, sound: str = AAC) -> None:
        """Record into `path` from the next frame on, with one of `SOUNDS`, or stop recording."""
        self._wanted = Film(path, sound) if path else None

    def send(self, frame: Frame) -> None:
        with self._busy:
            self._switch()
            self._pass_on(lambda recorder: recorder.send(frame))

    def play(self, sound: Sound) -> None:
        with self._busy:
            self._pass_on(lambda recorder: recorder.play(sound))

    def close(self) -> None:
        """End the recording, if there is one; `join` waits until it is finished."""
        self._wanted = None
        with self._busy:
            self._switch()

    def join(self, timeout: float | None = None) -> bool:
        """Wait until all is written; False if `timeout` seconds were not enough for one of them."""
        for thread in self._finishing:
            thread.join(timeout)
        return not any(thread.is_alive() for thread in self._finishing)

    def _switch(self) -> None:
        wanted, current = self._wanted, self._current
        if current and current[0] != wanted:
            self._current = None
            self._finish(current[0].path, current[1])
        if wanted and not self._current:
            try:
                recorder = self._open_recorder(wanted.path, self._format, wanted.sound)
                self._current = (wanted, recorder)
            except Exception as error:
                log.warning("cannot record", exc_info=True)
                self._wanted = None
                self._on_recorded(wanted.path, error)

    def _pass_on(self, deed: Callable[[Recorder], None]) -> None:
        if not self._current:
            return
        film, recorder = self._current
        try:
            deed(recorder)
        except Exception as error:
            log.warning("recording failed", exc_info=True)
            self._current = self._wanted = None
            self._on_recorded(film.path, error)
            _closed(recorder)  # what more goes wrong has the same cause, which has been told

    def _finish(self, path: Path, recorder: Recorder) -> None:
        """Close the recorder aside: it may still have a second of frames to write."""

        def finish() -> None:
            error = _closed(recorder)
            self._on_recorded(path if error else getattr(recorder, "path", path), error)
            if remark := getattr(recorder, "remark", ""):
                self._on_remark(remark)

        thread = threading.Thread(target=finish, name="finishing recording", daemon=True)
        thread.start()
        self._finishing.append(thread)


def _closed(recorder: Recorder) -> Exception | None:
    """Close the recorder, and return what went wrong."""
    try:
        recorder.close()
    except Exception as error:
        log.warning("recording failed", exc_info=True)
        return error
    return None
