"""Scenes become sessions; the camera stays between them."""

import logging
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any, cast

import numpy as np
import pytest

from core.audio import AudioSource, PacedSource
from core.engine.badge import BadgeOptions
from core.broadcast.studio import FORMAT, Reports, Scene, Studio
from core.camera.devices import CameraError
from core.camera.placeholder import placeholder
from core.clock import Clock
from core.live.session import Phase, Status
from core.look import Background, Look
from core.plugin import SourcePlugin
from core.profile import Profile
from core.sound.player import SoundError
from core.video import VideoFormat
from tests.fakes import CardEngine, Chameleon, Opened, Sink, until

LOUD = 0.5


class FakeCamera:
    """Hands out one sink again and again."""

    def __init__(self) -> None:
        self.counter = Opened()
        self.sink = Sink(self.counter)
        self.asked: list[tuple[str, VideoFormat]] = []
        self.closed = 0

    def open(self, device: str, format: VideoFormat) -> Sink:
        if device == "taken":
            raise CameraError("another program has it")
        self.asked.append((device, format))
        return self.sink

    def close(self) -> None:
        self.closed += 1


class FakeDesk:
    """Opens sinks that only keep what they are given; one place is not there."""

    def __init__(self) -> None:
        self.sinks: list[Sink] = []
        self.closed = 0

    def openers(self, names: Sequence[str]) -> list[Callable[[], Sink]]:
        return [partial(self._open, name) for name in names]

    def close(self) -> None:
        self.closed += 1

    def _open(self, name: str) -> Sink:
        if name == "gone":
            raise SoundError("it was unplugged")
        self.sinks.append(Sink())
        return self.sinks[-1]


class Talker(PacedSource):
    """A source that can be told what to say."""

    def __init__(self, clock: Clock) -> None:
        super().__init__(lambda count: np.zeros(count, np.float32), clock)
        self.said: list[str] = []

    def say(self, text: str) -> None:
        self.said.append(text)


class Silent(PacedSource):
    """A source that cannot."""

    def __init__(self, clock: Clock) -> None:
        super().__init__(lambda count: np.zeros(count, np.float32), clock)


class Loud(PacedSource):
    """A source that never stops."""

    def __init__(self, clock: Clock) -> None:
        super().__init__(lambda count: np.full(count, LOUD, np.float32), clock)


class Page:
    """Keeps what it is shown."""

    def __init__(self) -> None:
        self.sink = Sink()
        self.asked: list[VideoFormat] = []

    def open(self, format: VideoFormat) -> Sink:
        self.asked.append(format)
        return self.sink


class Set:
    """A studio with everything around it."""

    def __init__(self) -> None:
        self.camera = FakeCamera()
        self.seen: list[Status] = []
        self.recorded: list[tuple[Path, Exception | None]] = []
        self.sources: list[AudioSource] = []
        self.silenced: list[Exception] = []
        self.desk = FakeDesk()
        self.engine = CardEngine()
        self.engines: list[str] = []
        self.troubles: list[str] = []
        self.studio = Studio(
            Reports(
                self.seen.append,
                lambda path, error: self.recorded.append((path, error)),
                self.silenced.append,
                self.engines.append,
                self.troubles.append,
            ),
            self.engine,
            cast("Any", self.camera),
            cast("Any", self.desk),
        )

    def scene(self, source: Callable[[Clock], AudioSource] = Talker, camera: str = "") -> Scene:
        def opened(options: Any, clock: Clock) -> AudioSource:
            self.sources.append(source(clock))
            return self.sources[-1]

        plugin = SourcePlugin("fake", "Fake", object, opened)
        person = Profile("ann", "Ann", (Path("a.png"),), "me")
        return Scene(plugin, None, person, "testcard", camera, BadgeOptions())

    def go(self, scene: Scene) -> None:
        self.studio.start(scene)
        until(lambda: self.seen[-1].phase in (Phase.LIVE, Phase.FAILED), limit=20)


@pytest.fixture
def set_() -> Iterator[Set]:
    made = Set()
    yield made
    made.studio.close(10)


def test_the_camera_is_asked_for_each_scene_and_closed_once_at_the_end(set_: Set) -> None:
    for _ in range(2):
        set_.go(set_.scene(camera="/dev/video7"))
        assert set_.studio.stop(10)
    assert set_.camera.asked == [("/dev/video7", FORMAT)] * 2
    assert set_.camera.sink.frames
    assert set_.camera.closed == 0
    set_.studio.close(10)
    assert set_.camera.closed == 1


def test_without_a_camera_none_is_opened_and_frames_bear_the_mark(set_: Set) -> None:
    set_.go(set_.scene())
    session = set_.studio.session
    assert session is not None
    until(lambda: session.latest)
    assert session.latest is not None
    assert session.latest.picture[600:, 900:].any()
    assert set_.camera.asked == []


def test_a_camera_that_is_taken_ends_the_scene_with_its_words(
    set_: Set, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.CRITICAL, "core.live.session")
    set_.go(set_.scene(camera="taken"))
    assert str(set_.seen[-1].error) == "another program has it"
    assert set_.studio.stop(10)


def test_only_a_source_that_speaks_is_told_what_to_say(set_: Set) -> None:
    for source, speaks in ((Talker, True), (Silent, False)):
        set_.go(set_.scene(source))
        assert set_.studio.speaks == speaks
        set_.studio.say("hello")
        set_.studio.stop(10)
    talker = set_.sources[0]
    assert isinstance(talker, Talker)
    assert talker.said == ["hello"]
    assert not set_.studio.speaks


def test_recording_goes_on_until_it_is_stopped(set_: Set, tmp_path: Path) -> None:
    set_.go(set_.scene())
    set_.studio.record(tmp_path / "a.mp4")
    until(lambda: (tmp_path / "a.mp4.part").exists())
    set_.studio.record(None)
    until(lambda: set_.recorded, limit=20)
    assert set_.recorded == [(tmp_path / "a.mp4", None)]
    assert (tmp_path / "a.mp4").stat().st_size > 0


def test_the_voice_goes_where_it_is_wanted_and_a_place_that_is_gone_is_told(set_: Set) -> None:
    set_.go(replace(set_.scene(Loud), sound=("headphones", "gone")))
    (sink,) = set_.desk.sinks
    until(lambda: sink.sounds)
    assert [str(error) for error in set_.silenced] == ["it was unplugged"]
    set_.studio.close(10)
    assert sink.counter.closed == 1
    assert set_.desk.closed == 1


def test_camera_and_page_show_the_same(set_: Set) -> None:
    page = Page()
    set_.go(replace(set_.scene(camera="cam"), page=page, format=VideoFormat(64, 36)))
    set_.studio.stop(10)
    assert [(f.width, f.height) for f in page.asked] == [(64, 36)]
    assert [id(f) for f in page.sink.frames] == [id(f) for f in set_.camera.sink.frames]
    assert page.sink.counter.closed == 1


def test_muted_nobody_hears_anything_until_it_is_taken_back(set_: Set) -> None:
    set_.go(replace(set_.scene(Loud), sound=("headphones",)))
    (sink,) = set_.desk.sinks
    for switch in (set_.studio.switches.mute, set_.studio.switches.pause):
        until(lambda: np.all(sink.sounds[-1].samples == LOUD))
        switch.set()
        until(lambda: not sink.sounds[-1].samples.any())
        switch.clear()
    until(lambda: np.all(sink.sounds[-1].samples == LOUD))
    steps = np.abs(np.diff(np.concatenate([sound.samples for sound in sink.sounds])))
    assert steps.max() < 0.01  # no click


def test_paused_everybody_sees_a_placeholder(set_: Set) -> None:
    set_.go(replace(set_.scene(camera="cam"), format=VideoFormat(64, 36)))
    frames, shown = set_.camera.sink.frames, placeholder(VideoFormat(64, 36))
    assert not np.array_equal(frames[-1].picture, shown)
    set_.studio.switches.pause.set()
    until(lambda: np.array_equal(frames[-1].picture, shown))
    set_.studio.switches.pause.clear()
    until(lambda: not np.array_equal(frames[-1].picture, shown))


def test_a_new_scene_is_neither_muted_nor_paused(set_: Set) -> None:
    set_.go(set_.scene())
    set_.studio.switches.mute.set()
    set_.studio.stop(10)
    set_.go(set_.scene())
    assert not set_.studio.switches.silent


def test_what_the_engine_says_reaches_who_listens(set_: Set) -> None:
    set_.go(set_.scene())
    assert set_.engine.asked[0][0] == "testcard"
    assert set_.engines == ["test card, for a test"]
    set_.engine.tell("The engine failed; a simpler one has taken over.")
    assert set_.troubles == ["The engine failed; a simpler one has taken over."]
    set_.studio.close(10)
    assert set_.engine.closed == 1


def test_without_a_choice_the_best_engine_is_asked_for(set_: Set) -> None:
    set_.go(replace(set_.scene(), engine=""))
    assert set_.engine.asked[0][0] == "auto"


def test_the_look_is_changed_where_the_engine_can(set_: Set) -> None:
    scene, told = set_.scene(), list[Exception | None]()
    set_.go(scene)
    assert set_.studio.framing is None
    assert not set_.studio.change(scene.look, told.append)
    set_.studio.stop(10)
    card = Chameleon(FORMAT, scene.look)
    set_.engine.open = lambda *_: (card, "")  # type: ignore[method-assign]
    set_.go(scene)
    assert set_.studio.framing == card.framing
    green = Look(scene.profile, Background("colour", "#00ff00"))
    assert set_.studio.change(green, told.append)
    assert (card.looks, told) == ([scene.look, green], [None])


def test_another_voice_goes_on_and_one_that_cannot_is_told(set_: Set) -> None:
    set_.go(replace(set_.scene(Silent), sound=("headphones",)))
    (sink,) = set_.desk.sinks
    loud, silent = set_.scene(Loud).source, set_.scene(Silent).source
    set_.studio.listen_to(loud, None)
    until(lambda: sink.sounds and sink.sounds[-1].samples.any())
    assert set_.studio.level == pytest.approx(LOUD)

    def gone(options: Any, clock: Clock) -> AudioSource:
        raise SoundError("there is no microphone; plug one in")

    set_.studio.listen_to(replace(silent, open=gone), None)
    until(lambda: set_.troubles)
    assert set_.troubles == ["there is no microphone; plug one in"]
    assert set_.seen[-1].phase is Phase.LIVE
    starts = [sound.start for sound in sink.sounds]
    assert starts == [640 * i for i in range(len(starts))]


def test_another_camera_takes_over_and_one_that_is_taken_is_told(set_: Set) -> None:
    page = Page()
    set_.go(replace(set_.scene(camera=""), page=page))
    set_.studio.show_on("cam")
    until(lambda: set_.camera.sink.frames)
    set_.studio.show_on("taken")
    until(lambda: set_.troubles)
    shown, before = len(set_.camera.sink.frames), len(page.sink.frames)
    until(lambda: len(page.sink.frames) > before + 2)
    assert len(set_.camera.sink.frames) == shown
    assert set_.troubles == ["another program has it"]
    assert set_.seen[-1].phase is Phase.LIVE


def test_the_voice_is_heard_elsewhere_while_live(set_: Set) -> None:
    set_.go(replace(set_.scene(Loud), sound=("headphones",)))
    set_.studio.play_on(("loudspeaker",))
    until(lambda: len(set_.desk.sinks) == 2 and set_.desk.sinks[1].sounds)
    headphones, loudspeaker = set_.desk.sinks
    assert headphones.counter.closed == 1
    set_.studio.play_on(())
    until(lambda: loudspeaker.counter.closed)


def test_nothing_can_be_changed_where_nothing_is_live(set_: Set) -> None:
    scene = set_.scene()
    assert not set_.studio.change(scene.look, lambda error: None)
    set_.studio.show_on("cam")
    set_.studio.play_on(("headphones",))
    assert set_.studio.level == 0
    assert set_.camera.asked == []
