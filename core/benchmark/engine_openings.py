"""The engine's process over many openings: does its memory grow, and how long does one take?"""

import argparse
import logging
import time
from collections.abc import Iterator, Sequence
from contextlib import closing

import numpy as np
import psutil

from core.benchmark.measurements import Measurement, Report, Section, machine
from core.engine.badge import BadgeOptions
from core.engine.engine_client import Engine
from core.engine.names import ENGINES
from core.look import Look
from core.profile import Profile
from core.profile_stores import all_profiles
from core.progress import Bar
from core.video import HD

STEPS = 25
"""Of an avatar before it is closed: a second."""


def describe(parser: argparse.ArgumentParser) -> None:
    """Add the options of `openings`."""
    parser.add_argument("--times", type=int, default=200, help="how many avatars are opened")
    parser.add_argument("--engine", choices=ENGINES, default="puppet")


def measure(chosen: argparse.Namespace) -> Report:
    """Run the benchmark."""
    people, _ = all_profiles()
    rows = tuple(_opened(people, chosen.engine, chosen.times))
    about = machine() | {"picture": f"{len(people)} people in turn, {HD.width}x{HD.height}"}
    return Report(about, (Section(f"{chosen.times} openings in one process", rows),))


def _opened(people: Sequence[Profile], engine: str, times: int) -> Iterator[Measurement]:
    seconds, live, closed = list[float](), list[float](), list[float]()
    with closing(Engine()) as remote:
        for number in Bar(range(times), "Opening", unit=" avatars", mininterval=5.0):
            begun = time.perf_counter()
            stream, _ = remote.open(
                engine, Look(people[number % len(people)]), HD, logging.warning, BadgeOptions()
            )
            seconds.append(time.perf_counter() - begun)
            with closing(stream):
                for _ in range(STEPS):
                    stream.step(np.zeros(stream.hop, np.float32))
                live.append(_memory(remote))
            closed.append(_memory(remote))
    first = min(len(people), times)
    yield Measurement("an opening, median", 1e3 * float(np.median(seconds)), "ms")
    for name, each in (("live", live), ("closed", closed)):
        most, before = max(each[-first:]), max(each[:first])
        yield Measurement(f"memory of the process, {name}", most, "MiB", most / before, "at first")


def _memory(engine: Engine) -> float:
    """Return the resident memory of the process, MiB."""
    assert engine.process
    return float(psutil.Process(engine.process).memory_info().rss / 2**20)
