"""Recording is switched on and off while everything else goes on."""

import logging
import threading
from pathlib import Path

import numpy as np
import pytest

from core.audio import Sound
from core.broadcast.outlets import Outlets
from core.video import Frame, VideoFormat
from tests.fakes import Opened, Sink, until

FORMAT = VideoFormat(8, 8)


class Tape(Sink):
    """A recorder that can be told to fail."""

    fail_at = -1
    hold: threading.Event | None = None

    def send(self, frame: Frame) -> None:
        if len(self.frames) == self.fail_at:
            raise OSError("disk full")
        super().send(frame)

    def close(self) -> None:
        if self.hold:
            self.hold.wait(60)
        super().close()


class Studio:
    """Everything that outlets need, and what came of it."""

    def __init__(self, camera: Sink | None = None) -> None:
        self.tapes: dict[str, Tape] = {}
        self.over: list[tuple[str, str | None]] = []
        self.counter = Opened()
        self.next = Tape
        self.outlets = Outlets(FORMAT, camera, self._open, self._note)

    def _open(self, path: Path, format: VideoFormat) -> Tape:
        if path.name == "forbidden":
            raise OSError("not here")
        self.tapes[path.name] = self.next(self.counter)
        return self.tapes[path.name]

    def _note(self, path: Path, error: Exception | None) -> None:
        self.over.append((path.name, str(error) if error else None))

    def roll(self, first: int, last: int) -> None:
        for i in range(first, last):
            self.outlets.send(Frame(np.zeros((8, 8, 3), np.uint8), i))
            self.outlets.play(Sound(np.zeros(1, np.float32), i, 0.0))


@pytest.fixture(autouse=True)
def quiet(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.CRITICAL, "core.broadcast.outlets")


def test_only_what_happens_while_it_is_wanted_is_recorded() -> None:
    camera = Sink()
    studio = Studio(camera)
    studio.roll(0, 3)
    studio.outlets.record(Path("a"))
    studio.roll(3, 6)
    studio.outlets.record(None)
    studio.roll(6, 8)
    studio.outlets.record(Path("b"))
    studio.roll(8, 10)
    studio.outlets.close()
    assert [f.sample for f in camera.frames] == list(range(10))
    assert [f.sample for f in studio.tapes["a"].frames] == [3, 4, 5]
    assert [s.start for s in studio.tapes["a"].sounds] == [3, 4, 5]
    assert [f.sample for f in studio.tapes["b"].frames] == [8, 9]
    assert studio.over == [("a", None), ("b", None)]
    assert studio.counter.opened == studio.counter.closed == 2
    assert camera.counter.closed == 1


def test_a_recording_that_fails_ends_alone_and_is_told() -> None:
    camera = Sink()
    studio = Studio(camera)
    studio.next.fail_at = 2
    studio.outlets.record(Path("a"))
    studio.roll(0, 6)
    studio.next.fail_at = -1
    assert studio.over == [("a", "disk full")]
    assert len(camera.frames) == 6
    studio.outlets.close()
    assert studio.over == [("a", "disk full")]
    assert studio.counter.opened == studio.counter.closed


def test_a_recording_that_cannot_begin_is_told_once() -> None:
    studio = Studio()
    studio.outlets.record(Path("forbidden"))
    studio.roll(0, 5)
    studio.outlets.close()
    assert studio.over == [("forbidden", "not here")]


def test_finishing_a_recording_does_not_hold_up_the_camera() -> None:
    camera, go = Sink(), threading.Event()
    studio = Studio(camera)
    studio.outlets.record(Path("a"))
    studio.roll(0, 1)
    studio.tapes["a"].hold = go
    studio.outlets.record(None)
    studio.roll(1, 5)
    assert len(camera.frames) == 5
    assert not studio.over
    go.set()
    until(lambda: studio.over == [("a", None)])
    studio.outlets.close()


def test_a_failing_camera_is_an_error() -> None:
    camera = Sink()
    camera.send = lambda frame: 1 / 0  # type: ignore[assignment, method-assign]
    with pytest.raises(ZeroDivisionError):
        Studio(camera).roll(0, 1)
