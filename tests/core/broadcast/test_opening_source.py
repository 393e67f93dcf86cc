"""What is opened takes its time: silence in its place, then it goes on, or its error is told."""

import threading

import numpy as np
import pytest

from core.audio import AudioSource, EndOfAudio, PacedSource
from core.broadcast.live_source import LiveSource
from core.broadcast.opening_source import OpeningSource
from core.broadcast.switches import Switches
from tests.fakes import HandClock

PIECE = 160


class Talker(PacedSource):
    """Loud, and keeps what it is told to say, if there is anything in it."""

    def __init__(self, clock: HandClock) -> None:
        super().__init__(lambda count: np.full(count, 0.5, np.float32), clock)
        self.said: list[str] = []

    def say(self, text: str) -> None:
        if not text:
            raise ValueError("there is nothing to speak")
        self.said.append(text)


def begun(clock: HandClock) -> tuple[LiveSource, OpeningSource]:
    live, early = LiveSource(Switches(), clock=clock), OpeningSource(clock)
    live.begin(early)
    return live, early


def test_there_is_silence_until_the_source_goes_on_in_the_same_stream_time() -> None:
    clock = HandClock()
    live, early = begun(clock)
    first = live.read(PIECE, 1)
    assert first
    assert (first.start, first.marks) == (0, ())
    assert not first.samples.any()
    live.say("hello")
    source = Talker(clock)
    early.open(lambda: source, live)
    sound = live.read(PIECE, 1)
    assert sound
    assert (sound.start, float(sound.samples[0])) == (PIECE, 0.5)
    assert source.said == ["hello"]


def test_why_it_cannot_be_opened_is_told_at_once_or_where_it_is_read() -> None:
    def opened() -> AudioSource:
        raise ValueError("there is no file")

    live, early = begun(HandClock())
    early.wait(0)
    early.open(opened, live)
    with pytest.raises(ValueError, match="no file"):
        early.wait(0)
    with pytest.raises(ValueError, match="no file"):
        live.read(PIECE, 1)


def test_what_cannot_be_said_once_it_is_there_is_told_and_all_goes_on() -> None:
    clock, told = HandClock(), list[str]()
    live, early = LiveSource(Switches(), clock=clock), OpeningSource(clock, told.append)
    live.begin(early)
    for text in ("hello", "", "again"):
        live.say(text)
    source = Talker(clock)
    early.open(lambda: source, live)
    assert (source.said, told) == (["hello", "again"], ["there is nothing to speak"])
    with pytest.raises(ValueError, match="nothing to speak"):
        live.say("")  # nobody has read yet, so it is still asked in the other's place
    assert live.read(PIECE, 1)


def test_whoever_has_taken_its_place_meanwhile_keeps_it() -> None:
    clock = HandClock()
    live, early = begun(clock)
    chosen, late = Talker(clock), Talker(clock)
    live.hand_over(chosen)
    early.open(lambda: late, live)
    live.read(PIECE, 1)
    live.say("hello")
    assert chosen.said == ["hello"]
    with pytest.raises(EndOfAudio):
        late.read(PIECE, 1)


def test_what_is_there_too_late_is_closed() -> None:
    clock, held = HandClock(), threading.Event()
    live, early = begun(clock)
    late = Talker(clock)

    def opened() -> AudioSource:
        held.wait(20)
        return late

    opening = threading.Thread(target=early.open, args=(opened, live))
    opening.start()
    live.close()
    held.set()
    opening.join()
    with pytest.raises(EndOfAudio):
        late.read(PIECE, 1)
