"""Parts of a broadcast that are replaced while it goes on.

Each is there before anything is opened. What takes long to open is opened on another thread, then
handed over.
"""

import threading
from collections.abc import Callable, Sequence
from contextlib import ExitStack

from core.audio import Sound, SoundSink
from core.look import Look
from core.profile import Framing
from core.stream import AvatarStream, Changeable, ChangeCallback
from core.video import Frame, VideoSink


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
