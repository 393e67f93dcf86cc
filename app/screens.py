"""One picture to several places."""

from collections.abc import Sequence
from contextlib import ExitStack

from core.video import Frame, VideoSink


class Screens:
    """Satisfies `VideoSink`: all of `sinks`, of which one that fails ends the session."""

    def __init__(self, sinks: Sequence[VideoSink]) -> None:
        self._sinks = sinks

    def send(self, frame: Frame) -> None:
        for sink in self._sinks:
            sink.send(frame)

    def close(self) -> None:
        """Close every sink, whatever the others say."""
        with ExitStack() as stack:
            for sink in self._sinks:
                stack.callback(sink.close)
