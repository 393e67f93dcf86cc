"""Two ways from one source, on one stream time, whatever the source does."""

import numpy as np
import pytest

from core.audio import EndOfAudio, Sound, voice_of
from core.live.intake import BACKLOG, EARLY, MISSING, OLD, STALL, Intake
from tests.fakes import HandClock, voiced


class Stage:
    """An intake, and what goes to people."""

    def __init__(self) -> None:
        self.clock = HandClock(100.0)
        self.voice: list[Sound] = []
        self.told: list[str] = []
        self.intake = Intake(self.clock, self.voice.append, self.told.append)
        self.intake.open()

    def put(self, start: int, count: int = 640, heard: float | None = None) -> None:
        samples = np.full(count, start / 1e6, np.float32)
        self.intake.put(voiced(Sound(samples, start, self.clock.time if heard is None else heard)))

    def read(self, count: int = 640) -> list[Sound] | None:
        return self.intake.read(count, 0.0)

    def pieces(self, count: int = 640) -> list[Sound]:
        pieces = self.read(count)
        assert pieces is not None
        return pieces


def test_what_is_put_is_read_in_hops_and_goes_to_people_at_once() -> None:
    stage = Stage()
    for start in (0, 640, 1280):
        stage.put(start)
    assert stage.read(800) is not None
    first, second = stage.pieces(1120)
    assert (first.start, len(first.samples), second.start) == (800, 480, 1280)
    assert voice_of(first).shape == (1440, 1)
    assert first.heard == pytest.approx(stage.clock.time + 160 / 16_000)
    assert [sound.start for sound in stage.voice] == [0, 640, 1280]
    assert stage.read() is None


def test_what_the_engine_is_too_late_for_is_left_out_and_people_hear_it_all() -> None:
    stage = Stage()
    count = round(3 * BACKLOG / 0.04)
    for number in range(count):
        stage.put(640 * number)
    assert stage.intake.unheard == 640 * count - stage.intake.waiting
    assert BACKLOG * 16_000 - 640 < stage.intake.waiting <= BACKLOG * 16_000
    (piece,) = stage.pieces()
    assert piece.start == stage.intake.unheard
    assert len(stage.voice) == count


def test_lost_sound_keeps_its_place_in_time() -> None:
    stage = Stage()
    stage.put(0)
    stage.put(5000)
    assert [sound.start for sound in stage.voice] == [0, 5000]


@pytest.mark.parametrize("wrong", [-640, 0, 100, 10**15, -(10**15)])
def test_a_source_that_counts_wrongly_changes_nothing_in_the_time(wrong: int) -> None:
    stage = Stage()
    stage.put(0)
    stage.put(wrong)
    stage.put(wrong + 640)
    assert [sound.start for sound in stage.voice] == [0, 640, 1280]


@pytest.mark.parametrize("heard", [np.nan, np.inf, 1e300, -1e300, 0.0])
def test_a_source_that_stamps_wrongly_delays_nothing_for_long(heard: float) -> None:
    stage = Stage()
    stage.put(0, heard=heard)
    now = stage.clock.time
    assert now - OLD <= stage.voice[0].heard <= now + EARLY


def test_where_no_sound_comes_there_is_silence_in_step_with_the_clock() -> None:
    stage = Stage()
    stage.put(0)
    assert stage.read() is not None
    stage.clock.time += STALL - 0.01
    assert stage.read() is None
    quiet = 0
    for _ in range(100):  # looks of 20 ms, for two seconds
        stage.clock.time += 0.02
        quiet += stage.read() is not None
    assert quiet == pytest.approx(50, abs=2)
    assert stage.told == ["No sound comes from the voice; the picture goes on without it."]
    assert stage.clock.time - 100.0 > MISSING
    stage.put(640)
    (piece,) = stage.pieces()
    assert piece.start == 640 * (quiet + 1)
    assert piece.samples.any()


def test_before_the_first_sound_there_is_none_in_its_place() -> None:
    stage = Stage()
    stage.clock.time += 10 * STALL
    assert stage.read() is None


def test_nothing_is_missing_while_engine_and_source_are_being_opened() -> None:
    clock, told = HandClock(), list[str]()
    intake = Intake(clock, lambda _: None, told.append)
    clock.time += 10 * MISSING
    assert intake.read(640, 0.0) is None
    assert told == []
    intake.open()
    clock.time += MISSING + 0.1
    assert intake.read(640, 0.0) is None
    assert told == ["No sound comes from the voice; the picture goes on without it."]


def test_at_the_end_what_is_left_is_filled_up_and_then_it_is_told() -> None:
    stage = Stage()
    stage.put(0, 400)
    stage.intake.end(EndOfAudio("over"))
    pieces = stage.pieces()
    assert sum(len(piece.samples) for piece in pieces) == 640
    with pytest.raises(EndOfAudio, match="over"):
        stage.read()
