"""Two clocks that differ, simulated: the voice on a device that runs at another pace.

Time is counted, not waited for, and all of the sound goes through a `Speaker` as it does live.
"""

import argparse
from collections.abc import Iterator

import numpy as np

from core.audio import SAMPLE_RATE, VOICE_RATE, WIDER, Sound
from core.benchmark.measurements import Measurement, Report, Section, machine
from core.clock import SwiftClock
from core.progress import Bar
from core.sound.player import CHANNELS, Fill
from core.sound.speaker import TARGET, Speaker

PIECE = SAMPLE_RATE // 25
"""Samples that come at a time."""

BLOCK = VOICE_RATE // 100
"""Frames that the device pulls at a time."""

JITTER = 0.004
"""Seconds by which a piece may be late."""

SETTLED = 60.0
"""Seconds after which the steering should know both clocks."""

HERTZ, LOUD = 440.0, 0.5


class SimulatedClock(SwiftClock):
    """A clock that is put forward."""

    def advance(self, to: float) -> None:
        """Let it be `to`, unless it is later."""
        self._now = max(self._now, to)


class SimulatedPlayer:
    """Satisfies `Player`: pulls by a clock that is faster than the world's by `difference`."""

    title, rate, latency = "ears", VOICE_RATE, 0.0

    def __init__(self, clock: SimulatedClock, difference: float) -> None:
        self._clock = clock
        self._period = BLOCK / VOICE_RATE / (1 + difference)
        self._pulls = 0
        self._block = np.zeros((BLOCK, CHANNELS), np.float32)
        self._last = np.zeros(2, np.float32)
        self.bend = 0.0
        """Largest second difference that was heard."""

    def start(self, fill: Fill) -> None:
        """See `Player`."""
        self._fill = fill

    def check(self) -> None:
        """See `Player`; it is never taken away."""

    def close(self) -> None:
        """Nothing is open."""

    def run(self, until: float) -> None:
        """Pull what is due by then."""
        while (due := (self._pulls + 1) * self._period) <= until:
            self._clock.advance(due)
            self._pulls += 1
            self._fill(self._block)
            heard = np.concatenate([self._last, self._block[:, 0]])
            if self._pulls * self._period > SETTLED:
                self.bend = max(self.bend, float(np.abs(np.diff(heard, 2)).max()))
            self._last = heard[-2:]
        self._clock.advance(until)


def describe(parser: argparse.ArgumentParser) -> None:
    """Add the options of `clocks`."""
    parser.add_argument("--seconds", type=float, default=3600, help="of simulated time")
    parser.add_argument("--ppm", type=float, default=200, help="by which the clocks differ")


def measure(chosen: argparse.Namespace) -> Report:
    """Run the benchmark."""
    sections = tuple(
        Section(
            f"A device {sign * chosen.ppm:+.0f} ppm faster, {chosen.seconds:.0f} s simulated",
            tuple(_simulated(sign * chosen.ppm * 1e-6, chosen.seconds)),
        )
        for sign in (1, -1)
    )
    return Report(machine(), sections)


def _simulated(difference: float, seconds: float) -> Iterator[Measurement]:
    clock, random = SimulatedClock(), np.random.default_rng(0)
    player = SimulatedPlayer(clock, difference)
    speaker, off = Speaker(lambda: player, clock), list[float]()
    pieces = range(int(seconds * SAMPLE_RATE / PIECE))
    for number in Bar(pieces, "Simulating", unit=" pieces", mininterval=5.0):
        due = number * PIECE / SAMPLE_RATE
        player.run(due + random.uniform(0, JITTER))
        speaker.play(_tone(number * PIECE, due))
        if due > SETTLED:
            off.append(abs(speaker.figures().delay - TARGET))
    figures = speaker.figures()
    own = LOUD * (2 * np.pi * HERTZ / VOICE_RATE) ** 2
    yield Measurement("farthest from the target, once settled", 1e3 * max(off, default=0), "ms")
    yield Measurement("dropouts", figures.underruns, "")
    yield Measurement("left out", figures.skipped, "s")
    yield Measurement("pace at the end", 1e6 * figures.pace, "ppm")
    yield Measurement(
        "largest bend of the wave", player.bend / own, "", player.bend / own, "a sine"
    )


def _tone(at: int, heard: float) -> Sound:
    frames = np.arange(WIDER * at, WIDER * (at + PIECE))
    tone = LOUD * np.sin(2 * np.pi * HERTZ / VOICE_RATE * frames).astype(np.float32)
    return Sound(tone[::WIDER], at, heard, tone[:, None])
