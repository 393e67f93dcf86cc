"""Recording is switched on and off while everything else goes on."""

import logging
import threading
from pathlib import Path

import numpy as np
import pytest

from core.audio import Sound
from core.broadcast.live_recording import LiveRecording
from core.film.film_sound import AAC, LOSSLESS
from core.video import Frame, VideoFormat
from tests.fakes import Opened, Sink, until

FORMAT = VideoFormat(8, 8)


class Tape(Sink):
    """A recorder that can be told to fail."""

    fail_at = -1
    remark = ""
    hold: threading.Event | None = None

    def send(self, frame: Frame) -> None:
        if len(self.frames) == self.fail_at:
            raise OSError("disk full")
        super().send(frame)

    def close(self) -> None:
        if self.hold:
            self.hold.wait(60)
        super().close()


class Take:
    """Everything that a live recording needs, and what came of it."""

    def __init__(self) -> None:
        self.tapes: dict[str, Tape] = {}
        self.kinds: list[str] = []
        self.over: list[tuple[str, str | None]] = []
        self.counter = Opened()
        self.next = Tape
        self.remarks: list[str] = []
        self.live = LiveRecording(FORMAT, self._open, self._note, self.remarks.append)

    def _open(self, path: Path, format: VideoFormat, sound: str) -> Tape:
        if path.name == "forbidden":
            raise OSError("not here")
        self.kinds.append(sound)
        self.tapes[path.name] = self.next(self.counter)
        return self.tapes[path.name]

    def _note(self, path: Path, error: Exception | None) -> None:
        self.over.append((path.name, str(error) if error else None))

    def roll(self, first: int, last: int) -> None:
        for i in range(first, last):
            self.live.send(Frame(np.zeros((8, 8, 3), np.uint8), i))
            self.live.play(Sound(np.zeros(1, np.float32), i, 0.0))


@pytest.fixture(autouse=True)
def quiet(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.CRITICAL, "core.broadcast.live_recording")


class UnsignedTape(Tape):
    remark = "a is kept without Content Credentials"


def test_what_a_film_lacks_is_told_once_it_is_kept() -> None:
    take = Take()
    take.next = UnsignedTape
    take.live.record(Path("a"))
    take.roll(0, 2)
    take.live.close()
    assert take.live.join()
    assert take.over == [("a", None)]
    assert take.remarks == ["a is kept without Content Credentials"]


def test_only_what_happens_while_it_is_wanted_is_recorded() -> None:
    take = Take()
    take.roll(0, 3)
    take.live.record(Path("a"))
    take.roll(3, 6)
    take.live.record(None)
    take.roll(6, 8)
    take.live.record(Path("b"))
    take.roll(8, 10)
    take.live.close()
    assert take.live.join(30)
    assert [f.sample for f in take.tapes["a"].frames] == [3, 4, 5]
    assert [s.start for s in take.tapes["a"].sounds] == [3, 4, 5]
    assert [f.sample for f in take.tapes["b"].frames] == [8, 9]
    assert take.over == [("a", None), ("b", None)]
    assert take.counter.opened == take.counter.closed == 2


def test_a_recording_that_fails_ends_alone_and_is_told() -> None:
    take = Take()
    take.next.fail_at = 2
    take.live.record(Path("a"))
    take.roll(0, 6)
    take.next.fail_at = -1
    assert take.over == [("a", "disk full")]
    take.live.close()
    assert take.live.join(30)
    assert take.over == [("a", "disk full")]
    assert take.counter.opened == take.counter.closed


def test_a_recording_that_cannot_begin_is_told_once() -> None:
    take = Take()
    take.live.record(Path("forbidden"))
    take.roll(0, 5)
    take.live.close()
    assert take.live.join(30)
    assert take.over == [("forbidden", "not here")]


def test_finishing_a_recording_holds_nobody_up() -> None:
    go = threading.Event()
    take = Take()
    take.live.record(Path("a"))
    take.roll(0, 1)
    take.tapes["a"].hold = go
    take.live.record(None)
    take.roll(1, 5)
    assert not take.over
    go.set()
    until(lambda: take.over == [("a", None)])
    take.live.close()
    assert take.live.join(30)


def test_a_recorder_that_fails_and_does_not_close_either_is_told_once() -> None:
    class Broken(Tape):
        def close(self) -> None:
            raise OSError("still full")

    take = Take()
    take.next = Broken
    take.next.fail_at = 2
    take.live.record(Path("a"))
    take.roll(0, 6)
    take.live.close()
    assert take.live.join(30)
    assert take.over == [("a", "disk full")]


def test_each_film_has_the_sound_that_was_chosen_when_it_began() -> None:
    take = Take()
    for name, kind in (("a", LOSSLESS), ("b", AAC), ("c", LOSSLESS)):
        take.live.record(Path(name), kind)
        take.roll(0, 2)
    take.live.close()
    assert take.live.join()
    assert take.kinds == [LOSSLESS, AAC, LOSSLESS]
