"""What people can switch while live: silence for the avatar, a placeholder for who watches."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from threading import Event

from core.audio import Samples
from core.camera.placeholder import placeholder
from core.speech_marks import Marks
from core.stream import AvatarStream, skip
from core.video import Frame


@dataclass
class Switches:
    """Set by whoever is live, read by the threads of a session."""

    mute: Event = field(default_factory=Event)
    pause: Event = field(default_factory=Event)
    gain: float = 1.0
    """What the voice is multiplied by, before anybody hears it."""

    @property
    def silent(self) -> bool:
        """Nobody hears the voice, neither while muted nor while paused."""
        return self.mute.is_set() or self.pause.is_set()


class Pausable:
    """Satisfies `AvatarStream`: another one, or a placeholder that says so in its place."""

    def __init__(self, stream: AvatarStream, switches: Switches) -> None:
        self._stream = stream
        self.format, self.hop, self.lag = stream.format, stream.hop, stream.lag
        self._switches = switches
        self._placeholder = placeholder(stream.format)

    def step(self, audio: Samples, marks: Marks | None = None) -> Sequence[Frame]:
        """See `AvatarStream.step`; the other goes on meanwhile, so that it is back at once."""
        frames = self._stream.step(audio, marks)
        if not self._switches.pause.is_set():
            return frames
        return [replace(frame, picture=self._placeholder, cover=None) for frame in frames]

    def skip(self, audio: Samples, marks: Marks | None = None) -> int:
        """See `Skippable.skip`."""
        return skip(self._stream, audio, marks)

    def close(self) -> None:
        self._stream.close()
