"""A camera that breaks down is opened again once; a second time soon after is an error."""

import logging
from collections.abc import Iterator

import numpy as np
import pytest

from core.broadcast.lasting_camera import CALM, LastingCamera
from core.camera.devices import CameraError
from core.video import Frame
from tests.fakes import HandClock, Sink

FRAME = Frame(np.zeros((2, 2, 3), np.uint8), 0)


@pytest.fixture(autouse=True)
def quiet(caplog: pytest.LogCaptureFixture) -> Iterator[None]:
    with caplog.at_level(logging.CRITICAL):
        yield


class Fragile(Sink):
    """Breaks down when it is told to."""

    broken = False

    def send(self, frame: Frame) -> None:
        if self.broken:
            raise CameraError("it has died; start again")
        super().send(frame)


class Stage:
    def __init__(self) -> None:
        self.clock, self.told = HandClock(), list[str]()
        self.sinks: list[Fragile] = []
        self.refuse = False
        self.camera = LastingCamera(self.open, self.told.append, self.clock)

    def open(self) -> Fragile:
        if self.refuse:
            raise CameraError("there is none")
        self.sinks.append(Fragile())
        return self.sinks[-1]


def test_one_that_breaks_down_is_opened_again_and_no_picture_is_lost() -> None:
    stage = Stage()
    stage.camera.send(FRAME)
    stage.sinks[0].broken = True
    stage.camera.send(FRAME)
    assert [len(sink.frames) for sink in stage.sinks] == [1, 1]
    assert stage.told == ["The virtual camera broke down and was started again."]
    assert stage.sinks[0].counter.closed == 1
    stage.camera.close()
    assert stage.sinks[1].counter.closed == 1


def test_a_second_time_within_a_minute_is_an_error_and_later_is_not() -> None:
    stage = Stage()
    for wait, number in ((0.0, 0), (CALM + 1, 1)):
        stage.clock.time += wait
        stage.sinks[number].broken = True
        stage.camera.send(FRAME)
    stage.clock.time += CALM - 1
    stage.sinks[2].broken = True
    with pytest.raises(CameraError, match="it has died"):
        stage.camera.send(FRAME)


def test_one_that_cannot_be_opened_again_is_told_by_what_it_broke_of() -> None:
    stage = Stage()
    stage.sinks[0].broken, stage.refuse = True, True
    with pytest.raises(CameraError, match="it has died"):
        stage.camera.send(FRAME)
    assert stage.told == []
