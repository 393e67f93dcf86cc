"""A session is started, fed, broken and stopped, with no engine, no camera and no microphone."""

import gc
import logging
import os
import threading
import time
import tracemalloc
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import NoReturn

import numpy as np
import pytest

from core.audio import (
    AudioSource,
    EndOfAudio,
    PacedSource,
    SampleRing,
    Samples,
    Sound,
    SoundBrokeOff,
)
from core.clock import Clock, WallClock
from core.engine.testcard import TestCard
from core.live.session import LeftBehind, Phase, Session, Status
from core.speech_marks import Marks
from core.video import Frame, VideoFormat
from tests.fakes import TINY, Lagging, Opened, Sink, SteppedClock, until

HOP = 160

SCALE = 1 << 16
"""Numbers of samples below this are kept exactly in samples between 0 and 1."""


class Source:
    """Gives `pieces` hops of sound at the pace of life, then ends; counts its closings."""

    def __init__(self, counter: Opened, pieces: int = 10**6) -> None:
        counter.opened += 1
        self._counter = counter
        self._rest = pieces * HOP
        self._paced = PacedSource(self._pull, WallClock(), late=10**6)  # no word for the machine

    @property
    def dropped(self) -> int:
        return self._paced.dropped

    def _pull(self, count: int) -> Samples:
        count = min(count, self._rest)
        self._rest -= count
        return np.ones(count, np.float32)

    def read(self, count: int, timeout: float) -> Sound | None:
        return self._paced.read(count, timeout)

    def close(self) -> None:
        self._counter.closed += 1
        self._paced.close()


class Card(TestCard):
    """A test card that counts its closings and can be slow."""

    def __init__(self, counter: Opened, delay: float = 0.0) -> None:
        super().__init__(TINY)
        counter.opened += 1
        self._counter = counter
        self.delay = delay

    def step(self, audio: Samples, marks: Marks | None = None) -> Sequence[Frame]:
        time.sleep(self.delay)
        return super().step(audio, marks)

    def close(self) -> None:
        self._counter.closed += 1


@dataclass
class Parts:
    """What a session is made of; each part can be replaced before it starts."""

    counter: Opened = field(default_factory=Opened)
    seen: list[Status] = field(default_factory=list)
    sink: Sink = field(default_factory=lambda: Sink(Opened()))

    def __post_init__(self) -> None:
        self.open_source: Callable[[], AudioSource] = lambda: Source(self.counter)
        self.open_stream: Callable[[], TestCard] = lambda: Card(self.counter)
        self.open_sink: Callable[[VideoFormat], Sink] = lambda _: self._open(self.sink)
        self.open_sound_sink: Callable[[], Sink] = lambda: Sink(self.counter)
        self.give_up_after = 60.0

    def _open(self, sink: Sink) -> Sink:
        sink.counter = self.counter
        self.counter.opened += 1
        return sink

    def session(self, clock: Clock | None = None) -> Session:
        return Session(
            lambda: self.open_source(),
            lambda: self.open_stream(),
            lambda format: self.open_sink(format),
            self.seen.append,
            lambda: self.open_sound_sink(),
            clock,
            self.give_up_after,
        )

    @property
    def phases(self) -> list[Phase]:
        return [status.phase for status in self.seen]

    @property
    def over(self) -> bool:
        return bool(self.seen) and self.seen[-1].phase in (Phase.STOPPED, Phase.FAILED)

    def error(self) -> str:
        """Run until the end and return what the session died of."""
        with self.session():
            until(lambda: self.over)
        assert self.seen[-1].phase is Phase.FAILED
        assert self.counter.opened == self.counter.closed
        return str(self.seen[-1].error)


@pytest.fixture
def parts() -> Parts:
    return Parts()


@pytest.fixture(autouse=True)
def quiet(caplog: pytest.LogCaptureFixture) -> Iterator[None]:
    with caplog.at_level(logging.CRITICAL, "core.live.session"):
        yield


def raiser(text: str) -> Callable[..., None]:
    def fail(*args: object) -> None:
        raise RuntimeError(text)

    return fail


def test_sound_goes_in_frames_and_sound_come_out(parts: Parts) -> None:
    with parts.session() as session:
        until(lambda: len(parts.sink.frames) > 10)
        assert session.latest is not None
        assert session.latest.picture.any()
    assert parts.phases == [Phase.STARTING, Phase.LIVE, Phase.STOPPED]
    assert parts.counter.opened == parts.counter.closed == 4


def test_live_is_announced_when_the_first_frame_has_reached_the_sink(parts: Parts) -> None:
    sent_before_live = list[int]()

    def note(status: Status) -> None:
        if status.phase is Phase.LIVE:
            sent_before_live.append(len(parts.sink.frames))

    with Session(parts.open_source, parts.open_stream, parts.open_sink, note):
        until(lambda: sent_before_live)
    assert sent_before_live == [1]


@pytest.mark.parametrize("part", ["open_source", "open_stream", "open_sink", "open_sound_sink"])
def test_a_part_that_cannot_be_opened_ends_the_session(parts: Parts, part: str) -> None:
    setattr(parts, part, raiser(f"no {part}"))
    assert parts.error() == f"no {part}"


@pytest.mark.parametrize("part", ["source", "stream", "sink", "sound_sink"])
def test_a_part_that_fails_in_the_middle_ends_the_session(parts: Parts, part: str) -> None:
    deed = {"source": "read", "stream": "step", "sink": "send", "sound_sink": "play"}[part]
    spoil(parts, part, deed, after=5)
    assert parts.error() == f"{part} broke"


@pytest.mark.parametrize("part", ["source", "stream", "sink", "sound_sink"])
def test_a_part_that_fails_while_closing_is_told_and_the_others_are_closed(
    parts: Parts, part: str
) -> None:
    spoil(parts, part, "close", after=0, then=Source.close)
    with parts.session():
        until(lambda: Phase.LIVE in parts.phases)
    assert parts.phases[-1] is Phase.FAILED
    assert str(parts.seen[-1].error) == f"{part} broke"
    assert parts.counter.closed == 3


def spoil(parts: Parts, part: str, deed: str, after: int, then: object = None) -> None:
    """Make the part's method raise once it has been called `after` times."""
    build = getattr(parts, f"open_{part}")

    def open_part(*args: object) -> object:
        made, left = build(*args), [after]
        work = getattr(made, deed)

        def fail(*args: object, **named: object) -> object:
            if left[0] == 0:
                raise RuntimeError(f"{part} broke")
            left[0] -= 1
            return work(*args, **named)

        setattr(made, deed, fail)
        return made

    setattr(parts, f"open_{part}", open_part)


def test_the_first_error_wins(parts: Parts) -> None:
    spoil(parts, "stream", "step", after=3)
    spoil(parts, "sink", "close", after=0)
    spoil(parts, "source", "close", after=0)
    with parts.session():
        until(lambda: parts.over)
    assert str(parts.seen[-1].error) == "stream broke"


def test_an_error_does_not_keep_alive_what_failed(parts: Parts) -> None:
    gone = threading.Event()

    class Broken(Card):
        def step(self, audio: Samples, marks: Marks | None = None) -> Sequence[Frame]:
            try:
                raise OSError("deep inside")
            except OSError as error:
                raise RuntimeError("broke") from error

        def __del__(self) -> None:
            gone.set()

    parts.open_stream = lambda: Broken(parts.counter)
    with parts.session() as session:
        until(lambda: parts.over)
    del session
    until(gone.is_set)
    assert str(parts.seen[-1].error) == "broke"


def test_errors_that_are_their_own_cause_are_told_as_well(parts: Parts) -> None:
    def fail() -> NoReturn:
        error = RuntimeError("the cable is out")
        raise error from error

    parts.open_source = fail
    assert parts.error() == "the cable is out"


def test_an_error_after_a_stop_is_still_told(parts: Parts) -> None:
    spoil(parts, "sink", "close", after=0)
    with parts.session() as session:
        until(lambda: Phase.LIVE in parts.phases)
        session.stop()
        until(lambda: parts.over)
    assert parts.phases[-1] is Phase.FAILED


def test_stopped_before_it_began_nothing_but_the_stream_is_opened(parts: Parts) -> None:
    session = parts.session()
    session.stop()
    with session:
        until(lambda: parts.over)
    assert parts.phases == [Phase.STARTING, Phase.STOPPED]
    assert parts.counter.opened == parts.counter.closed == 1


@pytest.mark.parametrize("part", ["open_source", "open_stream", "open_sink", "open_sound_sink"])
def test_stopped_while_a_part_is_being_opened(parts: Parts, part: str) -> None:
    inside, go = threading.Event(), threading.Event()
    build = getattr(parts, part)

    def slow(*args: object) -> object:
        inside.set()
        go.wait(60)
        return build(*args)

    setattr(parts, part, slow)
    with parts.session() as session:
        assert inside.wait(30)
        session.stop()
        go.set()
        assert session.join(30)
    assert parts.phases == [Phase.STARTING, Phase.STOPPED]
    assert parts.counter.opened == parts.counter.closed


def test_stopped_while_the_source_is_silent(parts: Parts) -> None:
    parts.open_source = lambda: SampleRing(1000, WallClock())
    with parts.session() as session:
        until(lambda: parts.counter.opened == 3)
        session.stop()
        assert session.join(30)
    assert parts.phases == [Phase.STARTING, Phase.STOPPED]


def test_joining_gives_up_when_a_part_hangs(parts: Parts) -> None:
    inside, go = threading.Event(), threading.Event()

    def hang(frame: Frame) -> None:
        inside.set()
        go.wait(60)

    parts.sink.send = hang  # type: ignore[method-assign]
    with parts.session() as session:
        assert inside.wait(30)
        session.stop()
        assert not session.join(0.05)
        go.set()


@pytest.mark.parametrize("part", ["open_source", "open_stream", "open_sink"])
def test_a_part_that_ends_its_thread_ends_the_session_and_it_is_told(
    parts: Parts, part: str
) -> None:
    def leave(*_: object) -> NoReturn:
        raise SystemExit(3)

    setattr(parts, part, leave)
    assert "has ended itself (SystemExit)" in parts.error()


def test_what_hangs_after_a_stop_is_left_behind_and_opens_nothing_any_more(parts: Parts) -> None:
    hung, free = threading.Event(), threading.Event()

    def hang() -> AudioSource:
        hung.set()
        free.wait()
        return Source(parts.counter)

    parts.open_source, parts.give_up_after = hang, 0.01
    session = parts.session()
    session.start()
    hung.wait()
    session.stop()
    until(lambda: parts.over)
    assert isinstance(parts.seen[-1].error, LeftBehind)
    assert session.join(0)
    free.set()
    session._engine.join()
    assert parts.phases == [Phase.STARTING, Phase.FAILED]
    assert parts.sink.frames == []
    assert parts.counter.opened == parts.counter.closed


@pytest.mark.parametrize("frames_per_step", [1, 4])
def test_the_end_of_the_sound_drains_the_last_frames(parts: Parts, frames_per_step: int) -> None:
    pieces = 12
    parts.open_source = lambda: Source(parts.counter, pieces)
    parts.open_stream = lambda: Lagging(TINY, frames_per_step, lag=6 * HOP + 1)
    sound_sink = Sink(parts.counter)
    parts.open_sound_sink = lambda: sound_sink
    with parts.session() as session:
        until(lambda: parts.over)
        figures = session.figures()
    shown = [frame.sample for frame in parts.sink.frames]
    # A machine that stalls may lose frames on the way, and then says so; never the last one.
    missing = set(range(0, pieces * HOP, HOP)) - set(shown)
    assert len(missing) == figures.frames_dropped
    assert shown[-1] == (pieces - 1) * HOP
    assert shown == sorted(shown)
    assert sum(len(s.samples) for s in sound_sink.sounds) == pieces * HOP


def test_what_came_before_a_sound_broke_off_is_seen_to_its_end(parts: Parts) -> None:
    class BrokenSource(Source):
        def read(self, count: int, timeout: float) -> Sound | None:
            try:
                return super().read(count, timeout)
            except EndOfAudio:
                raise SoundBrokeOff("damaged; choose another") from None

    parts.open_source = lambda: BrokenSource(parts.counter, 12)
    parts.open_stream = lambda: Lagging(TINY, 4, lag=6 * HOP + 1)
    with parts.session():
        until(lambda: parts.over)
    assert parts.sink.frames[-1].sample == 11 * HOP
    assert parts.seen[-1].phase is Phase.FAILED
    assert str(parts.seen[-1].error) == "damaged; choose another"


def test_an_empty_source_ends_at_once(parts: Parts) -> None:
    parts.open_source = lambda: Source(parts.counter, pieces=0)
    with parts.session():
        until(lambda: parts.over)
    assert parts.phases == [Phase.STARTING, Phase.STOPPED]
    assert not parts.sink.frames


def test_a_slow_stream_costs_pictures_and_no_word(parts: Parts) -> None:
    card = Card(parts.counter, delay=0.04)  # four times slower than life
    parts.open_stream = lambda: card
    heard = Sink(Opened())
    parts.open_sound_sink = lambda: heard
    parts.counter.closed += 1  # of the sound sink, which has a counter of its own
    with parts.session() as session:
        until(lambda: session.figures().frames_dropped > 30)
        card.delay = 0.0
        until(lambda: keeps_up(session, parts.sink))
        assert session.figures().sound_dropped == 0
    assert gapless(heard)


def test_the_voice_goes_on_while_the_engine_stands_still(parts: Parts) -> None:
    go, still = threading.Event(), threading.Event()
    heard = Sink(Opened())

    class Stopped(Card):
        def step(self, audio: Samples, marks: Marks | None = None) -> Sequence[Frame]:
            if len(heard.sounds) > 20 and not go.is_set():
                still.set()
                go.wait(60)
            return super().step(audio, marks)

    parts.open_stream = lambda: Stopped(parts.counter)
    parts.open_sound_sink = lambda: heard
    with parts.session() as session:
        assert still.wait(30)
        before = len(heard.sounds)
        until(lambda: len(heard.sounds) > before + 300)  # three seconds without a picture
        go.set()
        until(lambda: keeps_up(session, parts.sink))
        assert session.figures().sound_dropped == 0
        assert session.figures().frames_dropped > 0
    assert gapless(heard)


def gapless(sink: Sink) -> bool:
    """Whether nothing is missing between the first and the last sound."""
    ends = [sound.start + len(sound.samples) for sound in sink.sounds[:-1]]
    return ends == [sound.start for sound in sink.sounds[1:]]


def test_a_source_that_falls_silent_leaves_a_picture_that_lives(parts: Parts) -> None:
    told = list[str]()

    class Hesitant(Source):
        quiet = False

        def read(self, count: int, timeout: float) -> Sound | None:
            if self.quiet:
                time.sleep(timeout)
                return None
            return super().read(count, timeout)

    source = Hesitant(parts.counter)
    parts.open_source = lambda: source
    with Session(
        parts.open_source, parts.open_stream, parts.open_sink, parts.seen.append, tell=told.append
    ) as session:
        until(lambda: session.figures().frames > 20)
        source.quiet = True
        until(lambda: told)
        before = session.figures().frames
        until(lambda: session.figures().frames > before + 50)
        source.quiet = False
        until(lambda: keeps_up(session, parts.sink))
    assert told == ["No sound comes from the voice; the picture goes on without it."]
    shown = [frame.sample for frame in parts.sink.frames]
    assert shown == sorted(shown)


@pytest.mark.parametrize("part", ["source", "stream", "sink", "sound_sink"])
def test_a_while_after_a_stop_it_is_over_whatever_hangs(parts: Parts, part: str) -> None:
    go, inside = threading.Event(), threading.Event()
    deed = {"source": "read", "stream": "step", "sink": "send", "sound_sink": "play"}[part]
    build = getattr(parts, f"open_{part}")

    def open_part(*args: object) -> object:
        made = build(*args)

        def hang(*args: object, **named: object) -> None:
            inside.set()
            go.wait(120)

        setattr(made, deed, hang)
        return made

    setattr(parts, f"open_{part}", open_part)
    if part == "sound_sink":
        parts.open_sound_sink = open_part  # type: ignore[assignment]
    abandoned = threading.Event()
    session = Session(
        parts.open_source,
        parts.open_stream,
        parts.open_sink,
        parts.seen.append,
        parts.open_sound_sink,
        give_up_after=0.5,
        abandon=abandoned.set,
    )
    session.start()
    assert inside.wait(30)
    session.stop()
    assert session.join(30)
    assert abandoned.is_set()
    assert parts.phases[-1] is Phase.FAILED
    assert isinstance(parts.seen[-1].error, LeftBehind)
    told = len(parts.seen)
    go.set()
    until(lambda: threading.active_count() == 1)
    assert len(parts.seen) == told


def test_what_is_set_free_ends_as_if_nothing_had_been(parts: Parts) -> None:
    go, inside = threading.Event(), threading.Event()

    class Hanging(Card):
        def step(self, audio: Samples, marks: Marks | None = None) -> Sequence[Frame]:
            inside.set()
            go.wait(120)
            return super().step(audio, marks)

    session = Session(
        parts.open_source,
        lambda: Hanging(parts.counter),
        parts.open_sink,
        parts.seen.append,
        give_up_after=4.0,
        abandon=go.set,
    )
    session.start()
    assert inside.wait(30)
    session.stop()
    assert session.join(30)
    assert parts.phases[-1] is Phase.STOPPED


def keeps_up(session: Session, sink: Sink) -> bool:
    """Whether thirty frames come one after the other, nothing is lost, and the last is fresh.

    A machine that stalls may lose some more meanwhile, but not always.
    """
    lost, before = session.figures().sound_dropped, len(sink.frames)
    until(lambda: len(sink.frames) > before + 30)
    fresh = WallClock().now() - sink.frames[-1].heard < 0.1
    return fresh and session.figures().sound_dropped == lost


def test_stamps_stay_right_when_sound_is_lost(parts: Parts) -> None:
    """Each piece of sound carries its own stream time as samples; so must its frame."""
    ring = SampleRing(4 * HOP, WallClock())
    parts.open_source = lambda: ring
    begin = WallClock().now()

    class Echo(TestCard):
        def step(self, audio: Samples, marks: Marks | None = None) -> Sequence[Frame]:
            (frame,) = super().step(audio, marks)
            marked = np.full((8, 8, 3), round(float(audio[0]) * SCALE) // HOP, np.uint8)
            return [Frame(marked, frame.sample)]

    parts.open_stream = lambda: Echo(TINY)
    with parts.session():
        for at in range(0, 60 * HOP, HOP):
            sound = np.arange(at, at + HOP, dtype=np.float32) / np.float32(SCALE)
            ring.push(sound, begin + (at + HOP) / 16_000)
            if at not in range(20 * HOP, 40 * HOP):  # a burst that nobody can read in time
                time.sleep(0.01)
        until(lambda: parts.sink.frames and parts.sink.frames[-1].sample >= 55 * HOP)
    assert ring.dropped > 0
    for frame in parts.sink.frames:
        assert frame.picture[0, 0, 0] == frame.sample // HOP
        assert frame.heard == pytest.approx(begin + frame.sample / 16_000)


def test_without_new_frames_the_last_one_is_sent_again(parts: Parts) -> None:
    parts.open_stream = lambda: Card(parts.counter, delay=0.1)
    with parts.session() as session:
        until(lambda: session.figures().repeated > 10)
        assert len({frame.sample for frame in parts.sink.frames}) < len(parts.sink.frames)


def test_latency_is_measured_from_the_stamps(parts: Parts) -> None:
    class Old(Source):
        def read(self, count: int, timeout: float) -> Sound | None:
            sound = super().read(count, timeout)
            return sound and Sound(sound.samples, sound.start, sound.heard - 3.0)

    parts.open_source = lambda: Old(parts.counter)
    with parts.session() as session:
        until(lambda: session.figures().frames > 20)
        # The rest is the machine's: much at first, if it is busy.
        until(lambda: 3.0 < session.figures().latency_p50 < 3.2)
        figures = session.figures()
    assert figures.latency_p95 >= figures.latency_p50 > 3.0


def test_a_stalled_sink_costs_frames_and_then_all_is_well(parts: Parts) -> None:
    real, calls = parts.sink.send, [0]
    session = parts.session()

    def stall(frame: Frame) -> None:
        calls[0] += 1
        if calls[0] == 20:
            before = session.figures().frames_dropped
            until(lambda: session.figures().frames_dropped > before + 10)
        real(frame)

    parts.sink.send = stall  # type: ignore[method-assign]
    with session:
        until(lambda: len(parts.sink.frames) > 60)
        assert session.figures().frames_dropped > 10
        until(lambda: keeps_up(session, parts.sink))


def test_after_a_slow_start_the_delay_melts_away_and_the_losses_are_told(parts: Parts) -> None:
    late: list[float] = []

    def note(frame: Frame) -> None:
        late.append(WallClock().now() - frame.heard)

    session = parts.session()

    def slow(format: VideoFormat) -> Sink:
        until(lambda: session.figures().frames_dropped > 20)
        return parts._open(parts.sink)

    parts.sink.send = note  # type: ignore[method-assign]
    parts.open_sink = slow
    with session:
        # A hop takes 10 ms; a ring that stayed full, 30 more.
        until(lambda: len(late) > 100 and min(late[100:], default=1) < 0.025)
        assert session.figures().frames_dropped > 20


def test_two_hundred_starts_and_stops_leave_nothing() -> None:
    counter = Opened()
    for _ in range(10):
        start_and_stop(counter)
    tracemalloc.start()
    memory, handles = tracemalloc.get_traced_memory()[0], open_files()
    for _ in range(190):
        start_and_stop(counter)
    gc.collect()
    grown = tracemalloc.get_traced_memory()[0] - memory
    tracemalloc.stop()
    assert counter.opened == counter.closed == 200 * 4
    assert threading.active_count() == 1
    assert open_files() <= handles
    assert grown < 190 * 1000, "less than anything that is kept of each"


def start_and_stop(counter: Opened) -> None:
    parts = Parts(counter)
    with parts.session() as session:
        until(lambda: Phase.LIVE in parts.phases)
        session.stop()
        assert session.join(30)
    assert parts.phases == [Phase.STARTING, Phase.LIVE, Phase.STOPPED]


def open_files() -> int:
    return len(os.listdir("/proc/self/fd")) if os.path.isdir("/proc/self/fd") else 0


def test_a_closed_source_answers_with_the_end(parts: Parts) -> None:
    source = Source(parts.counter)
    source.close()
    with pytest.raises(EndOfAudio):
        source.read(HOP, 0.1)


def test_after_a_stop_less_than_a_tenth_of_a_second_is_played_however_much_waits(
    parts: Parts,
) -> None:
    """The voice waits for its picture here, 300 ms of it."""
    clock = SteppedClock()
    parts.open_source = lambda: PacedSource(lambda count: np.ones(count, np.float32), clock)
    parts.open_stream = lambda: Lagging(TINY, 1, 4800)
    sink = Sink(parts.counter)
    parts.open_sound_sink = lambda: sink
    session = parts.session(clock)
    session.start()

    def passes(ready: Callable[[], bool]) -> bool:
        clock.advance(0.005)
        return ready()

    until(lambda: passes(lambda: len(sink.sounds) >= 20))
    session.stop()
    before = len(sink.sounds)
    until(lambda: passes(lambda: session.join(0)))
    after = sum(len(sound.samples) for sound in sink.sounds[before:])
    assert after < 0.1 * 16_000
    assert parts.phases[-1] is Phase.STOPPED
