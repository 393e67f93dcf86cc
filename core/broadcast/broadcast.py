"""A scene goes live: engine, voice, screens and sound put together into one session. No Qt."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from core.audio import AudioSource, SoundSink
from core.broadcast.checked_source import open_checked
from core.broadcast.handover import LiveAvatar, LiveScreens, LiveSound
from core.broadcast.lasting_camera import LastingCamera
from core.broadcast.live_recording import LiveRecording, OpenRecorder
from core.broadcast.live_source import LiveSource
from core.broadcast.opening_source import OpeningSource
from core.broadcast.scene import Scene
from core.broadcast.serial_worker import SerialWorker
from core.broadcast.shared_devices import Devices
from core.broadcast.switches import Pausable, Switches
from core.clock import Clock, WallClock
from core.engine.names import AUTO
from core.film.film_sound import AAC
from core.film.recording import keeping_all
from core.live.figures import Figures
from core.live.session import LeftBehind, Phase, Session, Status
from core.look import Look
from core.plugin import SourcePlugin
from core.profile import Framing
from core.sentence import said
from core.sound.fanout import Fanout
from core.stream import AvatarStream, ChangeCallback
from core.video import Frame, VideoFormat, VideoSink

PATIENCE = 2.0
"""Seconds that a change which is under way at the end may still take; then it is left to itself."""


@dataclass(frozen=True)
class Reports:
    """Who hears what happens; each is called on any thread."""

    status: Callable[[Status], None]
    recorded: Callable[[Path, Exception | None], None]
    """A recording is over."""
    sound: Callable[[Exception], None]
    """A place cannot play the voice for now: why."""
    engine: Callable[[str], None]
    """What the picture runs on, and why."""
    trouble: Callable[[str], None]
    """Something failed, and how it goes on."""


class Broadcast:
    """One scene, live from `start` to its end. Single-use; one thread holds it.

    What the session's threads open, they put into parts that are there from the beginning; so
    whatever is asked of a broadcast can be asked at any time.
    """

    def __init__(
        self,
        scene: Scene,
        devices: Devices,
        reports: Reports,
        clock: Clock | None = None,
        open_recorder: OpenRecorder = keeping_all,
    ) -> None:
        self.scene = scene
        self.switches = Switches()
        self._devices, self._reports = devices, reports
        self._clock = clock or WallClock()
        self._avatar = LiveAvatar()
        self._source = LiveSource(self.switches, reports.trouble, self._clock)
        self._recording = LiveRecording(
            scene.format, open_recorder, reports.recorded, reports.trouble
        )
        self._screens, self._sound = LiveScreens(), LiveSound(self._recording)
        self._worker = SerialWorker(lambda error: reports.trouble(str(error)))
        self._session = Session(
            self._open_source,
            self._open_avatar,
            self._open_screens,
            self._tell,
            self._open_sound,
            self._clock,
            tell=reports.trouble,
            abandon=self._abandon,
        )

    def start(self) -> None:
        """Go live; returns at once. What happens is told through `Reports.status`.

        Raises:
            EngineInUse: another broadcast has not ended yet.
        """
        self._devices.lease.take()
        self._session.start()

    def stop(self) -> None:
        """Ask for the end and return at once."""
        self._session.stop()

    def join(self, timeout: float | None = None) -> bool:
        """Wait for the end; False if `timeout` seconds were not enough."""
        if not self._session.join(timeout):
            return False
        self._worker.join(min(PATIENCE, PATIENCE if timeout is None else timeout))
        self._source.close()
        return self._recording.join(timeout)

    def finish(self, timeout: float) -> bool:
        """Wait until each film that is over is written and signed; False if it takes longer."""
        return self._recording.join(timeout)

    def change(self, look: Look, on_changed: ChangeCallback) -> bool:
        """Show another look; False if this engine has to be started anew for it."""
        return self._avatar.change(look, on_changed)

    @property
    def framing(self) -> Framing | None:
        """Which part of the photo is shown, where that can be changed while live."""
        return self._avatar.framing

    def listen_to(self, plugin: SourcePlugin[Any], options: Any) -> None:
        """Let another voice go on; the one before stays if this one cannot be opened."""

        def opened() -> AudioSource:
            return open_checked(plugin, options, self._clock)

        self._worker.do(lambda: self._source.hand_over(opened(), opened))

    def show_on(self, camera: str) -> None:
        """Show the picture on another camera, or none; the session goes on if there is none."""

        def task() -> None:
            self._screens.put("camera", None)  # opening holds up whoever shows a picture meanwhile
            if camera:
                self._screens.put("camera", self._camera(camera))

        if self._screens.on:
            self._worker.do(task)

    def play_on(self, names: tuple[str, ...]) -> None:
        """Let the voice be heard in other places."""
        if self._sound.on:
            self._worker.do(lambda: self._sound.replace(lambda: self._places(names)))

    def record(self, path: Path | None, sound: str = AAC) -> None:
        """Record into `path` from now on, with one of `SOUNDS`, or stop recording."""
        self._recording.record(path, sound)

    @property
    def speaks(self) -> bool:
        """Whether the voice can be told what to say."""
        return self._source.speaks

    def say(self, text: str) -> None:
        """Let the voice speak `text`, if it is one that speaks.

        Raises:
            ValueError: there is nothing in it to speak.
        """
        self._source.say(text)

    def interrupt(self) -> None:
        """Let the voice say no more of what it was told to.

        Raises:
            ValueError: it is one that cannot be interrupted.
        """
        self._source.interrupt()

    @property
    def level(self) -> float:
        """How loud the voice is that comes in; root of the mean square, 0 to 1."""
        return self._source.level

    @property
    def latest(self) -> Frame | None:
        """The picture that was sent last."""
        return self._session.latest

    def figures(self) -> Figures:
        """Return rate, latency and losses so far; any thread may ask."""
        return self._session.figures()

    def _tell(self, status: Status) -> None:
        """Runs on the session's threads; the last status comes when the avatar is closed."""
        if isinstance(status.error, LeftBehind):
            self._devices.engine.forget_avatar()
        if status.phase in (Phase.STOPPED, Phase.FAILED):
            self._devices.lease.give_back()
        self._reports.status(status)

    def _open_avatar(self) -> AvatarStream:
        scene = self.scene
        stream, why = self._devices.engine.open(
            scene.engine or AUTO, scene.look, scene.format, self._reports.trouble, scene.badge
        )
        self._avatar.begin(stream)
        self._reports.engine(why)
        return Pausable(stream, self.switches)

    def _open_source(self) -> AudioSource:
        """Return at once where the voice takes its time: the picture does not wait for it."""

        def opened() -> AudioSource:
            return open_checked(self.scene.source, self.scene.options, self._clock)

        early = OpeningSource(self._clock, self._reports.trouble)
        self._source.begin(early)
        self._worker.do(lambda: early.open(opened, self._source))
        early.wait()
        return self._source

    def _open_screens(self, format: VideoFormat) -> VideoSink:
        sinks: dict[str, VideoSink] = {}
        if self.scene.camera:
            sinks["camera"] = self._camera(self.scene.camera)
        if self.scene.page:
            sinks["page"] = self.scene.page.open(format)
        self._screens.begin({**sinks, "recording": self._recording})
        return self._screens

    def _camera(self, name: str) -> VideoSink:
        return LastingCamera(
            lambda: self._devices.camera.open(name, self.scene.format),
            self._reports.trouble,
            self._clock,
        )

    def _open_sound(self) -> SoundSink:
        self._sound.begin(self._places(self.scene.sound))
        return self._sound

    def _places(self, names: tuple[str, ...]) -> SoundSink:
        openers = self._devices.outputs.openers(names)
        return Fanout(openers, self._reports.sound, self._tell_sound_is_back)

    def _tell_sound_is_back(self) -> None:
        self._reports.trouble(said("The voice is heard there again."))

    def _abandon(self) -> None:
        """Set free what the session's threads may be waiting for."""
        self._devices.engine.forget_avatar()
        self._source.close()
