"""What every frame of an avatar bears, put into the frames where they are made."""

from collections.abc import Sequence
from typing import Protocol

from core.audio import Samples
from core.look import Look
from core.profile import Framing
from core.speech_marks import Marks
from core.stream import AvatarStream, Changeable, ChangeCallback, skip
from core.video import Cover, Frame, Picture


class Imprint(Protocol):
    """Something visible or invisible that pictures of one size bear."""

    def apply(self, picture: Picture, cover: Cover | None = None) -> None:
        """Put it into `picture`, and into what it covers; both must be the caller's own."""
        ...


class Imprinted:
    """Satisfies `AvatarStream`: another one, with the imprint on every frame.

    It is put into the frames themselves, which a stream gives away; one that is repeated bears it
    already.
    """

    def __init__(self, stream: AvatarStream, imprint: Imprint) -> None:
        self.format, self.hop, self.lag = stream.format, stream.hop, stream.lag
        self._stream = stream
        self._imprint = imprint
        self._last: Picture | None = None

    def step(self, audio: Samples, marks: Marks | None = None) -> Sequence[Frame]:
        """See `AvatarStream.step`."""
        frames = self._stream.step(audio, marks)
        for frame in frames:
            if frame.picture is not self._last:
                self._imprint.apply(frame.picture, frame.cover)
                self._last = frame.picture
        return frames

    def skip(self, audio: Samples, marks: Marks | None = None) -> int:
        """See `Skippable.skip`."""
        return skip(self._stream, audio, marks)

    def close(self) -> None:
        self._stream.close()


class ChangeableImprinted(Imprinted):
    """Satisfies `Changeable` as well."""

    def __init__(self, stream: AvatarStream, imprint: Imprint, changeable: Changeable) -> None:
        """`changeable` is the same stream."""
        super().__init__(stream, imprint)
        self._changeable = changeable

    @property
    def framing(self) -> Framing:
        """See `Changeable.framing`."""
        return self._changeable.framing

    def change(self, look: Look, on_changed: ChangeCallback) -> None:
        """See `Changeable.change`."""
        self._changeable.change(look, on_changed)


def imprinted(stream: AvatarStream, imprint: Imprint) -> AvatarStream:
    """Return `stream` with the imprint on it, as `Changeable` as it is."""
    if isinstance(stream, Changeable):
        return ChangeableImprinted(stream, imprint, stream)
    return Imprinted(stream, imprint)
