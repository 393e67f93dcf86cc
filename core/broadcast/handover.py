"""Parts of a broadcast that are replaced while it goes on.

Each is there before anything is opened. What takes long to open is opened on another thread, then
handed over.
"""

import threading
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import replace
from typing import Protocol, runtime_checkable

import numpy as np

from core.audio import AudioSource, EndOfAudio, Sound, SoundSink
from core.broadcast.switches import Switches
from core.look import Look
from core.profile import Framing
from core.stream import AvatarStream, Changeable, ChangeCallback
from core.video import Frame, VideoSink


@runtime_checkable
class Speaking(Protocol):
    """What a source has that can be told what to say next."""

    def say(self, text: str) -> None: ...


class LiveSource:
    """Satisfies `AudioSource`: one after another, in one stream time; silence while muted.

    One thread begins and reads; any may hand over another.
    """

    def __init__(self, switches: Switches) -> None:
        self._switches = switches
        self._current: AudioSource = _NoSource()
        self._waiting: AudioSource | None = None
        self._lock = threading.Lock()
        self._closed = False
        self._lost = 0
        """Samples that sources lost which are gone."""
        self._begin = self._at = 0
        """Stream time at which the current source began, and of what is read next."""
        self._gain = 1.0
        self.level = 0.0
        """Loudness of what was read last, muted or not: root of the mean square, 0 to 1."""

    @property
    def dropped(self) -> int:
        return self._lost + self._current.dropped

    @property
    def speaks(self) -> bool:
        """Whether the current source can be told what to say."""
        return isinstance(self._current, Speaking)

    def say(self, text: str) -> None:
        """Let the current source speak `text`, if it is one that speaks.

        Raises:
            ValueError: there is nothing in it to speak.
        """
        if isinstance(self._current, Speaking):
            self._current.say(text)

    def begin(self, source: AudioSource) -> None:
        """Take the first source."""
        self._current = source
        self._gain = self._wanted_gain()

    def hand_over(self, source: AudioSource) -> None:
        """Let `source` go on from the next piece; any thread. The one before is closed."""
        with self._lock:
            if self._closed:
                late: AudioSource | None = source
            else:
                late, self._waiting = self._waiting, source
        if late:
            late.close()

    def read(self, count: int, timeout: float) -> Sound | None:
        """See `AudioSource.read`; a switch fades within the piece that is read next."""
        self._take_over()
        try:
            sound = self._current.read(count, timeout)
        except EndOfAudio:
            if not self._take_over():
                raise
            return None
        if sound is None:
            return None
        self.level = float(np.sqrt(np.mean(np.square(sound.samples))))
        start = self._begin + sound.start
        self._at = start + count
        faded = self._faded(sound)
        silent = sound.marks is not None and not self._gain  # nothing is spoken, so lips rest
        return replace(faded, start=start, marks=() if silent else sound.marks)

    def close(self) -> None:
        """See `AudioSource.close`."""
        with self._lock:
            self._closed = True
            waiting, self._waiting = self._waiting, None
        if waiting:
            waiting.close()
        self._current.close()

    def _take_over(self) -> bool:
        if self._waiting is None:  # so far; nobody waits for the lock in vain
            return False
        with self._lock:
            old, after, self._waiting = self._current, self._waiting, None
            if after is None:
                return False
            self._lost += old.dropped
            self._current, self._begin = after, self._at
        old.close()
        return True

    def _faded(self, sound: Sound) -> Sound:
        before, self._gain = self._gain, self._wanted_gain()
        if before == self._gain == 1.0:
            return sound
        fade = np.linspace(before, self._gain, len(sound.samples), dtype=np.float32)
        voice = sound.voice
        if voice is not None:
            voice = voice * np.linspace(before, self._gain, len(voice), dtype=np.float32)[:, None]
        return replace(sound, samples=sound.samples * fade, voice=voice)

    def _wanted_gain(self) -> float:
        return 0.0 if self._switches.silent else 1.0


class _NoSource:
    """Satisfies `AudioSource`: what there is before the first one."""

    dropped = 0

    def read(self, count: int, timeout: float) -> Sound | None:  # noqa: ARG002
        raise EndOfAudio

    def close(self) -> None:
        pass


class LiveAvatar:
    """The look of the avatar that performs; one thread sets the stream, any other changes it."""

    def __init__(self) -> None:
        self._changeable: Changeable | None = None

    def begin(self, stream: AvatarStream) -> None:
        """Let changes go to `stream`, if it can show another look."""
        self._changeable = stream if isinstance(stream, Changeable) else None

    @property
    def framing(self) -> Framing | None:
        """Which part of the photo is shown, where that can be changed."""
        return self._changeable.framing if self._changeable else None

    def change(self, look: Look, on_changed: ChangeCallback) -> bool:
        """Show another look; False if the engine has to be started anew for it."""
        if self._changeable is None:
            return False
        self._changeable.change(look, on_changed)
        return True


class LiveScreens:
    """Satisfies `VideoSink`: all that are on, of which one that fails ends the session."""

    def __init__(self) -> None:
        self._sinks: dict[str, VideoSink] = {}
        self.on = False
        """Whether the first ones have been opened."""

    def begin(self, sinks: dict[str, VideoSink]) -> None:
        """Show on these from the first frame on."""
        self._sinks, self.on = sinks, True

    def put(self, name: str, sink: VideoSink | None) -> None:
        """Show on `sink` what comes from now on, in place of the one of that name.

        Any one thread at a time.
        """
        others = {key: value for key, value in self._sinks.items() if key != name}
        self._sinks = {**others, name: sink} if sink else others

    def send(self, frame: Frame) -> None:
        for sink in self._sinks.values():
            sink.send(frame)

    def close(self) -> None:
        """Close each, the last first, whatever the others say."""
        with ExitStack() as stack:
            for sink in self._sinks.values():
                stack.callback(sink.close)


class LiveSound:
    """Satisfies `SoundSink`: a recorder, and places that can be replaced."""

    def __init__(self, recorder: SoundSink) -> None:
        self._recorder = recorder
        self._places: Sequence[SoundSink] = ()
        self._lock = threading.Lock()
        self._closed = False
        self.on = False
        """Whether the first places have been opened."""

    def begin(self, places: SoundSink) -> None:
        """Play there from the first sound on."""
        self._put((places,))
        self.on = True

    def replace(self, open_places: Callable[[], SoundSink]) -> None:
        """Close the places there are, then open others; any one thread at a time."""
        self._put(())
        self._put((open_places(),))

    def play(self, sound: Sound) -> None:
        self._recorder.play(sound)
        with self._lock:
            for place in self._places:
                place.play(sound)

    def close(self) -> None:
        """Close the places; the recorder belongs to somebody else."""
        self._closed = True
        self._put(())

    def _put(self, places: Sequence[SoundSink]) -> None:
        with self._lock:
            late = places if self._closed else ()
            old, self._places = self._places, () if self._closed else places
        for place in (*old, *late):
            place.close()
