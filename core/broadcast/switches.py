"""What people can switch while live: silence for the avatar, a placeholder for who watches."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from threading import Event

import numpy as np

from core.audio import AudioSource, Samples, Sound
from core.camera.placeholder import placeholder
from core.stream import AvatarStream
from core.video import Frame


@dataclass(frozen=True)
class Switches:
    """Set by the window, read by the threads of a session."""

    mute: Event = field(default_factory=Event)
    pause: Event = field(default_factory=Event)

    @property
    def silent(self) -> bool:
        """Nobody hears the voice, neither while muted nor while paused."""
        return self.mute.is_set() or self.pause.is_set()


class Mutable:
    """Satisfies `AudioSource`: another one, or silence in its place, without a click between."""

    def __init__(self, source: AudioSource, switches: Switches) -> None:
        self._source = source
        self._switches = switches
        self._gain = 0.0 if switches.silent else 1.0

    @property
    def dropped(self) -> int:
        return self._source.dropped

    def read(self, count: int, timeout: float) -> Sound | None:
        """See `AudioSource.read`; a switch fades within the piece that is read next."""
        sound = self._source.read(count, timeout)
        if sound is None:
            return None
        before, self._gain = self._gain, 0.0 if self._switches.silent else 1.0
        if before == self._gain == 1.0:
            return sound
        fade = np.linspace(before, self._gain, count, dtype=np.float32)
        return replace(sound, samples=sound.samples * fade)

    def close(self) -> None:
        self._source.close()


class Pausable:
    """Satisfies `AvatarStream`: another one, or a placeholder that says so in its place."""

    def __init__(self, stream: AvatarStream, switches: Switches) -> None:
        self._stream = stream
        self.format, self.hop, self.lag = stream.format, stream.hop, stream.lag
        self._switches = switches
        self._placeholder = placeholder(stream.format)

    def step(self, audio: Samples) -> Sequence[Frame]:
        """See `AvatarStream.step`; the other goes on meanwhile, so that it is back at once."""
        frames = self._stream.step(audio)
        if not self._switches.pause.is_set():
            return frames
        return [replace(frame, picture=self._placeholder) for frame in frames]

    def close(self) -> None:
        self._stream.close()
