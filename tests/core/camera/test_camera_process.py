"""The camera's process looks for pictures seldom, and closely when one is due."""

import mmap
import threading
from contextlib import closing

import numpy as np
import pytest

from core.camera.camera_process import DUE, LOOK, LOOK_CLOSELY, OpenCamera
from core.camera.shared import SIZE, Slots
from core.video import Picture, VideoFormat
from tests.fakes import HandClock

FORMAT = VideoFormat(4, 2)


class Driver:
    device = "fake"

    def __init__(self) -> None:
        self.sent: list[Picture] = []

    def send(self, frame: Picture) -> None:
        self.sent.append(frame)

    def close(self) -> None:
        pass


class NotingClock(HandClock):
    """Notes when it was waited on, and for how long."""

    def __init__(self) -> None:
        super().__init__()
        self.waits: list[tuple[float, float]] = []

    def wait(self, seconds: float, until: threading.Event) -> bool:
        self.waits.append((self.time, seconds))
        return super().wait(seconds, until)


def test_it_looks_closely_when_a_picture_is_due_and_seldom_else() -> None:
    clock, driver, ended = NotingClock(), Driver(), threading.Event()
    period = 1 / FORMAT.fps
    with closing(Slots(mmap.mmap(-1, SIZE))) as slots:
        camera = OpenCamera(driver, FORMAT, slots, 0, 5.0, clock)
        slots.write(np.full((2, 4, 3), 7, np.uint8))
        camera.tick(ended)
        assert (driver.sent[0] == 7).all()
        assert not clock.waits  # it was there
        for _ in range(3):
            camera.tick(ended)
        for at, seconds in clock.waits:
            due = DUE * period <= at < 2 * period
            assert seconds == (LOOK_CLOSELY if due else LOOK)
        assert {seconds for _, seconds in clock.waits} == {LOOK, LOOK_CLOSELY}
        assert len(driver.sent) == 4  # the last one is repeated
        assert clock.time == pytest.approx(3.5 * period, abs=2 * LOOK)
