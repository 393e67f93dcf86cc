"""Where each millisecond between a sound and its picture goes: live, with the engine's process.

Nothing inside is touched: the source, the stream and the screen are ours, and note when they are
asked and answer. What the parts of a step take is measured beside it, on a stream of our own that
is stepped as seldom as one that is live, so that caches are as cold.
"""

import argparse
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from core.audio import LATE, SAMPLE_RATE, AudioSource, PacedSource, Samples, Sound
from core.benchmark.live_chain import endless_speech
from core.benchmark.live_probe import Probe, describe_person, live
from core.benchmark.measurements import Measurement, Report, Section, machine
from core.cli import portrait
from core.clock import Clock
from core.engine.badge import BadgeOptions
from core.engine.choice import open_stream
from core.engine.engine_client import Engine
from core.look import Look
from core.perception.speech.encoder_numpy import NumpySpeechEncoder
from core.plugin import SourcePlugin
from core.speech_marks import Marks
from core.stream import AvatarStream, skip
from core.video import HD, Frame, VideoFormat

PAUSE = 0.02
"""Seconds between two steps that are measured alone: about as long as a live engine rests."""


LOST = 0.2
"""Seconds that sound can wait for the engine's thread; where it seems more, or less than none, some
was left out, and steps no longer count as the source does."""


class Step(NamedTuple):
    begun: float
    done: float
    fed: int
    """Samples given until then."""


class Steps:
    """Satisfies `AvatarStream` and `Skippable`: another one, whose steps are noted."""

    def __init__(self, stream: AvatarStream, steps: dict[int, Step]) -> None:
        self.format, self.hop, self.lag = stream.format, stream.hop, stream.lag
        self._stream, self._steps = stream, steps
        self._fed = 0

    def step(self, audio: Samples, marks: Marks | None = None) -> Sequence[Frame]:
        """See `AvatarStream.step`."""
        begun = time.monotonic()
        frames = self._stream.step(audio, marks)
        self._fed += len(audio)
        for frame in frames:
            self._steps[frame.sample] = Step(begun, time.monotonic(), self._fed)
        return frames

    def skip(self, audio: Samples, marks: Marks | None = None) -> int:
        """See `Skippable.skip`."""
        self._fed += len(audio)
        return skip(self._stream, audio, marks)

    def close(self) -> None:
        self._stream.close()


class NotingEngine(Engine):
    """The engine's process, whose steps are noted by the stream time of their frames."""

    def __init__(self) -> None:
        super().__init__()
        self.steps: dict[int, Step] = {}

    def open(
        self,
        engine: str,
        look: Look,
        format: VideoFormat,
        tell: Callable[[str], None],
        badge: BadgeOptions | None = None,
    ) -> tuple[AvatarStream, str]:
        """See `Engine.open`."""
        stream, why = super().open(engine, look, format, tell, badge)
        return Steps(stream, self.steps), why


class NotingSource:
    """Satisfies `AudioSource`: another one, whose pieces are noted by the stream time they end."""

    def __init__(self, source: AudioSource, given: dict[int, float]) -> None:
        self._source, self._given = source, given

    @property
    def dropped(self) -> int:
        return self._source.dropped

    def read(self, count: int, timeout: float) -> Sound | None:
        """See `AudioSource.read`."""
        sound = self._source.read(count, timeout)
        if sound is not None:
            self._given[sound.start + count] = time.monotonic()
        return sound

    def close(self) -> None:
        self._source.close()


def describe(parser: argparse.ArgumentParser) -> None:
    """Add the options of `latency`."""
    describe_person(parser)
    parser.add_argument("--seconds", type=float, default=20, help="how long to be live")


def measure(chosen: argparse.Namespace) -> Report:
    """Run the benchmark."""
    about = machine() | {"picture": f"{portrait(chosen).title}, {HD.width}x{HD.height}"}
    alone = dict(_alone(chosen))
    whole, parts = _live(chosen)
    rows = (
        *_rows(parts),
        *_inside(alone, float(np.median(parts["step of the engine"]))),
        *(Measurement(f"all, p{n}", float(np.percentile(whole, n)), "ms") for n in (50, 95)),
    )
    return Report(about, (Section(f"From a sound to its picture, {len(whole)} frames", rows),))


def _live(chosen: argparse.Namespace) -> tuple[NDArray[np.float64], dict[str, list[float]]]:
    """Return the latencies, and what they are made of, in ms."""
    given, probe, engine = dict[int, float](), Probe(), NotingEngine()

    def open_source(_: None, clock: Clock) -> AudioSource:
        return NotingSource(PacedSource(endless_speech(), clock, LATE), given)

    plugin = SourcePlugin("speech", "Synthetic speech", type(None), open_source)
    with live(chosen, (plugin, None), probe, engine=engine) as on_air:
        warm = len(probe.pictures)
        on_air.broadcast.join(chosen.seconds)
    whole, parts = list[float](), dict[str, list[float]]()
    for picture in probe.pictures[warm:]:
        step = engine.steps.get(picture.start)
        if step and 0 <= step.begun - given.get(step.fed, np.inf) < LOST:
            whole.append(1e3 * (picture.at - picture.heard))
            for name, seconds in _parts(picture.start, picture.heard, picture.at, step, given):
                parts.setdefault(name, []).append(1e3 * seconds)
    return np.array(whole), parts


def _parts(
    start: int, heard: float, sent: float, step: Step, given: dict[int, float]
) -> Iterator[tuple[str, float]]:
    frame, there = 1 / HD.fps, given[step.fed]
    due = heard + (step.fed - start) / SAMPLE_RATE
    yield "the frame's own sound", frame
    yield "look-ahead of the ear", due - heard - frame
    yield "until the source has given it", there - due
    yield "until the engine's thread has it", step.begun - there
    yield "step of the engine", step.done - step.begun
    yield "until the output's beat", sent - step.done


def _rows(parts: dict[str, list[float]]) -> Iterator[Measurement]:
    for name, each in parts.items():
        yield Measurement(name, float(np.median(each)), "ms")


def _alone(chosen: argparse.Namespace) -> Iterator[tuple[str, float]]:
    """Measure the parts of a step in this process, in ms: medians."""
    pull, ear = endless_speech(), NumpySpeechEncoder()
    stream, _ = open_stream(chosen.engine, portrait(chosen), HD, badge=BadgeOptions())
    bare, _ = open_stream("testcard", portrait(chosen), HD, badge=BadgeOptions())
    with closing(stream), closing(bare):
        deeds: dict[str, Callable[[Samples], object]] = {
            "ear": ear.step_early,
            "heard": lambda audio: skip(stream, audio),
            "whole": stream.step,
        }
        for name, deed in deeds.items():
            yield name, _timed(deed, pull, stream.hop)
        yield "marks", _timed(bare.step, pull, bare.hop)


def _timed(deed: Callable[[Samples], object], pull: Callable[[int], Samples], hop: int) -> float:
    times = []
    for _ in range(50):
        time.sleep(PAUSE)
        sound = pull(hop)
        begun = time.perf_counter()
        deed(sound)
        times.append(time.perf_counter() - begun)
    return 1e3 * float(np.median(times[10:]))


def _inside(alone: dict[str, float], step: float) -> Iterator[Measurement]:
    heard, marks = alone["heard"], alone["marks"]
    yield Measurement("of the step: ear", alone["ear"], "ms")
    yield Measurement("of the step: performance", heard - alone["ear"], "ms")
    yield Measurement("of the step: painting", alone["whole"] - heard - marks, "ms")
    yield Measurement("of the step: test card, watermark and badge", marks, "ms")
    yield Measurement("of the step: to the process and back", step - alone["whole"], "ms")
