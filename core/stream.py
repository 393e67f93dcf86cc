"""A living avatar, seen from outside: sound goes in, pictures come out."""

from collections.abc import Callable, Sequence
from typing import Protocol, TypeAlias, runtime_checkable

from core.audio import Samples
from core.look import Look
from core.profile import Framing
from core.speech_marks import Marks
from core.video import Frame, VideoFormat

SEED = 7
"""Of a performance nobody chose another seed for."""


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
        """Samples of look-ahead: a frame comes after this much later sound came in, or sooner."""
        ...

    def step(self, audio: Samples, marks: Marks | None = None) -> Sequence[Frame]:
        """Advance by one hop of sound, shape (hop,), and return the frames that are now ready.

        `marks`, where there are any, tell what is spoken in it and around it: whoever makes use of
        them need not listen, nor wait for what comes next.

        A frame's `sample` counts the samples given to this stream; frames come in order, each
        `SAMPLE_RATE / fps` samples after the one before, the first at 0.
        """
        ...

    def close(self) -> None: ...


@runtime_checkable
class Skippable(Protocol):
    """An `AvatarStream` that can save itself the painting while it is late."""

    def skip(self, audio: Samples, marks: Marks | None = None) -> int:
        """Advance as `step` does, but paint nothing; return how many frames are left out."""
        ...


def skip(stream: AvatarStream, audio: Samples, marks: Marks | None = None) -> int:
    """Let `stream` advance by one hop without showing it, as cheaply as it can."""
    if isinstance(stream, Skippable):
        return stream.skip(audio, marks)
    return len(stream.step(audio, marks))


ChangeCallback: TypeAlias = Callable[[Exception | None], None]
"""Hears, on any thread, that what was asked for is there, or why it could not be."""


@runtime_checkable
class Changeable(Protocol):
    """An `AvatarStream` that goes on while what it shows is replaced."""

    @property
    def framing(self) -> Framing:
        """Which part of the photo is shown now; any thread may ask."""
        ...

    def change(self, look: Look, on_changed: ChangeCallback) -> None:
        """Show `look` from the frame on at which it is ready. Any thread; returns at once.

        Where several are asked for before one is ready, only the last counts.
        """
        ...
