"""The watermark: what it costs, how little it changes, and how surely it is found after a call."""

import argparse
from collections import defaultdict
from collections.abc import Iterator
from contextlib import closing
from itertools import cycle
from typing import NamedTuple

import numpy as np

from core.benchmark.call_channels import CHANNELS, lumas, through
from core.benchmark.interleaved_timing import Workload, time_interleaved
from core.benchmark.measurements import Measurement, Report, Section, machine
from core.benchmark.picture_metrics import psnr
from core.benchmark.synthetic_speech import synthetic_speech
from core.look import AS_PHOTO, Background
from core.profile import Profile
from core.profile_stores import all_profiles
from core.progress import Bar
from core.puppet.puppet_stream import PuppetStream
from core.video import HD, Picture
from core.watermark.detection import (
    SURE,
    Evidence,
    Match,
    correlate,
    false_alarms,
    phases_of,
    search,
    threshold,
)
from core.watermark.embedding import Watermark
from core.watermark.key import draw_key

SECONDS = 5.0
"""Of a piece."""

BACKGROUNDS = (AS_PHOTO, Background("colour", "#3c4a5a"), Background("blurred"))

TURN = 25
"""Frames in a turn."""

LEVELS = (3.0, 4.0, 5.0)
"""Deviations at which false alarms are frequent enough to be counted."""


class Take(NamedTuple):
    """Some seconds of a person before a background, without the watermark."""

    name: str
    pictures: list[Picture]


def describe(parser: argparse.ArgumentParser) -> None:
    """Add the options of `watermark`."""
    parser.add_argument("--people", type=int, default=6, metavar="N", help="take so many people")
    parser.add_argument("--seconds", type=float, default=SECONDS, help="length of a piece")
    parser.add_argument("--rounds", type=int, default=20, help="turns of the timing")
    parser.add_argument("--keys", type=int, default=200, help="foreign keys for false alarms")


def measure(chosen: argparse.Namespace) -> Report:
    """Run the benchmark."""
    people = all_profiles()[0][: chosen.people]
    changes: dict[str, float] = {}
    channels: dict[str, list[Match]] = defaultdict(list)
    blank: list[Match] = []
    alarms = np.zeros(len(LEVELS))
    rows: tuple[Measurement, ...] = ()
    for number, person in enumerate(Bar(people, "Looking", unit=" people")):
        take = shoot(person, BACKGROUNDS[number % len(BACKGROUNDS)], chosen.seconds)
        rows = rows or tuple(_cost(take, chosen.rounds))
        changes[take.name] = _change(take)
        for channel in CHANNELS:
            film, _ = through(channel, _marked(take), HD.fps)
            channels[str(channel)].append(search(_seen(film)))
        film, _ = through(CHANNELS[0], take.pictures, HD.fps)
        blank.append(search(_seen(film)))
        alarms += _alarms(_seen(film), chosen.keys) / len(people)
    return Report(
        machine(),
        (
            Section(f"Cost at {HD.width}x{HD.height}, turns of {TURN} frames side by side", rows),
            Section("PSNR of the watermark", tuple(_change_rows(changes))),
            Section(
                f"Found in pieces of {chosen.seconds:g} s, 15 frames/s; sure above z = "
                f"{threshold():.1f}",
                tuple(_found_rows(channels)),
            ),
            Section("Without the watermark", tuple(_alarm_rows(blank, alarms))),
        ),
    )


def shoot(person: Profile, background: Background, seconds: float) -> Take:
    """Let a person speak; return every frame."""
    pictures: list[Picture] = []
    with closing(PuppetStream(person, HD, background=background)) as stream:
        count = round(seconds * HD.fps)
        sound = cycle(synthetic_speech(8.0)[: 8 * HD.fps * stream.hop].reshape(-1, stream.hop))
        while len(pictures) < count:
            pictures += [frame.picture for frame in stream.step(next(sound))]
    return Take(f"{person.title}, background {background.kind}", pictures[:count])


def _marked(take: Take) -> Iterator[Picture]:
    watermark = Watermark(HD)
    for picture in take.pictures:
        copy = picture.copy()
        watermark.apply(copy)
        yield copy


def _cost(take: Take, rounds: int) -> Iterator[Measurement]:
    """Time the watermark beside copying the same frames, which costs what memory costs."""
    watermark, frames = Watermark(HD), [picture.copy() for picture in take.pictures[:TURN]]
    target = np.empty_like(frames[0])

    def embed() -> None:
        for frame in frames:
            watermark.apply(frame)

    def copy() -> None:
        for frame in frames:
            np.copyto(target, frame)

    seconds = time_interleaved((Workload("embed", embed), Workload("copy", copy)), rounds)
    copied = np.median(seconds["copy"])
    for name, each in (("median", np.median), ("best tenth", lambda s: np.percentile(s, 10))):
        value = float(each(seconds["embed"]))
        yield Measurement(
            f"embedding, {name}", 1e3 * value / len(frames), "ms/frame", value / copied, "a copy"
        )


def _change(take: Take) -> float:
    pairs = zip(take.pictures, _marked(take), strict=True)
    return min(psnr(marked, bare) for number, (bare, marked) in enumerate(pairs) if not number % 25)


def _seen(film: bytes) -> Evidence:
    evidence = Evidence()
    for luma in lumas(film):
        evidence.add(luma)
    return evidence


def _alarms(evidence: Evidence, keys: int) -> np.ndarray:
    """Return how often foreign keys exceed each level, of all shifts: ours is one key like them."""
    phases, counts = phases_of(evidence.tile(1.0)), np.zeros(len(LEVELS))
    for number in range(keys):
        surface = correlate(phases, draw_key(f"foreign {number}").anchor)
        counts += [float((surface > level).mean()) for level in LEVELS]
    return counts / keys


def _change_rows(changes: dict[str, float]) -> Iterator[Measurement]:
    for name, value in changes.items():
        yield Measurement(name, value, "dB")


def _found_rows(channels: dict[str, list[Match]]) -> Iterator[Measurement]:
    for name, matches in channels.items():
        found = sum(false_alarms(match.z, 1) <= SURE for match in matches)
        read = sum(match.version is not None for match in matches)
        yield Measurement(name, 100 * found / len(matches), "% found")
        yield Measurement(f"  lowest z; {read} of {len(matches)} versions read", _low(matches), "z")


def _low(matches: list[Match]) -> float:
    return min(match.z for match in matches)


def _alarm_rows(blank: list[Match], alarms: np.ndarray) -> Iterator[Measurement]:
    yield Measurement("highest z of a full search", max(match.z for match in blank), "z")
    for level, share in zip(LEVELS, alarms, strict=True):
        bound = float(np.exp(-(level**2) / 2))
        yield Measurement(
            f"foreign keys above z = {level:g}",
            1e6 * float(share),
            "per 1e6",
            share / bound,
            "bound",
        )
