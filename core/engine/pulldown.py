"""Frame-rate conversion by pulldown: frames repeated or dropped, with new times."""

from collections.abc import Sequence
from dataclasses import replace
from itertools import count

from core.audio import SAMPLE_RATE, Samples
from core.speech_marks import Marks
from core.stream import AvatarStream, skip
from core.video import Frame


class Pulldown:
    """Satisfies `AvatarStream`: another one at `fps`; each frame shows the newest picture there is.

    For engines whose time cannot be divided; nothing comes later, but motion is not as even.
    """

    def __init__(self, stream: AvatarStream, fps: int) -> None:
        self._stream = stream
        self._source_fps = stream.format.fps
        self.format = replace(stream.format, fps=fps)
        self.hop, self.lag = stream.hop, stream.lag
        self._frames_in = self._frames_out = 0

    def step(self, audio: Samples, marks: Marks | None = None) -> Sequence[Frame]:
        """See `AvatarStream.step`."""
        frames = []
        for frame in self._stream.step(audio, marks):
            self._frames_in += 1
            frames += self._repeat(frame)
        return frames

    def skip(self, audio: Samples, marks: Marks | None = None) -> int:
        """See `Skippable.skip`."""
        self._frames_in += skip(self._stream, audio, marks)
        skipped = -(-self._frames_in * self.format.fps // self._source_fps) - self._frames_out
        self._frames_out += skipped
        return skipped

    def close(self) -> None:
        self._stream.close()

    def _repeat(self, frame: Frame) -> list[Frame]:
        """Return `frame` for each moment before the engine's next one."""
        repeated = []
        for index in count(self._frames_out):
            if index * self._source_fps >= self._frames_in * self.format.fps:
                break
            repeated.append(replace(frame, sample=round(index * SAMPLE_RATE / self.format.fps)))
        self._frames_out += len(repeated)
        return repeated
