"""A test card: an avatar stream without a model, whose bar rises with the voice."""

from collections.abc import Sequence

import numpy as np

from core.audio import SAMPLE_RATE, Samples
from core.speech_marks import Marks
from core.video import Frame, VideoFormat


class TestCard:
    """Satisfies `AvatarStream` on any machine; for development and tests."""

    __test__ = False

    def __init__(self, format: VideoFormat, frames_per_step: int = 1) -> None:
        self.format = format
        self.hop = SAMPLE_RATE * frames_per_step // format.fps
        self.lag = 0
        self._frames = frames_per_step
        self._samples_taken = 0

    def step(self, audio: Samples, marks: Marks | None = None) -> Sequence[Frame]:  # noqa: ARG002
        return [self._draw(part) for part in np.array_split(audio, self._frames)]

    def skip(self, audio: Samples, marks: Marks | None = None) -> int:  # noqa: ARG002
        """See `Skippable.skip`."""
        self._samples_taken += len(audio)
        return self._frames

    def close(self) -> None:
        pass

    def _draw(self, audio: Samples) -> Frame:
        picture = np.zeros((self.format.height, self.format.width, 3), np.uint8)
        loudness = float(np.sqrt(np.mean(audio**2))) if audio.size else 0.0
        picture[int(self.format.height * (1 - min(1.0, loudness))) :] = 255
        frame = Frame(picture, self._samples_taken)
        self._samples_taken += len(audio)
        return frame
