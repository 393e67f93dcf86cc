"""The parts of the program put together: a scene becomes a live session. No Qt."""

import threading
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol, runtime_checkable

from app.screens import Screens
from app.switches import Mutable, Pausable, Switches
from core.audio import AudioSource, SoundSink
from core.badge import Badged, BadgeOptions
from core.camera.client import Camera
from core.clock import WallClock
from core.engine_client import Engine
from core.engines import AUTO
from core.live.outlets import Outlets
from core.live.session import Session, Status
from core.look import Look
from core.plugin import SourcePlugin
from core.profile import Profile
from core.recording import Recording
from core.sound.fanout import Fanout
from core.sound.outputs import Desk
from core.sound.speaker import SpeakerFigures
from core.stream import AvatarStream
from core.video import VideoFormat, VideoSink

FORMAT = VideoFormat(1280, 720)


class Opener(Protocol):
    """Brings a profile to life; see `core.engine_client.Engine`."""

    def open(
        self, engine: str, look: Look, format: VideoFormat, tell: Callable[[str], None]
    ) -> tuple[AvatarStream, str]: ...

    def close(self) -> None: ...


@dataclass(frozen=True)
class Reports:
    """Who hears what happens; each is called on any thread."""

    status: Callable[[Status], None]
    recorded: Callable[[Path, Exception | None], None]
    """A recording is over."""
    sound: Callable[[Exception], None]
    """A place cannot play the voice any more."""
    engine: Callable[[str], None]
    """What the picture runs on, and why."""
    trouble: Callable[[str], None]
    """Something failed and another has taken over."""


class Page(Protocol):
    """A place for pictures that outlives the sessions that fill it."""

    def open(self, format: VideoFormat) -> VideoSink: ...


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
    page: Page | None = None
    """A page that shows the picture as well."""
    sound: tuple[str, ...] = ()
    """Names of the outputs that play the voice."""
    format: VideoFormat = FORMAT


class Studio:
    """Runs one scene at a time; engine, camera and virtual microphone stay between them.

    Used by one thread.
    """

    def __init__(
        self,
        reports: Reports,
        engine: Opener | None = None,
        camera: Camera | None = None,
        desk: Desk | None = None,
    ) -> None:
        self._reports = reports
        self._engine = engine or Engine()
        self._camera = camera or Camera()
        self._desk = desk or Desk()
        self.switches = Switches()
        self._outlets: Outlets | None = None
        self._source: AudioSource | None = None
        self._wanted: Path | None = None
        self.session: Session | None = None

    def start(self, scene: Scene) -> Session:
        """Go live; returns at once. What happens is told through `on_status`."""
        assert self.session is None, "one scene at a time"
        clock, reports = WallClock(), self._reports
        self.switches = switches = Switches()

        def open_source() -> AudioSource:
            self._source = scene.source.open(scene.options, clock)
            return Mutable(self._source, switches)

        def open_outlets(format: VideoFormat) -> Outlets:
            self._outlets = Outlets(format, self._screens(scene), Recording, self._reports.recorded)
            self._outlets.record(self._wanted)
            return self._outlets

        def open_sound() -> SoundSink:
            assert self._outlets
            recorder = _Borrowed(self._outlets)
            return Fanout([lambda: recorder, *self._desk.openers(scene.sound)], reports.sound)

        self.session = Session(
            open_source,
            lambda: self._opened(scene, switches),
            open_outlets,
            reports.status,
            open_sound,
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

    def sounds(self) -> list[SpeakerFigures]:
        """Return how each place that plays the voice is doing."""
        return self._desk.figures()

    def close(self, timeout: float) -> None:
        """End everything, camera and microphone with it; gives up on what hangs."""
        self.stop(timeout)
        closing = threading.Thread(target=self._put_away, name="closing devices", daemon=True)
        closing.start()
        closing.join(timeout)

    def _put_away(self) -> None:
        self._engine.close()
        self._camera.close()
        self._desk.close()

    def _opened(self, scene: Scene, switches: Switches) -> AvatarStream:
        """Runs on the session's engine thread."""
        stream, why = self._engine.open(
            scene.engine or AUTO, Look(scene.profile), scene.format, self._reports.trouble
        )
        self._reports.engine(why)
        return Pausable(Badged(stream, scene.badge) if scene.badge else stream, switches)

    def _screens(self, scene: Scene) -> VideoSink:
        sinks = [self._camera.open(scene.camera, scene.format)] if scene.camera else []
        sinks += [scene.page.open(scene.format)] if scene.page else []
        return Screens(sinks)


class _Borrowed:
    """Satisfies `SoundSink`: the outlets again, which are closed as the video sink they are."""

    def __init__(self, outlets: Outlets) -> None:
        self.play = outlets.play

    def close(self) -> None:
        pass
