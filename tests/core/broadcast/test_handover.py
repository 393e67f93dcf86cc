"""What is live goes on while its parts are replaced."""

import numpy as np
import pytest

from core.audio import Sound
from core.broadcast.handover import LiveScreens, LiveSound
from core.video import Frame
from tests.fakes import Sink

FRAME = Frame(np.zeros((2, 2, 3), np.uint8), 0)


def test_a_screen_is_replaced_and_the_others_see_everything() -> None:
    old, new, page = Sink(), Sink(), Sink()
    screens = LiveScreens()
    assert not screens.on
    screens.begin({"camera": old, "page": page})
    assert screens.on
    screens.send(FRAME)
    screens.put("camera", None)
    screens.send(FRAME)
    screens.put("camera", new)
    screens.send(FRAME)
    assert [len(sink.frames) for sink in (old, new, page)] == [1, 1, 3]
    screens.close()
    assert [sink.counter.closed for sink in (new, page)] == [1, 1]


def test_a_screen_that_fails_is_an_error() -> None:
    camera, screens = Sink(), LiveScreens()
    camera.send = lambda frame: 1 / 0  # type: ignore[assignment, method-assign]
    screens.begin({"camera": camera})
    with pytest.raises(ZeroDivisionError):
        screens.send(FRAME)


def test_a_screen_that_does_not_close_keeps_no_other_open() -> None:
    camera, page = Sink(), Sink()
    page.close = lambda: 1 / 0  # type: ignore[assignment, method-assign]
    screens = LiveScreens()
    screens.begin({"camera": camera, "page": page})
    with pytest.raises(ZeroDivisionError):
        screens.close()
    assert camera.counter.closed == 1


def test_places_for_sound_are_replaced_and_the_recorder_stays() -> None:
    recorder, old, new = Sink(), Sink(), Sink()
    sound, live = Sound(np.zeros(4, np.float32), 0, 0.0), LiveSound(recorder)
    assert not live.on
    live.begin(old)
    assert live.on
    live.play(sound)
    live.replace(lambda: new if old.counter.closed else pytest.fail("both open at once"))
    live.play(sound)
    assert [len(sink.sounds) for sink in (recorder, old, new)] == [2, 1, 1]
    live.close()
    assert [sink.counter.closed for sink in (recorder, old, new)] == [0, 1, 1]
    late = Sink()
    live.replace(lambda: late)
    assert late.counter.closed == 1
