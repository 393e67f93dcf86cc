"""Scenes become sessions; the camera stays between them."""

import logging
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, cast

import numpy as np
import pytest

from app.studio import FORMAT, Scene, Studio
from core.audio import AudioSource, PacedSource
from core.badge import BadgeOptions
from core.camera.devices import CameraError
from core.clock import Clock
from core.live.session import Phase, Status
from core.plugin import SourcePlugin
from core.profile import Profile
from core.video import VideoFormat
from tests.fakes import Opened, Sink, until


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


class Set:
    """A studio with everything around it."""

    def __init__(self) -> None:
        self.camera = FakeCamera()
        self.seen: list[Status] = []
        self.recorded: list[tuple[Path, Exception | None]] = []
        self.sources: list[AudioSource] = []
        self.studio = Studio(
            self.seen.append,
            lambda path, error: self.recorded.append((path, error)),
            cast("Any", self.camera),
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
