"""The live chain: throughput without waiting, then latency, dropped frames and memory live."""

import argparse
import logging
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from itertools import cycle, starmap

import numpy as np
import psutil
from numpy.typing import NDArray

from core.audio import LATE, SAMPLE_RATE, PacedSource, Samples
from core.benchmark.interleaved_timing import Workload, time_interleaved
from core.benchmark.measurements import Measurement, Report, Section, machine
from core.benchmark.synthetic_speech import synthetic_speech
from core.broadcast.broadcast import Broadcast, Reports
from core.broadcast.scene import Scene
from core.broadcast.shared_devices import Devices
from core.camera.shared import SIZE, Slots
from core.cli import portrait
from core.engine.badge import Badge, BadgeOptions
from core.engine.choice import open_stream
from core.engine.local import LocalEngine
from core.engine.names import AUTO, ENGINES
from core.live.figures import Figures
from core.live.session import Status
from core.perception.speech.encoder_numpy import NumpySpeechEncoder
from core.plugin import SourcePlugin
from core.process.memory import Memory
from core.profile import Profile
from core.progress import Bar
from core.stream import AvatarStream
from core.video import FPS, HD, Frame, VideoFormat, VideoSink

TURN = 1.0
"""Seconds of sound in a turn, nearly: as many steps of a stream as come closest."""

FRAME = SAMPLE_RATE // FPS
"""Samples to a frame."""

MEMORY_INTERVAL = 0.5
"""Seconds between two samples of the memory in use."""


def describe(parser: argparse.ArgumentParser) -> None:
    """Add the options of `live`."""
    person = parser.add_mutually_exclusive_group()
    person.add_argument("--profile", metavar="NAME", help="measure with this person")
    person.add_argument("--photo", metavar="FILE", help="measure with the person in this photo")
    parser.add_argument("--engine", choices=ENGINES, default=AUTO)
    parser.add_argument("--size", type=size, default=(HD.width, HD.height), metavar="WxH")
    parser.add_argument("--rounds", type=int, default=20, help="seconds of video for each speed")
    parser.add_argument("--seconds", type=float, default=60, help="how long to be live; 600 tells")


def size(text: str) -> tuple[int, int]:
    """Parse a size such as 1280x720."""
    try:
        width, height = (int(part) for part in text.lower().split("x"))
        VideoFormat(width, height)
    except ValueError as error:
        raise argparse.ArgumentTypeError(f"{error}; write it like 1280x720") from error
    return width, height


def measure(chosen: argparse.Namespace) -> Report:
    """Run the benchmark."""
    person, format = portrait(chosen), VideoFormat(*chosen.size)
    about = machine() | {"picture": f"{person.title}, {format.width}x{format.height}"}
    speed = _speed(chosen.engine, person, format, chosen.rounds)
    live = _live(chosen.engine, person, format, chosen.seconds)
    return Report(about, (speed, live))


def _badged_stream(engine: str, person: Profile, format: VideoFormat) -> AvatarStream:
    return open_stream(engine, person, format, badge=BadgeOptions())[0]


def _speed(engine: str, person: Profile, format: VideoFormat, rounds: int) -> Section:
    began = time.perf_counter()
    stream = _badged_stream(engine, person, format)
    opened = time.perf_counter() - began
    with (
        closing(stream),
        closing(_badged_stream("testcard", person, format)) as card,
        _slots() as slots,
    ):
        reader, badge = NumpySpeechEncoder(), Badge(format, BadgeOptions())
        picture = np.zeros((format.height, format.width, 3), np.uint8)
        turns = {
            "whole chain, test card": _chain_turn(card, slots),
            "whole chain": _chain_turn(stream, slots),
            "of it: speech reader": Turn(FRAME, reader.step),
            "of it: badge": Turn(FRAME, lambda _: badge.apply(picture)),
            "of it: handing over to the camera": Turn(FRAME, lambda _: slots.write(picture)),
        }
        seconds = time_interleaved(tuple(starmap(Workload, turns.items())), rounds)
    each = {name: seconds[name] / turn.frames for name, turn in turns.items()}
    frames = turns["whole chain"].frames
    return Section(
        f"Speed, medians of {rounds} turns of {frames:.0f} frames each, side by side",
        (Measurement("opening the profile", opened, "s"), *_speed_rows(each)),
    )


def _speed_rows(seconds: dict[str, NDArray[np.float64]]) -> Iterator[Measurement]:
    """Yield what turns say that took so many seconds a frame."""
    whole = float(np.median(seconds["whole chain"]))
    for name, each in seconds.items():
        middle = float(np.median(each))
        if name.startswith("of it"):
            yield Measurement(name, 1e3 * middle, "ms/frame", middle / whole, "the whole")
        else:
            yield Measurement(name, 1 / middle, "frames/s", 1 / middle / FPS, "real time")
    slow = float(np.percentile(seconds["whole chain"], 90))
    yield Measurement("whole chain, its slowest tenth of turns", 1 / slow, "frames/s")


def _chain_turn(stream: AvatarStream, slots: Slots) -> "Turn":
    """A turn from sound to a picture in the shared memory of the camera's process."""

    def step(sound: Samples) -> None:
        for frame in stream.step(sound):
            slots.write(frame.picture)

    return Turn(stream.hop, step)


class Turn:
    """About a second of speech for `step`, which takes `hop` samples; goes on where it ended."""

    def __init__(self, hop: int, step: Callable[[Samples], object]) -> None:
        self._steps = max(1, round(TURN * SAMPLE_RATE / hop))
        self._step = step
        speech = synthetic_speech(8.0)
        self._pieces = cycle(speech[: len(speech) // hop * hop].reshape(-1, hop))
        self.frames = self._steps * hop / FRAME

    def __call__(self) -> None:
        for _ in range(self._steps):
            self._step(next(self._pieces))


@contextmanager
def _slots() -> Iterator[Slots]:
    with closing(Memory(SIZE)) as memory, closing(Slots(memory.map)) as slots:
        yield slots


class _LatencyProbe:
    """Satisfies `Page` and `VideoSink`: hands frames over, records the latency of new ones."""

    def __init__(self, slots: Slots) -> None:
        self._slots = slots
        self._last = -1
        self.latencies: list[float] = []

    def open(self, format: VideoFormat) -> VideoSink:  # noqa: ARG002
        return self

    def send(self, frame: Frame) -> None:
        self._slots.write(frame.picture)
        if frame.sample != self._last:
            self.latencies.append(time.monotonic() - frame.heard)
        self._last = frame.sample

    def close(self) -> None:
        pass


def _live(engine: str, person: Profile, format: VideoFormat, seconds: float) -> Section:
    """Run a session on endless speech, and measure it."""
    statuses = list[Status]()
    with closing(Devices(LocalEngine())) as devices, _slots() as slots:
        probe = _LatencyProbe(slots)
        scene = Scene(_voice(), None, person, engine, "", BadgeOptions(), probe, format=format)
        broadcast = Broadcast(scene, devices, _reports(statuses))
        broadcast.start()
        try:
            memory, cpu_share = _memory_and_cpu(broadcast, seconds)
            figures = broadcast.figures()
        finally:
            broadcast.stop()
            broadcast.join()
    if statuses[-1].error:
        raise statuses[-1].error
    return Section(
        f"Live for {seconds:.0f} s", tuple(_live_rows(figures, probe.latencies, memory, cpu_share))
    )


def _reports(statuses: list[Status]) -> Reports:
    """Note what becomes of the broadcast; the rest is of no interest here."""
    return Reports(
        statuses.append, lambda *_: None, lambda _: None, lambda _: None, logging.getLogger().error
    )


def _voice() -> SourcePlugin[None]:
    """Return a voice without end."""
    return SourcePlugin(
        "speech",
        "Synthetic speech",
        type(None),
        lambda _, clock: PacedSource(endless_speech(), clock, LATE),
    )


def endless_speech() -> Callable[[int], Samples]:
    """Return what gives the next samples of speech without end."""
    sound, at = synthetic_speech(20.0, seed=1), 0

    def pull(count: int) -> Samples:
        nonlocal at
        piece = sound.take(range(at, at + count), mode="wrap")
        at += count
        return piece

    return pull


def _memory_and_cpu(broadcast: Broadcast, seconds: float) -> tuple[NDArray[np.float64], float]:
    """Return memory in MiB, once each `MEMORY_INTERVAL`, and how much of one core was used."""
    process = psutil.Process()
    while not broadcast.figures().frames and not broadcast.join(0.05):
        pass
    before, began = process.cpu_times(), time.monotonic()
    memory = []
    often = 0.1 if sys.stderr.isatty() else 60.0
    for _ in Bar(
        range(max(1, round(seconds / MEMORY_INTERVAL))), "Live", unit=" looks", mininterval=often
    ):
        if broadcast.join(MEMORY_INTERVAL):
            break
        memory.append(process.memory_info().rss / 2**20)
    after, spent = process.cpu_times(), time.monotonic() - began
    used = after.user + after.system - before.user - before.system
    return np.array(memory or [np.nan]), used / max(spent, 1e-9)


def _live_rows(
    figures: Figures, latencies: list[float], memory: NDArray[np.float64], cpu_share: float
) -> Iterator[Measurement]:
    period = 40.0
    for share in (50, 95, 99):
        latency = 1e3 * float(np.percentile(latencies, share)) if latencies else float("nan")
        yield Measurement(
            f"latency, sound to frame, p{share}", latency, "ms", latency / period, "a frame"
        )
    yield Measurement("frames a second, last ten seconds", figures.rate, "frames/s")
    yield Measurement("new frames sent", figures.frames, "")
    yield Measurement("frames repeated for want of a new one", figures.repeated, "")
    yield Measurement("frames dropped", figures.frames_dropped, "")
    yield Measurement("sound dropped", figures.sound_dropped, "s")
    yield Measurement("processor, share of one core", 100 * cpu_share, "%")
    tenth = max(1, len(memory) // 10)
    first, last = float(memory[:tenth].mean()), float(memory[-tenth:].mean())
    yield Measurement("memory, first tenth", first, "MiB")
    yield Measurement("memory, last tenth", last, "MiB", last / first, "the first")
