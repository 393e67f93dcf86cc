"""One place that fails or hangs takes no other with it, and is tried again until it works."""

import logging
import threading
from collections.abc import Iterator

import numpy as np
import pytest

from core.audio import Sound
from core.clock import WallClock
from core.sound.fanout import Fanout
from tests.fakes import Opened, Sink, until

SOUND = Sound(np.zeros(640, np.float32), 0, 0.0)


class Hurry(WallClock):
    """Waits a hundredth of the time."""

    def wait(self, seconds: float, until: threading.Event) -> bool:
        return super().wait(seconds / 100, until)


class Noting(Hurry):
    """Notes how long it was to wait."""

    def __init__(self) -> None:
        self.waits: list[float] = []

    def wait(self, seconds: float, until: threading.Event) -> bool:
        self.waits.append(seconds)
        return super().wait(seconds, until)


class Broken(Sink):
    """Breaks at its second sound, and again when it is closed."""

    def play(self, sound: Sound) -> None:
        super().play(sound)
        if len(self.sounds) == 2:
            raise OSError("unplugged")

    def close(self) -> None:
        super().close()
        raise OSError("still unplugged")


@pytest.fixture(autouse=True)
def quiet(caplog: pytest.LogCaptureFixture) -> Iterator[None]:
    with caplog.at_level(logging.CRITICAL, "core.sound.place"):
        yield


class Stage:
    """What is told of the places."""

    def __init__(self) -> None:
        self.lost: list[str] = []
        self.back: list[str] = []

    def fanout(self, *openers: object) -> Fanout:
        return Fanout(
            openers,  # type: ignore[arg-type]
            lambda error: self.lost.append(str(error)),
            lambda: self.back.append("back"),
            Hurry(),
        )


def played(fanout: Fanout, ready: object) -> None:
    """Play until `ready` is true."""

    def look() -> object:
        fanout.play(SOUND)
        return ready()  # type: ignore[operator]

    until(look)


def test_what_fails_is_told_once_and_opened_again_and_the_others_go_on() -> None:
    counter, stage, good = Opened(), Stage(), Sink()
    second = Sink(counter)
    sinks = [Broken(counter), second]
    fanout = stage.fanout(lambda: sinks.pop(0), lambda: good)
    played(fanout, lambda: stage.back)
    played(fanout, lambda: len(second.sounds) > 3)
    assert stage.lost == ["still unplugged"]
    assert stage.back == ["back"]
    fanout.close()
    fanout.close()
    assert counter.closed == 2
    assert good.counter.closed == 1
    assert len(good.sounds) > 4


def test_what_cannot_be_opened_is_tried_until_it_can_and_told_once() -> None:
    stage, sink, tries = Stage(), Sink(), list[int]()

    def opened() -> Sink:
        tries.append(1)
        if len(tries) < 5:
            raise OSError("not there")
        return sink

    fanout = stage.fanout(opened)
    played(fanout, lambda: sink.sounds)
    fanout.close()
    assert (stage.lost, stage.back) == (["not there"], ["back"])


def test_what_came_while_a_place_was_away_is_not_heard_late() -> None:
    stage, go = Stage(), threading.Event()
    sink = Sink()

    def opened() -> Sink:
        go.wait(60)
        return sink

    fanout = stage.fanout(opened)
    for start in range(1000):
        fanout.play(Sound(np.zeros(640, np.float32), start, 0.0))
    go.set()
    played(fanout, lambda: sink.sounds)
    fanout.close()
    assert {sound.start for sound in sink.sounds} <= {0, *range(950, 1000)}


@pytest.mark.parametrize("deed", ["open", "play", "close"])
def test_a_place_that_hangs_holds_up_nobody(deed: str) -> None:
    stage, go, inside, good = Stage(), threading.Event(), threading.Event(), Sink()

    def hang(*args: object) -> None:
        inside.set()
        go.wait(60)

    def opened() -> Sink:
        sink = Sink()
        if deed == "open":
            hang()
        else:
            setattr(sink, deed, hang)
        return sink

    fanout = stage.fanout(opened, lambda: good)
    if deed == "close":
        played(fanout, lambda: good.sounds)
    else:
        played(fanout, inside.is_set)
    before = len(good.sounds)
    played(fanout, lambda: len(good.sounds) > before + 10)
    fanout.close()
    go.set()
    assert good.counter.closed == 1


def test_without_any_place_it_is_silent() -> None:
    fanout = Stage().fanout()
    fanout.play(SOUND)
    fanout.close()


def test_it_is_tried_soon_then_every_two_seconds_and_soon_again_once_it_worked() -> None:
    clock, sink = Noting(), Sink()
    openings = iter(["gone"] * 5 + ["back", "gone"])

    def open_sink() -> Sink:
        if next(openings, "back") == "gone":
            raise OSError("gone")
        return Broken(Opened()) if not sink.sounds and len(clock.waits) == 5 else sink

    fanout = Fanout([open_sink], lambda _: None, lambda: None, clock)
    played(fanout, lambda: sink.sounds)
    fanout.close()
    assert clock.waits == [0.25, 0.5, 1.0, 2.0, 2.0, 0.25, 0.5]
