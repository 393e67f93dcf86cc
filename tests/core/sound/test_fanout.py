"""One place that fails takes no other with it."""

import logging
from collections.abc import Iterator

import numpy as np
import pytest

from core.audio import Sound
from core.sound.fanout import Fanout
from tests.fakes import Opened, Sink

SOUND = Sound(np.zeros(640, np.float32), 0, 0.0)


class Broken(Sink):
    """Breaks at its second sound, and again when it is closed."""

    def play(self, sound: Sound) -> None:
        super().play(sound)
        if len(self.sounds) == 2:
            raise OSError("unplugged")

    def close(self) -> None:
        super().close()
        raise OSError("still unplugged")


def absent() -> Sink:
    raise OSError("not there")


@pytest.fixture(autouse=True)
def quiet(caplog: pytest.LogCaptureFixture) -> Iterator[None]:
    with caplog.at_level(logging.CRITICAL, "core.sound.fanout"):
        yield


def test_what_fails_is_told_and_dropped_and_the_others_go_on() -> None:
    counter, told = Opened(), list[Exception]()
    broken, sound = Broken(counter), Sink(counter)
    fanout = Fanout([lambda: broken, absent, lambda: sound], told.append)
    assert list(map(str, told)) == ["not there"]
    for _ in range(3):
        fanout.play(SOUND)
    assert list(map(str, told)) == ["not there", "unplugged", "still unplugged"]
    assert (len(broken.sounds), len(sound.sounds)) == (2, 3)
    fanout.close()
    fanout.close()
    assert (counter.opened, counter.closed) == (2, 2)


def test_without_any_place_it_is_silent() -> None:
    fanout = Fanout([], lambda error: None)
    fanout.play(SOUND)
    fanout.close()
