"""The parts of the program put together: a scene becomes a live session. No Qt."""

import threading
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol, runtime_checkable

from core.audio import AudioSource
from core.badge import Badged, BadgeOptions
from core.camera.client import Camera
from core.clock import WallClock
from core.live.outlets import Outlets
from core.live.session import Session, Status
from core.plugin import SourcePlugin
from core.profile import Profile
from core.recording import Recording
from core.stream import AvatarStream
from core.video import VideoFormat

FORMAT = VideoFormat(1280, 720)


@runtime_checkable
class Speaking(Protocol):
    """What a source has that can be told what to say next."""

    def say(self, text: str) -> None: ...


@dataclass(frozen=True)
class Scene:
    """Who speaks, with which voice, and where it is shown."""

    source: SourcePlugin[Any]
    options: Any
    profile: Profile
    engine: str
    """Empty means the preferred one."""
    camera: str
    """Empty means none."""
    badge: BadgeOptions | None


class Studio:
    """Runs one scene at a time, and keeps the camera between them. Used by one thread."""

    def __init__(
        self,
        on_status: Callable[[Status], None],
        on_recorded: Callable[[Path, Exception | None], None],
        camera: Camera | None = None,
    ) -> None:
        self._on_status = on_status
        self._on_recorded = on_recorded
        self._camera = camera or Camera()
        self._outlets: Outlets | None = None
        self._source: AudioSource | None = None
        self._wanted: Path | None = None
        self.session: Session | None = None

    def start(self, scene: Scene) -> Session:
        """Go live; returns at once. What happens is told through `on_status`."""
        assert self.session is None, "one scene at a time"
        clock = WallClock()

        def open_source() -> AudioSource:
            self._source = scene.source.open(scene.options, clock)
            return self._source

        def open_outlets(format: VideoFormat) -> Outlets:
            camera = self._camera.open(scene.camera, format) if scene.camera else None
            self._outlets = Outlets(format, camera, Recording, self._on_recorded)
            self._outlets.record(self._wanted)
            return self._outlets

        def sound_outlet() -> "_Borrowed":
            assert self._outlets
            return _Borrowed(self._outlets)

        self.session = Session(
            open_source,
            lambda: _opened(scene),
            open_outlets,
            self._on_status,
            sound_outlet,
            clock,
        )
        return self.session.__enter__()

    def stop(self, timeout: float | None = None) -> bool:
        """End the scene; False if it has not ended within `timeout` seconds."""
        session = self.session
        if session is None:
            return True
        session.stop()
        if not session.join(timeout):
            return False
        self.session = self._outlets = self._source = self._wanted = None
        return True

    @property
    def speaks(self) -> bool:
        """Whether what is live can be told what to say."""
        return isinstance(self._source, Speaking)

    def say(self, text: str) -> None:
        """Let the source speak `text`, if it is one that speaks.

        Raises:
            ValueError: there is nothing in it to speak.
        """
        if isinstance(self._source, Speaking):
            self._source.say(text)

    def record(self, path: Path | None) -> None:
        """Record into `path` from now on, or stop recording."""
        self._wanted = path
        if self._outlets:
            self._outlets.record(path)

    def close(self, timeout: float) -> None:
        """End everything, and the camera with it; gives up on what hangs."""
        self.stop(timeout)
        closing = threading.Thread(target=self._camera.close, name="closing camera", daemon=True)
        closing.start()
        closing.join(timeout)


class _Borrowed:
    """Satisfies `SoundSink`: the outlets again, which are closed as the video sink they are."""

    def __init__(self, outlets: Outlets) -> None:
        self.play = outlets.play

    def close(self) -> None:
        pass


def _opened(scene: Scene) -> AvatarStream:
    """Runs on the engine thread: only here the networks are imported."""
    from core.engine import ENGINES, open_stream

    stream, _ = open_stream(scene.engine or next(iter(ENGINES)), scene.profile, FORMAT)
    return Badged(stream, scene.badge) if scene.badge else stream
