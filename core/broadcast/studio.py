"""The parts of the program put together: a scene becomes a live session. No Qt."""

import threading
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol, runtime_checkable

from core.audio import AudioSource
from core.broadcast.badge import Badged, BadgeOptions
from core.broadcast.handover import Aside, LiveScreens, LiveSound, LiveSource
from core.broadcast.outlets import Outlets
from core.broadcast.switches import Mutable, Pausable, Switches
from core.camera.client import Camera
from core.clock import WallClock
from core.engine.client import Engine
from core.engine.names import AUTO
from core.film.recording import Recording
from core.live.session import Session, Status
from core.look import AS_PHOTO, Background, Look
from core.plugin import SourcePlugin
from core.profile import Framing, Profile
from core.sound.fanout import Fanout
from core.sound.outputs import Desk
from core.sound.speaker import SpeakerFigures
from core.stream import AvatarStream, Changeable, ChangeCallback
from core.video import Frame, VideoFormat, VideoSink

FORMAT = VideoFormat(1280, 720)


class Opener(Protocol):
    """Brings a profile to life; see `core.engine.client.Engine`."""

    def prefetch(self, profile: Profile) -> None: ...

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
    background: Background = AS_PHOTO

    @property
    def look(self) -> Look:
        return Look(self.profile, self.background)


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
        self._aside = Aside(lambda error: reports.trouble(str(error)))
        self._scene: Scene | None = None
        self._clock = WallClock()
        self._outlets: Outlets | None = None
        self._source: LiveSource | None = None
        self._screens: LiveScreens | None = None
        self._sound: LiveSound | None = None
        self._stream: AvatarStream | None = None
        self._wanted: Path | None = None
        self.session: Session | None = None

    def start(self, scene: Scene) -> Session:
        """Go live; returns at once. What happens is told through `on_status`."""
        assert self.session is None, "one scene at a time"
        self._scene, reports = scene, self._reports
        self.switches = switches = Switches()

        def open_source() -> AudioSource:
            self._source = LiveSource(scene.source.open(scene.options, self._clock))
            return Mutable(self._source, switches)

        def open_outlets(format: VideoFormat) -> Outlets:
            self._screens = LiveScreens(self._open_screens(scene))
            self._outlets = Outlets(format, self._screens, Recording, reports.recorded)
            self._outlets.record(self._wanted)
            return self._outlets

        def open_sound() -> LiveSound:
            assert self._outlets
            places = Fanout(self._desk.openers(scene.sound), reports.sound)
            self._sound = LiveSound(self._outlets, places)
            return self._sound

        self.session = Session(
            open_source,
            lambda: self._opened(scene, switches),
            open_outlets,
            reports.status,
            open_sound,
            self._clock,
        )
        return self.session.__enter__()

    def prefetch(self, profile: Profile) -> None:
        """Let the engine look at who is likely to go live next, so that the start is quicker."""
        self._engine.prefetch(profile)

    def rehearsal(self, scene: Scene, on_status: Callable[[Status], None]) -> Session | None:
        """Return a session that is only heard and looked at; None while something is live.

        Whoever gets it enters and ends it, before the next `start`.
        """
        if self.session:
            return None
        return Session(
            lambda: scene.source.open(scene.options, self._clock),
            lambda: self._rehearsed(scene),
            lambda _: LiveScreens({}),
            on_status,
            lambda: Fanout(self._desk.openers(scene.sound), self._reports.sound),
            self._clock,
        )

    def stop(self, timeout: float | None = None) -> bool:
        """End the scene; False if it has not ended within `timeout` seconds."""
        session = self.session
        if session is None:
            return True
        session.stop()
        if not session.join(timeout):
            return False
        self._aside.join(timeout)
        self.session = self._outlets = self._source = self._wanted = None
        self._scene = self._screens = self._sound = self._stream = None
        return True

    def change(self, look: Look, told: ChangeCallback) -> bool:
        """Show another look while live; False if this engine has to be started anew for it."""
        stream = self._stream
        if not isinstance(stream, Changeable):
            return False
        stream.change(look, told)
        return True

    @property
    def framing(self) -> Framing | None:
        """Which part of the photo is shown, where that can be changed while live."""
        stream = self._stream
        return stream.framing if isinstance(stream, Changeable) else None

    def listen_to(self, plugin: SourcePlugin[Any], options: Any) -> None:
        """Let another voice go on; the one before stays if this one cannot be opened."""

        def deed() -> None:
            if source := self._source:
                source.hand_over(plugin.open(options, self._clock))

        self._aside.do(deed)

    def show_on(self, camera: str) -> None:
        """Show the picture on another camera, or none; the session goes on if there is none."""
        scene, screens = self._scene, self._screens
        if scene is None or screens is None:
            return

        def deed() -> None:
            screens.put("camera", None)  # opening holds up whoever shows a picture meanwhile
            if camera:
                screens.put("camera", self._camera.open(camera, scene.format))

        self._aside.do(deed)

    def play_on(self, names: tuple[str, ...]) -> None:
        """Let the voice be heard in other places."""
        if sound := self._sound:
            openers = self._desk.openers(names)
            self._aside.do(lambda: sound.replace(lambda: Fanout(openers, self._reports.sound)))

    @property
    def latest(self) -> Frame | None:
        """The picture that was sent last."""
        return self.session.latest if self.session else None

    @property
    def level(self) -> float:
        """How loud the voice is that comes in; root of the mean square, 0 to 1."""
        return self._source.level if self._source else 0.0

    @property
    def speaks(self) -> bool:
        """Whether what is live can be told what to say."""
        return self._source is not None and isinstance(self._source.current, Speaking)

    def say(self, text: str) -> None:
        """Let the source speak `text`, if it is one that speaks.

        Raises:
            ValueError: there is nothing in it to speak.
        """
        if self._source and isinstance(self._source.current, Speaking):
            self._source.current.say(text)

    def record(self, path: Path | None) -> None:
        """Record into `path` from now on, or stop recording."""
        self._wanted = path
        if self._outlets:
            self._outlets.record(path)

    def sounds(self) -> list[SpeakerFigures]:
        """Return how each place that plays the voice is doing."""
        return self._desk.figures()

    def warning(self) -> str:
        """Return what others would notice of the sound; empty if nothing. May take a moment."""
        return self._desk.warning()

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
            scene.engine or AUTO, scene.look, scene.format, self._reports.trouble
        )
        self._stream = stream
        self._reports.engine(why)
        return Pausable(Badged(stream, scene.badge) if scene.badge else stream, switches)

    def _rehearsed(self, scene: Scene) -> AvatarStream:
        stream, _ = self._engine.open(
            scene.engine or AUTO, scene.look, scene.format, self._reports.trouble
        )
        return Badged(stream, scene.badge) if scene.badge else stream

    def _open_screens(self, scene: Scene) -> dict[str, VideoSink]:
        sinks: dict[str, VideoSink] = {}
        if scene.camera:
            sinks["camera"] = self._camera.open(scene.camera, scene.format)
        if scene.page:
            sinks["page"] = scene.page.open(scene.format)
        return sinks
