"""One sound to several places, of which any may fail without the others."""

import logging
from collections.abc import Callable, Sequence

from core.audio import Sound, SoundSink

log = logging.getLogger(__name__)


class Fanout:
    """Satisfies `SoundSink`. One thread opens, plays and closes it.

    A sink that cannot be opened, or fails later, is dropped; `on_error` hears of it on the playing
    thread.
    """

    def __init__(
        self, open_sinks: Sequence[Callable[[], SoundSink]], on_error: Callable[[Exception], None]
    ) -> None:
        self._on_error = on_error
        self._sinks: list[SoundSink] = []
        for open_sink in open_sinks:
            try:
                self._sinks.append(open_sink())
            except Exception as error:
                log.warning("cannot play there", exc_info=True)
                on_error(error)

    def play(self, sound: Sound) -> None:
        """See `SoundSink.play`."""
        for sink in list(self._sinks):
            try:
                sink.play(sound)
            except Exception as error:
                log.warning("no more sound there", exc_info=True)
                self._sinks.remove(sink)
                self._on_error(error)
                self._closed(sink)

    def close(self) -> None:
        """Close every sink, whatever the others say."""
        while self._sinks:
            self._closed(self._sinks.pop())

    def _closed(self, sink: SoundSink) -> None:
        try:
            sink.close()
        except Exception as error:
            log.warning("not closed as it should be", exc_info=True)
            self._on_error(error)
