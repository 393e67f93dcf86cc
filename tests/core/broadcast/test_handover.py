"""What is live goes on while its parts are replaced."""

import threading

import numpy as np
import pytest

from core.audio import EndOfAudio, PacedSource, Sound
from core.broadcast.handover import Aside, LiveScreens, LiveSound, LiveSource
from core.video import Frame
from tests.fakes import HandClock, Sink, until

PIECE = 160
FRAME = Frame(np.zeros((2, 2, 3), np.uint8), 0)


def constant(level: float, clock: HandClock, pieces: int = 1000) -> PacedSource:
    left = [pieces * PIECE]

    def pull(count: int) -> np.ndarray[tuple[int], np.dtype[np.float32]]:
        count = min(count, left[0])
        left[0] -= count
        return np.full(count, level, np.float32)

    return PacedSource(pull, clock)


def test_another_source_goes_on_in_the_same_stream_time() -> None:
    clock = HandClock()
    source = LiveSource(constant(0.25, clock))
    first = [source.read(PIECE, 1) for _ in range(3)]
    assert source.level == pytest.approx(0.25)
    source.hand_over(constant(0.5, clock))
    sounds = [sound for sound in [*first, *(source.read(PIECE, 1) for _ in range(3))] if sound]
    assert [sound.start for sound in sounds] == [PIECE * i for i in range(6)]
    assert [float(sound.samples[0]) for sound in sounds] == [0.25] * 3 + [0.5] * 3
    heard = np.diff([sound.heard for sound in sounds])
    assert heard == pytest.approx(np.full(5, 0.01))
    assert source.level == pytest.approx(0.5)


def test_the_one_before_is_closed_and_the_end_is_the_last_ones() -> None:
    clock = HandClock()
    before, after = constant(0.1, clock, 1), constant(0.2, clock, 2)
    source = LiveSource(before)
    source.read(PIECE, 1)
    source.hand_over(after)
    for _ in range(2):
        assert source.read(PIECE, 1)
    with pytest.raises(EndOfAudio):
        before.read(PIECE, 1)
    with pytest.raises(EndOfAudio):
        source.read(PIECE, 1)


def test_a_source_that_ends_makes_way_for_one_that_waits() -> None:
    clock = HandClock()

    class Ending(PacedSource):
        """Ends while the next one is being handed over."""

        def read(self, count: int, timeout: float) -> Sound | None:
            source.hand_over(constant(0.5, clock))
            raise EndOfAudio

    source = LiveSource(Ending(lambda count: np.zeros(count, np.float32), clock))
    assert source.read(PIECE, 1) is None
    sound = source.read(PIECE, 1)
    assert sound is not None
    assert sound.start == 0


def test_what_comes_too_late_or_is_not_wanted_any_more_is_closed() -> None:
    clock = HandClock()
    source, one, other = (LiveSource(constant(0.1, clock)) for _ in range(3))
    live = LiveSource(source)
    live.hand_over(one)
    live.hand_over(other)
    live.close()
    late = constant(0.3, clock)
    live.hand_over(late)
    for closed in (source, one, other, late):
        with pytest.raises(EndOfAudio):
            closed.read(PIECE, 1)


def test_a_screen_is_replaced_and_the_others_see_everything() -> None:
    old, new, page = Sink(), Sink(), Sink()
    screens = LiveScreens({"camera": old, "page": page})
    screens.send(FRAME)
    screens.put("camera", None)
    screens.send(FRAME)
    screens.put("camera", new)
    screens.send(FRAME)
    assert [len(sink.frames) for sink in (old, new, page)] == [1, 1, 3]
    screens.close()
    assert [sink.counter.closed for sink in (new, page)] == [1, 1]


def test_places_for_sound_are_replaced_and_the_recorder_stays() -> None:
    recorder, old, new = Sink(), Sink(), Sink()
    sound, live = Sound(np.zeros(4, np.float32), 0, 0.0), LiveSound(recorder, old)
    live.play(sound)
    live.replace(lambda: new if old.counter.closed else pytest.fail("both open at once"))
    live.play(sound)
    assert [len(sink.sounds) for sink in (recorder, old, new)] == [2, 1, 1]
    live.close()
    assert [sink.counter.closed for sink in (recorder, old, new)] == [0, 1, 1]
    late = Sink()
    live.replace(lambda: late)
    assert late.counter.closed == 1


def test_deeds_are_done_in_order_and_one_that_fails_is_told() -> None:
    done: list[int] = []
    errors: list[Exception] = []
    aside = Aside(errors.append)

    def bad() -> None:
        raise RuntimeError("it is gone")

    for deed in (lambda: done.append(1), bad, lambda: done.append(2)):
        aside.do(deed)
    until(lambda: len(done) == 2)
    assert done == [1, 2]
    assert [str(error) for error in errors] == ["it is gone"]


def test_what_has_not_begun_is_forgotten_at_the_end() -> None:
    begun, go, done = threading.Event(), threading.Event(), []
    aside = Aside(lambda error: None)

    def slow() -> None:
        begun.set()
        go.wait(60)

    aside.do(slow)
    aside.do(lambda: done.append(1))
    begun.wait(60)
    threading.Timer(0.05, go.set).start()
    aside.join(30)
    assert not done
    assert not [thread for thread in threading.enumerate() if thread.name == "aside"]
