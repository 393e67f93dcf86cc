"""A living avatar, seen from outside: sound goes in, pictures come out."""

from collections.abc import Sequence
from typing import Protocol

from core.audio import Samples
from core.video import Frame, VideoFormat


class AvatarStream(Protocol):
    """One avatar in motion. Not thread-safe: one thread opens, steps and closes it."""

    @property
    def format(self) -> VideoFormat: ...

    @property
    def hop(self) -> int:
        """Samples that one step consumes; a constant of the stream."""
        ...

    @property
    def lag(self) -> int:
        """Samples of look-ahead: a frame is returned only after this much later sound came in."""
        ...

    def step(self, audio: Samples) -> Sequence[Frame]:
        """Advance by one hop of sound, shape (hop,), and return the frames that are now ready.

        A frame's `sample` counts the samples given to this stream; frames come in order, each
        `SAMPLE_RATE / fps` samples after the one before, the first at 0.
        """
        ...

    def close(self) -> None: ...
