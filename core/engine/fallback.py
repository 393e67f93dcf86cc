"""Fallback: when an engine fails in mid-call, another takes over and the picture goes on."""

import logging
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

from core.audio import SAMPLE_RATE, Samples
from core.sentence import first_line, said
from core.speech_marks import Marks, shifted
from core.stream import AvatarStream, skip
from core.video import Frame

log = logging.getLogger(__name__)


class FallbackStream:
    """Satisfies `AvatarStream`: one stream, and another one after its first error.

    Frame times stay gapless: what the failed stream still owed is filled with its last picture,
    and the frames of the fallback go on from there.
    """

    def __init__(
        self,
        stream: AvatarStream,
        open_fallback: Callable[[], AvatarStream],
        tell: Callable[[str], None],
    ) -> None:
        """`open_fallback` runs on the thread that steps; `tell` gets one sentence for people."""
        self.format, self.hop, self.lag = stream.format, stream.hop, stream.lag
        self._stream, self._open_fallback, self._tell = stream, open_fallback, tell
        self._samples_taken = 0
        self._offset: int | None = None
        self._last_frame: Frame | None = None

    def step(self, audio: Samples, marks: Marks | None = None) -> Sequence[Frame]:
        """See `AvatarStream.step`."""
        if self._offset is not None:
            return self._step_fallback(audio, marks, self._offset)
        try:
            frames = self._stream.step(audio, marks)
        except Exception as error:
            log.exception("the engine failed")
            self._switch(error)
            return self.step(audio, marks)
        self._samples_taken += len(audio)
        self._last_frame = frames[-1] if frames else self._last_frame
        return frames

    def skip(self, audio: Samples, marks: Marks | None = None) -> int:
        """See `Skippable.skip`."""
        if self._offset is not None:
            return sum(skip(self._stream, *piece) for piece in self._pieces(audio, marks))
        try:
            skipped = skip(self._stream, audio, marks)
        except Exception as error:
            log.exception("the engine failed")
            self._switch(error)
            return self.skip(audio, marks)
        self._samples_taken += len(audio)
        return skipped

    def close(self) -> None:
        """See `AvatarStream.close`."""
        self._stream.close()

    def _switch(self, error: Exception) -> None:
        try:
            self._stream.close()
        except Exception:
            log.exception("the failed engine did not close")
        self._stream = self._open_fallback()
        if self.hop % self._stream.hop or self._stream.format != self.format:
            raise RuntimeError(
                said(
                    "the engine failed ({0}), and the other one takes {1} samples at a time, "
                    "which do not make {2}:",
                    error,
                    self._stream.hop,
                    self.hop,
                    remedy="start again with another engine",
                )
            ) from error
        self._offset = self._samples_taken
        self._tell(
            said("The engine failed ({0}); a simpler one has taken over.", first_line(error))
        )

    def _step_fallback(self, audio: Samples, marks: Marks | None, offset: int) -> list[Frame]:
        frames = [
            replace(frame, sample=frame.sample + offset)
            for piece in self._pieces(audio, marks)
            for frame in self._stream.step(*piece)
        ]
        if self._last_frame is not None and frames:
            frames = [*self._fill_gap(self._last_frame, frames[0].sample), *frames]
            self._last_frame = None
        return frames

    def _pieces(
        self, audio: Samples, marks: Marks | None
    ) -> Iterator[tuple[Samples, Marks | None]]:
        """Yield hops of the stream that has taken over, each with its marks."""
        seconds = self._stream.hop / SAMPLE_RATE
        for index, piece in enumerate(audio.reshape(-1, self._stream.hop)):
            yield piece, marks and shifted(marks, -index * seconds)

    def _fill_gap(self, last: Frame, until: int) -> list[Frame]:
        """Repeat the failed stream's last frame up to the fallback's first."""
        step = SAMPLE_RATE // self.format.fps
        return [replace(last, sample=at) for at in range(last.sample + step, until, step)]
