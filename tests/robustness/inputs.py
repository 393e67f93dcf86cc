"""Mutated inputs, given to a border in a process of its own: what crashes or hangs is counted."""

import json
import queue
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from core.process.child import ROOT

HANG = 20.0
"""Seconds that one input may take."""

START = 120.0
"""Seconds that the process may take to begin, on a busy machine."""


@dataclass
class Outcome:
    """What came of a border's inputs."""

    border: str
    inputs: int = 0
    faults: list[str] = field(default_factory=list)
    """"number: what", of everything but the border's own errors: crashes, hangs, raw errors."""
    slowest: float = 0.0
    """Seconds of the slowest input."""
    peak: float = 0.0
    """MiB beyond the start."""


def run(
    border: str,
    count: int,
    seconds: float,
    tick: Callable[[int], object] = lambda _: None,
    seed: int = 0,
    hang: float = HANG,
) -> Outcome:
    """Give a border inputs 0 to `count`, at most for `seconds`; one that ends it is skipped."""
    outcome, end = Outcome(border), time.monotonic() + seconds
    while outcome.inputs < count and time.monotonic() < end:
        _run_on(outcome, count, end, tick, seed, hang)
    return outcome


def _run_on(
    outcome: Outcome, count: int, end: float, tick: Callable[[int], object], seed: int, hang: float
) -> None:
    """Run one process until it is done, dies, hangs or the time is over."""
    first = outcome.inputs
    command = [sys.executable, "-m", "tests.robustness.worker", outcome.border]
    process = subprocess.Popen(
        [*command, str(seed), str(first), str(count - first)],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        encoding="utf-8",
        errors="replace",
    )
    lines: queue.SimpleQueue[str] = queue.SimpleQueue()
    listening = threading.Thread(target=_listen, args=(process, lines), daemon=True)
    listening.start()
    number = patience = None
    while time.monotonic() < end:
        try:
            line = lines.get(timeout=patience or START)
        except queue.Empty:
            outcome.faults.append(f"{number}: hangs")
            outcome.inputs = (first if number is None else number) + 1
            break
        if not line:
            if process.wait() and number is not None:
                outcome.faults.append(f"{number}: the process ended with {process.returncode}")
            outcome.inputs = count if process.returncode == 0 else (number or first) + 1
            break
        said = json.loads(line)
        patience = hang
        if "number" in said and "fault" not in said:
            number = said["number"]
            outcome.inputs = number
            tick(number)
        elif "fault" in said:
            outcome.faults.append(f"{said['number']}: {said['fault']}")
        outcome.slowest = max(outcome.slowest, said.get("seconds", 0.0))
        outcome.peak = max(outcome.peak, said.get("peak", 0.0))
    process.kill()
    process.wait()
    listening.join()


def _listen(process: subprocess.Popen[str], lines: queue.SimpleQueue[str]) -> None:
    assert process.stdout
    with process.stdout as stream:
        for line in stream:
            lines.put(line)
    lines.put("")
