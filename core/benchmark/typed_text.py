"""How soon typed text is heard, how the next line follows, and how soon it is silent.

For the last it goes live with the engine in its process, as the window does. The virtual
microphone is listened to through parec, where a PulseAudio or PipeWire server is there.
"""

import argparse
import logging
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import replace
from typing import NamedTuple

import numpy as np

from core.audio import SAMPLE_RATE, VOICE_RATE, EndOfAudio
from core.benchmark.live_probe import AUDIBLE, Probe, describe_person, live, picture_latency
from core.benchmark.measurements import Measurement, Report, Section, machine
from core.broadcast.broadcast import Broadcast
from core.broadcast.live_source import Speaking
from core.cli import voice
from core.clock import WallClock
from core.sound.virtual_microphone import SOURCE

TEXT = "This sentence goes on and on, and nobody knows where it shall end. " * 1500

LINE = "This is a line of some length, as people type it. "

PIECE = 640
"""Samples that are read at once."""

BLOCK = VOICE_RATE // 100
"""Frames that are listened to at once."""

LOOK = 1.5
"""Seconds that are listened to after it should be silent."""

log = logging.getLogger(__name__)


def describe(parser: argparse.ArgumentParser) -> None:
    """Add the options of `typed`."""
    describe_person(parser)
    parser.add_argument("--times", type=int, default=5, help="tries of each kind")
    parser.add_argument("--language", help="of the text, as in de (default: en-us)")
    parser.set_defaults(mic=False, audio=None, text=TEXT)


def measure(chosen: argparse.Namespace) -> Report:
    """Run the benchmark."""
    source = Section("A source of its own", tuple(_source_rows(chosen)))
    kinds = (
        ("Stopped, until the last sound", _stopped, "is handed on to devices"),
        ("Stopped, until the last sound", _stopped_aloud, "left the virtual microphone"),
        ("Interrupted, until the last sound", _interrupted, "beyond the picture's delay"),
    )
    sections = [source]
    for title, deed, what in kinds:
        found = np.array([deed(chosen) for _ in range(chosen.times)])
        sections.append(Section(title, tuple(_rows(what, found[~np.isnan(found)]))))
    return Report(machine() | {"tries": str(chosen.times)}, tuple(sections))


def _source_rows(chosen: argparse.Namespace) -> Iterator[Measurement]:
    """Measure without going live, in turns."""
    rows = [(_begun(chosen, LINE), _begun(chosen, TEXT), _gap(chosen)) for _ in range(chosen.times)]
    short, long, gap = np.median(rows, axis=0)
    yield Measurement("until a short text's first sound", float(short), "s")
    name = f"until the first sound of {len(TEXT)} letters"
    yield Measurement(name, float(long), "s", float(long / short), "the short one")
    yield Measurement("gap before a line typed meanwhile", 1e3 * float(gap), "ms")


def _begun(chosen: argparse.Namespace, text: str) -> float:
    """Return the seconds until a text's first sound, its process started anew."""
    plugin, options = voice(chosen)
    begin = time.monotonic()
    with closing(plugin.open(replace(options, text=text), WallClock())):
        return time.monotonic() - begin


def _gap(chosen: argparse.Namespace) -> float:
    """Return the seconds by which a line and one that is typed meanwhile are longer than each."""
    alone = _spoken(chosen, meanwhile=False)
    return _spoken(chosen, meanwhile=True) - 2 * alone


def _spoken(chosen: argparse.Namespace, meanwhile: bool) -> float:
    """Return the seconds that a line takes, with another typed meanwhile or not."""
    plugin, options = voice(chosen)
    pieces = 1
    with closing(plugin.open(replace(options, text=LINE), WallClock())) as source:
        source.read(PIECE, 1.0)
        if meanwhile:
            assert isinstance(source, Speaking)
            source.say(LINE)
        with suppress(EndOfAudio):
            while source.read(PIECE, 1.0):
                pieces += 1
    return pieces * PIECE / SAMPLE_RATE


def _rows(what: str, seconds: np.ndarray) -> Iterator[Measurement]:
    if len(seconds):
        yield Measurement(f"{what}, median", 1e3 * float(np.median(seconds)), "ms")
        yield Measurement(f"{what}, longest", 1e3 * float(seconds.max()), "ms")
    else:
        yield Measurement(f"{what}: nothing was heard", float("nan"), "ms")


def _stopped(chosen: argparse.Namespace) -> float:
    """Return the seconds from a stop to the end of what is handed on to devices."""
    return _silenced(chosen, Broadcast.stop).seconds


def _interrupted(chosen: argparse.Namespace) -> float:
    """Return the same for an interruption, without the time that the voice waits for pictures."""
    silenced = _silenced(chosen, Broadcast.interrupt)
    return silenced.seconds - silenced.delay


class _Silenced(NamedTuple):
    seconds: float
    """From the deed to the end of what is handed on to devices."""
    delay: float
    """Of the picture, in seconds."""


def _silenced(chosen: argparse.Namespace, deed: Callable[[Broadcast], None]) -> _Silenced:
    probe = Probe()
    with live(chosen, voice(chosen), probe) as on_air:
        begun = time.monotonic()
        deed(on_air.broadcast)
        on_air.broadcast.join(LOOK)
        delay = picture_latency(probe)
    return _Silenced(probe.loud_until - begun, delay)


def _stopped_aloud(chosen: argparse.Namespace) -> float:
    """Return the seconds from a stop to the last sound that another program hears."""
    try:
        with live(chosen, voice(chosen), None) as on_air, _listening() as listener:
            on_air.broadcast.join(LOOK)
            stopped = time.monotonic()
            on_air.broadcast.stop()
            listener.ended.wait(LOOK)
            return listener.loud_until - stopped
    except OSError:
        log.warning("nobody can listen to the virtual microphone", exc_info=True)
        return float("nan")


class _Listener(threading.Thread):
    """Hears the virtual microphone, and when it was last loud."""

    def __init__(self, process: "subprocess.Popen[bytes]") -> None:
        super().__init__(name="listener", daemon=True)
        assert process.stdout
        self._stream = process.stdout
        self.loud_until = float("nan")
        self.ended = threading.Event()

    def run(self) -> None:
        while block := self._stream.read(4 * BLOCK):
            if np.abs(np.frombuffer(block, np.float32)).max() > AUDIBLE:
                self.loud_until = time.monotonic()
        self.ended.set()


@contextmanager
def _listening() -> Iterator[_Listener]:
    command = [
        "parec", "-d", SOURCE, "--raw", "--format=float32le", f"--rate={VOICE_RATE}",
        "--channels=1", "--latency-msec=10",
    ]  # fmt: skip
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as parec:
        listener = _Listener(parec)
        listener.start()
        try:
            yield listener
        finally:
            parec.kill()
            listener.join()
