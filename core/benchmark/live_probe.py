"""Being live for a benchmark: a voice of its own, and a probe in place of page and speakers."""

import argparse
import logging
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from core.audio import VOICE_RATE, Sound, SoundSink, voice_of
from core.broadcast.broadcast import Broadcast, Reports
from core.broadcast.scene import Scene
from core.broadcast.shared_devices import Devices
from core.cli import portrait
from core.engine.badge import BadgeOptions
from core.engine.engine_client import Engine
from core.engine.names import AUTO, ENGINES
from core.film.recording import Recording
from core.live.session import Phase, Status
from core.plugin import SourcePlugin
from core.sound.outputs import MICROPHONE
from core.sound.speaker import SpeakerFigures
from core.video import Frame, VideoFormat, VideoSink

WARM_UP = 4.0
"""Seconds live before anything is measured."""

AUDIBLE = 0.001
"""What counts as sound, of full scale."""


class Moment(NamedTuple):
    at: float
    """When it was played or shown."""
    start: int
    """Stream time of it."""
    heard: float


class Probe:
    """Satisfies `SoundSink`, `Page` and `VideoSink`: notes when what came."""

    def __init__(self) -> None:
        self.voice: list[Moment] = []
        self.pictures: list[Moment] = []
        self.loud_until = float("-inf")
        """When the last audible sample that was handed on is over."""

    def play(self, sound: Sound) -> None:
        now = time.monotonic()
        self.voice.append(Moment(now, sound.start, sound.heard))
        loud = np.flatnonzero(np.abs(voice_of(sound)).max(1) > AUDIBLE)
        if len(loud):
            self.loud_until = now + float(loud[-1]) / VOICE_RATE

    def open(self, format: VideoFormat) -> VideoSink:  # noqa: ARG002
        return self

    def send(self, frame: Frame) -> None:
        if not self.pictures or frame.sample != self.pictures[-1].start:
            self.pictures.append(Moment(time.monotonic(), frame.sample, frame.heard))

    def close(self) -> None:
        pass


class ProbeOutputs:
    """Satisfies `AudioOutputs`: whatever is asked for, the probe is opened."""

    def __init__(self, probe: Probe) -> None:
        self._probe = probe

    def openers(self, names: Sequence[str]) -> Sequence[Callable[[], SoundSink]]:
        return [lambda: self._probe for name in names if name]

    def figures(self) -> list[SpeakerFigures]:
        return []

    def warning(self) -> str:
        return ""

    def close(self) -> None:
        pass


class Live(NamedTuple):
    broadcast: Broadcast
    engine: Engine
    troubles: list[str]


def describe_person(parser: argparse.ArgumentParser) -> None:
    """Add the options that `live` looks at."""
    parser.add_argument("--profile", metavar="NAME", help="measure with this person")
    parser.add_argument("--photo", metavar="FILE", help="measure with the person in this photo")
    parser.add_argument("--engine", choices=ENGINES, default=AUTO)


@contextmanager
def live(
    chosen: argparse.Namespace,
    voice: tuple[SourcePlugin[Any], Any],
    probe: Probe | None,
    film: Path | None = None,
    engine: Engine | None = None,
    sound: tuple[str, ...] = (MICROPHONE,),
) -> Iterator[Live]:
    """Be live with a voice and its options, and warm; heard by `probe`, or in `sound` without."""
    statuses, troubles = list[Status](), list[str]()
    engine = engine or Engine()
    reports = Reports(
        statuses.append, lambda *_: None, lambda e: troubles.append(str(e)), lambda _: None,
        troubles.append,
    )  # fmt: skip
    outputs = ProbeOutputs(probe) if probe else None
    scene = Scene(
        *voice, portrait(chosen), chosen.engine, "", BadgeOptions(), probe, sound
    )  # fmt: skip
    with closing(Devices(engine, outputs=outputs)) as devices:
        broadcast = Broadcast(scene, devices, reports, open_recorder=Recording)
        broadcast.record(film)
        broadcast.start()
        try:
            while not (statuses and statuses[-1].phase is not Phase.STARTING):
                broadcast.join(0.05)
            broadcast.join(WARM_UP)
            yield Live(broadcast, engine, troubles)
        finally:
            broadcast.stop()
            broadcast.join()
    if statuses[-1].error:
        logging.getLogger().error("it ended with: %s", statuses[-1].error)


def picture_latency(probe: Probe) -> float:
    """Return the median seconds from a sound to its picture, of the last second."""
    return float(np.median([p.at - p.heard for p in probe.pictures[-25:]]))
