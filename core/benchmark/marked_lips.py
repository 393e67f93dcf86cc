"""Lips that are told their phonemes beside lips that listen: the same sentences, both ways."""

import argparse
import time
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from core.audio import SAMPLE_RATE, EndOfAudio, Sound
from core.benchmark.lip_correlation import FORMAT, LipSync, lip_sync
from core.benchmark.measurements import Measurement, Report, Section, machine
from core.cli import portrait, voice
from core.clock import SwiftClock
from core.engine.choice import open_stream
from core.perception.face.finder import FaceFinder
from core.perception.face.topology import LIP_CENTRES
from core.perception.speech.config import (
    EARLY_LATENCY_FRAMES,
    FRAME_SAMPLES,
    LATENCY_FRAMES,
)
from core.perception.speech.encoder_numpy import NumpySpeechEncoder
from core.perception.speech.marked_speech import frame_from_marks
from core.portrait.face_crop import face_height
from core.profile import Profile
from core.progress import Bar
from core.training.metrics.correlation import LaggedCorrelation, best_lag_correlation
from core.training.metrics.lip_sync import closed_vowel_rate, count_closures
from core.video import Frame

TEXT = (
    "My baby brother Bob bumped a big map. Please pick up the purple pepper, maybe more. "
    "I remember the moment when somebody played the piano. The quick brown fox jumps over the "
    "lazy dog, and nobody seems to mind at all."
)
"""Every kind of closure between every kind of vowel."""

MAX_LAG = 6
"""Frames by which lips may be early or late."""


class Lips(NamedTuple):
    """One performance, measured from outside."""

    gaps: NDArray[np.float64]
    """(frames,) opening in face heights."""
    wait: float
    """Seconds from the first piece of sound that is given to the first frame."""
    seconds: float
    """Spent in steps of the stream."""


def describe(parser: argparse.ArgumentParser) -> None:
    """Add the options of `marks`."""
    parser.add_argument("--text", default=TEXT, help="what is spoken")
    parser.add_argument("--language", help="of the text, as in de (default: en-us)")
    parser.add_argument("--speaker", default="", help="a voice by name, as espeak-ng's m1")
    person = parser.add_mutually_exclusive_group()
    person.add_argument("--profile", metavar="NAME", help="measure with this person")
    person.add_argument("--photo", type=Path, metavar="FILE", help="or the person in this photo")
    parser.set_defaults(mic=False, audio=None)


def measure(chosen: argparse.Namespace) -> Report:
    """Run the benchmark."""
    plugin, options = voice(chosen)
    options = replace(options, speaker=chosen.speaker)
    with closing(plugin.open(options, SwiftClock())) as source:
        sounds = list(_pieces(source))
    told = [frame_from_marks(sound.marks or ()) for sound in sounds]
    shares = np.array([frame.visemes for frame in told], np.float64)
    opening = np.array([frame.opening for frame in told])
    person = portrait(chosen)
    levels = np.array([float(np.sqrt(np.mean(np.square(s.samples)))) for s in sounds])
    sections = [_ear_section(sounds, opening)]
    for title, marked in (("told", True), ("listening", False)):
        lips = _perform(person, sounds, marked)
        found = lip_sync(lips.gaps, levels, FORMAT.fps)
        rows = _rows(lips, found, shares, opening)
        sections.append(Section(f"Lips, {title}, {len(lips.gaps)} frames", tuple(rows)))
    about = machine() | {"picture": person.title, "voice": chosen.speaker or "automatic"}
    return Report(about, tuple(sections))


def _pieces(source: object) -> Iterator[Sound]:
    """Yield every piece of a source that knows its phonemes.

    Raises:
        ValueError: it does not.
    """
    try:
        while True:
            sound = source.read(FRAME_SAMPLES, 1.0)  # type: ignore[attr-defined]
            if sound is not None and sound.marks is None:
                raise ValueError("this voice does not tell its phonemes; choose another --speaker")
            if sound is not None:
                yield sound
    except EndOfAudio:
        return


def _ear_section(sounds: Sequence[Sound], opening: NDArray[np.float64]) -> Section:
    """Compare when phonemes are said to be with when our ear hears them, early and patiently."""
    rows = []
    for name, kind, late in (
        ("early, as the puppet's", NumpySpeechEncoder.step_early, EARLY_LATENCY_FRAMES),
        ("with all of its look-ahead", NumpySpeechEncoder.step, LATENCY_FRAMES),
    ):
        ear, quiet = NumpySpeechEncoder(), np.zeros(FRAME_SAMPLES, np.float32)
        steps = [kind(ear, sound) for sound in [*(s.samples for s in sounds), *late * [quiet]]]
        heard = np.array([frame.opening for frame in steps if frame is not None], np.float64)
        found = best_lag_correlation([(heard[: len(opening)], opening)], MAX_LAG)
        lag = found.lag * 1000 / FORMAT.fps
        rows.append(Measurement(f"correlation of openings, {name}", found.correlation, ""))
        rows.append(Measurement("  the ear hears them later by", lag, "ms"))
    return Section("The ear against the phonemes that the voice tells", tuple(rows))


def _perform(person: Profile, sounds: Sequence[Sound], marked: bool) -> Lips:
    frames: list[Frame] = []
    finder, gaps, spent, wait = FaceFinder(), list[float](), 0.0, 0.0
    with closing(open_stream("puppet", person, FORMAT)[0]) as stream:
        steps = -(-stream.lag // stream.hop)
        quiet = Sound(np.zeros(stream.hop, np.float32), 0, 0.0, marks=() if marked else None)
        for index, sound in enumerate(Bar([*sounds, *steps * [quiet]], "Measuring")):
            begun = time.perf_counter()
            ready = stream.step(sound.samples, sound.marks if marked else None)
            spent += time.perf_counter() - begun
            wait = wait or (index + 1) * len(sound.samples) / SAMPLE_RATE * bool(ready)
            frames += ready
            gaps += [_gap(finder, frame) for frame in ready]
    return Lips(np.array(gaps[: len(sounds)]), wait, spent)


def _gap(finder: FaceFinder, frame: Frame) -> float:
    landmarks = finder.face(frame.picture).landmarks
    upper, lower = landmarks[list(LIP_CENTRES), :2]
    return float(np.linalg.norm(lower - upper)) / face_height(landmarks)


def _rows(
    lips: Lips, found: LipSync, shares: NDArray[np.float64], opening: NDArray[np.float64]
) -> Iterator[Measurement]:
    closures = count_closures(lips.gaps, shares)
    phones: LaggedCorrelation = best_lag_correlation([(lips.gaps, opening)], MAX_LAG)
    met = 100 * closures.met / max(1, closures.expected)
    shut = 100 * closed_vowel_rate([lips.gaps], [opening])
    yield Measurement("closures of p, b, m met within a frame", met, "%")
    yield Measurement("of so many", closures.expected, "")
    yield Measurement("open vowels that look shut", shut, "%")
    yield Measurement("correlation of opening and phonemes", phones.correlation, "")
    yield Measurement("lips late against the phonemes by", phones.lag * 1000 / FORMAT.fps, "ms")
    yield Measurement("correlation of opening and loudness", found.correlation, "")
    yield Measurement("lips late against loudness by", 1000 * found.lag, "ms")
    yield Measurement("sound given until the first frame", 1000 * lips.wait, "ms")
    yield Measurement("time of a step", 1000 * lips.seconds / len(lips.gaps), "ms")
