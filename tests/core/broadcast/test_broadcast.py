"""Scenes go live, one at a time; engine, camera and outputs stay between them."""

import logging
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from threading import Event
from typing import Any

import numpy as np
import pytest

from core.audio import AudioSource, EndOfAudio, PacedSource
from core.broadcast.broadcast import Broadcast, Reports
from core.broadcast.scene import Scene
from core.broadcast.shared_devices import Devices, EngineInUse
from core.camera.devices import CameraError
from core.camera.placeholder import placeholder
from core.clock import Clock
from core.engine.badge import BadgeOptions
from core.live.session import Phase, Status
from core.look import Background, Look
from core.plugin import SourcePlugin
from core.profile import Profile
from core.sound.player import SoundError
from core.sound.speaker import SpeakerFigures
from core.video import HD, VideoFormat
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


class FakeOutputs:
    """Opens sinks that only keep what they are given; one place is not there."""

    def __init__(self) -> None:
        self.sinks: list[Sink] = []
        self.closed = 0

    def openers(self, names: Sequence[str]) -> list[Callable[[], Sink]]:
        return [partial(self._open, name) for name in names]

    def figures(self) -> list[SpeakerFigures]:
        return []

    def warning(self) -> str:
        return ""

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
    """Devices that are not there, and what is told of the scenes that go live on them."""

    def __init__(self) -> None:
        self.camera, self.outputs, self.engine = FakeCamera(), FakeOutputs(), CardEngine()
        self.devices = Devices(self.engine, self.camera, self.outputs)
        self.seen: list[Status] = []
        self.recorded: list[tuple[Path, Exception | None]] = []
        self.sources: list[AudioSource] = []
        self.silenced: list[Exception] = []
        self.engines: list[str] = []
        self.troubles: list[str] = []
        self.broadcasts: list[Broadcast] = []

    def scene(self, source: Callable[[Clock], AudioSource] = Talker, camera: str = "") -> Scene:
        def opened(options: Any, clock: Clock) -> AudioSource:
            self.sources.append(source(clock))
            return self.sources[-1]

        plugin = SourcePlugin("fake", "Fake", object, opened)
        person = Profile("ann", "Ann", (Path("a.png"),), "me")
        return Scene(plugin, None, person, "testcard", camera, BadgeOptions())

    def made(self, scene: Scene) -> Broadcast:
        reports = Reports(
            self.seen.append,
            lambda path, error: self.recorded.append((path, error)),
            self.silenced.append,
            self.engines.append,
            self.troubles.append,
        )
        return Broadcast(scene, self.devices, reports)

    def go(self, scene: Scene) -> Broadcast:
        """Let the scene go live, and wait until it is."""
        broadcast = self.made(scene)
        broadcast.start()
        self.broadcasts.append(broadcast)
        until(lambda: self.seen[-1].phase in (Phase.LIVE, Phase.FAILED), limit=20)
        return broadcast

    def end(self) -> bool:
        """End what is live."""
        self.broadcasts[-1].stop()
        return self.broadcasts[-1].join(10)

    def close(self) -> None:
        for broadcast in self.broadcasts:
            broadcast.stop()
            broadcast.join(10)
        self.devices.close(10)


@pytest.fixture
def set_() -> Iterator[Set]:
    made = Set()
    yield made
    made.close()


def test_the_camera_is_asked_for_each_scene_and_closed_once_at_the_end(set_: Set) -> None:
    for _ in range(2):
        set_.go(set_.scene(camera="/dev/video7"))
        assert set_.end()
    assert set_.camera.asked == [("/dev/video7", HD)] * 2
    assert set_.camera.sink.frames
    assert set_.camera.closed == 0
    set_.close()
    assert set_.camera.closed == 1


def test_without_a_camera_none_is_opened_and_frames_bear_the_mark(set_: Set) -> None:
    live = set_.go(set_.scene())
    until(lambda: live.latest)
    assert live.latest is not None
    assert live.latest.picture[600:, 900:].any()
    assert set_.camera.asked == []


def test_a_camera_that_is_taken_ends_the_scene_with_its_words(
    set_: Set, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.CRITICAL, "core.live.session")
    set_.go(set_.scene(camera="taken"))
    assert str(set_.seen[-1].error) == "another program has it"
    assert set_.end()


def test_only_a_source_that_speaks_is_told_what_to_say(set_: Set) -> None:
    for source, speaks in ((Talker, True), (Silent, False)):
        live = set_.go(set_.scene(source))
        assert live.speaks == speaks
        live.say("hello")
        set_.end()
    talker = set_.sources[0]
    assert isinstance(talker, Talker)
    assert talker.said == ["hello"]


def test_recording_goes_on_until_it_is_stopped(set_: Set, tmp_path: Path) -> None:
    live = set_.go(set_.scene())
    live.record(tmp_path / "a.mp4")
    until(lambda: (tmp_path / "a.mp4.part").exists())
    live.record(None)
    until(lambda: set_.recorded, limit=20)
    assert set_.recorded == [(tmp_path / "a.mp4", None)]
    assert (tmp_path / "a.mp4").stat().st_size > 0


def test_the_voice_goes_where_it_is_wanted_and_a_place_that_is_gone_is_told(set_: Set) -> None:
    set_.go(replace(set_.scene(Loud), sound=("headphones", "gone")))
    until(lambda: set_.outputs.sinks)
    (sink,) = set_.outputs.sinks
    until(lambda: sink.sounds and set_.silenced)
    assert [str(error) for error in set_.silenced] == ["it was unplugged"]
    set_.close()
    assert sink.counter.closed == 1
    assert set_.outputs.closed == 1


def test_camera_and_page_show_the_same(set_: Set) -> None:
    page = Page()
    set_.go(replace(set_.scene(camera="cam"), page=page, format=VideoFormat(64, 36)))
    set_.end()
    assert [(f.width, f.height) for f in page.asked] == [(64, 36)]
    assert [id(f) for f in page.sink.frames] == [id(f) for f in set_.camera.sink.frames]
    assert page.sink.counter.closed == 1


def test_muted_nobody_hears_anything_until_it_is_taken_back(set_: Set) -> None:
    live = set_.go(replace(set_.scene(Loud), sound=("headphones",)))
    until(lambda: set_.outputs.sinks)
    (sink,) = set_.outputs.sinks
    for switch in (live.switches.mute, live.switches.pause):
        until(lambda: sink.sounds and np.all(sink.sounds[-1].samples == LOUD))
        switch.set()
        until(lambda: not sink.sounds[-1].samples.any())
        switch.clear()
    until(lambda: np.all(sink.sounds[-1].samples == LOUD))
    steps = np.abs(np.diff(np.concatenate([sound.samples for sound in sink.sounds])))
    assert steps.max() < 0.01  # no click


def test_paused_everybody_sees_a_placeholder(set_: Set) -> None:
    live = set_.go(replace(set_.scene(camera="cam"), format=VideoFormat(64, 36)))
    frames, shown = set_.camera.sink.frames, placeholder(VideoFormat(64, 36))
    assert not np.array_equal(frames[-1].picture, shown)
    live.switches.pause.set()
    until(lambda: np.array_equal(frames[-1].picture, shown))
    live.switches.pause.clear()
    until(lambda: not np.array_equal(frames[-1].picture, shown))


def test_a_new_scene_is_neither_muted_nor_paused(set_: Set) -> None:
    live = set_.go(set_.scene())
    live.switches.mute.set()
    set_.end()
    live = set_.go(set_.scene())
    assert not live.switches.silent


def test_what_the_engine_says_reaches_who_listens(set_: Set) -> None:
    set_.go(set_.scene())
    assert set_.engine.asked[0][0] == "testcard"
    assert set_.engines == ["test card, for a test"]
    set_.engine.tell("The engine failed; a simpler one has taken over.")
    assert set_.troubles == ["The engine failed; a simpler one has taken over."]
    set_.close()
    assert set_.engine.closed == 1


def test_without_a_choice_the_best_engine_is_asked_for(set_: Set) -> None:
    set_.go(replace(set_.scene(), engine=""))
    assert set_.engine.asked[0][0] == "auto"


def test_the_look_is_changed_where_the_engine_can(set_: Set) -> None:
    scene, told = set_.scene(), list[Exception | None]()
    live = set_.go(scene)
    assert live.framing is None
    assert not live.change(scene.look, told.append)
    set_.end()
    card = Chameleon(HD, scene.look)
    set_.engine.open = lambda *_: (card, "")  # type: ignore[method-assign]
    live = set_.go(scene)
    assert live.framing == card.framing
    green = Look(scene.profile, Background("colour", "#00ff00"))
    assert live.change(green, told.append)
    assert (card.looks, told) == ([scene.look, green], [None])


def test_another_voice_goes_on_and_one_that_cannot_is_told(set_: Set) -> None:
    live = set_.go(replace(set_.scene(Silent), sound=("headphones",)))
    until(lambda: set_.outputs.sinks)
    (sink,) = set_.outputs.sinks
    loud, silent = set_.scene(Loud).source, set_.scene(Silent).source
    live.listen_to(loud, None)
    until(lambda: sink.sounds and sink.sounds[-1].samples.any())
    assert live.level == pytest.approx(LOUD)

    def gone(options: Any, clock: Clock) -> AudioSource:
        raise SoundError("there is no microphone; plug one in")

    live.listen_to(replace(silent, open=gone), None)
    until(lambda: set_.troubles)
    assert set_.troubles == ["there is no microphone; plug one in"]
    assert set_.seen[-1].phase is Phase.LIVE
    assert set(np.diff([sound.start for sound in sink.sounds])) == {640}


def test_the_picture_does_not_wait_for_a_voice_that_takes_its_time(set_: Set) -> None:
    held = Event()

    def slow(clock: Clock) -> AudioSource:
        held.wait(20)
        return Loud(clock)

    live = set_.go(set_.scene(slow))
    assert set_.seen[-1].phase is Phase.LIVE
    assert live.level == 0
    held.set()
    until(lambda: live.level > 0)


def test_another_camera_takes_over_and_one_that_is_taken_is_told(set_: Set) -> None:
    page = Page()
    live = set_.go(replace(set_.scene(camera=""), page=page))
    live.show_on("cam")
    until(lambda: set_.camera.sink.frames)
    live.show_on("taken")
    until(lambda: set_.troubles)
    shown, before = len(set_.camera.sink.frames), len(page.sink.frames)
    until(lambda: len(page.sink.frames) > before + 2)
    assert len(set_.camera.sink.frames) == shown
    assert set_.troubles == ["another program has it"]
    assert set_.seen[-1].phase is Phase.LIVE


def test_the_voice_is_heard_elsewhere_while_live(set_: Set) -> None:
    live = set_.go(replace(set_.scene(Loud), sound=("headphones",)))
    live.play_on(("loudspeaker",))
    until(lambda: len(set_.outputs.sinks) == 2 and set_.outputs.sinks[1].sounds)
    headphones, loudspeaker = set_.outputs.sinks
    assert headphones.counter.closed == 1
    live.play_on(())
    until(lambda: loudspeaker.counter.closed)


def test_before_anything_is_open_nothing_is_changed_and_nothing_breaks(set_: Set) -> None:
    scene = set_.scene()
    early = set_.made(scene)
    assert not early.change(scene.look, lambda error: None)
    early.show_on("cam")
    early.play_on(("headphones",))
    early.say("hello")
    assert (early.level, early.framing, early.speaks, early.latest) == (0, None, False, None)
    assert set_.camera.asked == []
    assert set_.outputs.sinks == []


def test_a_voice_that_was_handed_over_too_early_is_closed_with_the_rest(
    set_: Set, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.CRITICAL, "core.live.session")
    held, live = Event(), set_.made(set_.scene())

    def slow(*_: Any) -> Any:
        held.wait(5)
        raise ValueError("the engine does not start")

    set_.engine.open = slow  # type: ignore[method-assign, assignment]
    live.start()
    live.listen_to(set_.scene(Silent).source, None)
    until(lambda: set_.sources)
    held.set()
    assert live.join(10)
    assert set_.seen[-1].phase is Phase.FAILED
    with pytest.raises(EndOfAudio):
        set_.sources[0].read(1, 0)


def test_the_engine_has_one_user_at_a_time(set_: Set) -> None:
    """A rehearsal, a second window, a key: whoever comes second is told, and opens nothing."""
    set_.go(set_.scene())
    second = set_.made(set_.scene())
    with pytest.raises(EngineInUse, match="somebody is speaking already"):
        second.start()
    assert len(set_.engine.asked) == 1
    assert set_.end()
    set_.go(set_.scene())
    assert len(set_.engine.asked) == 2


def test_whoever_hears_that_it_is_over_may_begin_the_next_at_once(set_: Set) -> None:
    later = set_.made(set_.scene())
    reports = Reports(
        lambda status: later.start() if status.phase is Phase.STOPPED else None,
        *(lambda *_: None,) * 4,
    )
    first = Broadcast(set_.scene(), set_.devices, reports)
    first.start()
    set_.broadcasts += [first, later]
    first.stop()
    assert first.join(10)
    until(lambda: set_.seen and set_.seen[-1].phase is Phase.LIVE)


def test_an_engine_that_does_not_open_is_free_again(
    set_: Set, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.CRITICAL, "core.live.session")
    set_.go(replace(set_.scene(), engine="steam"))
    assert set_.seen[-1].phase is Phase.FAILED
    assert not set_.devices.lease.taken


def test_what_still_hangs_after_a_stop_is_set_free(set_: Set) -> None:
    live, go = set_.go(set_.scene()), Event()
    set_.engine.forget_avatar = go.set  # type: ignore[method-assign]
    card = Chameleon(HD, set_.scene().look)

    def hang(audio: Any) -> Any:
        go.wait(60)
        return []

    assert set_.end()
    card.step = hang  # type: ignore[method-assign, assignment]
    set_.engine.open = lambda *_: (card, "")  # type: ignore[method-assign]
    live = set_.made(set_.scene())
    set_.broadcasts.append(live)
    live.start()
    until(lambda: len(set_.engines) == 2)
    live.stop()
    assert live.join(20)
    assert set_.seen[-1].phase is Phase.STOPPED
    assert not set_.devices.lease.taken


def test_after_one_that_nothing_sets_free_another_can_go_live(set_: Set) -> None:
    go, reading = Event(), Event()

    class Hanging(Silent):
        def read(self, count: int, timeout: float) -> Any:
            reading.set()
            go.wait(60)
            raise EndOfAudio

    live = set_.made(set_.scene(Hanging))
    live.start()
    assert reading.wait(20)
    live.stop()
    assert live.join(20)
    assert "what is live does not end" in str(set_.seen[-1].error)
    set_.go(set_.scene())
    assert set_.seen[-1].phase is Phase.LIVE
    go.set()
