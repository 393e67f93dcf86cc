"""The watermark: what it costs, how little it changes, and how surely it is found after a call."""

import argparse
from collections import defaultdict
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from math import comb
from pathlib import Path

import numpy as np

from core.benchmark.call_channels import CHANNELS, FPS, through
from core.benchmark.interleaved_timing import Workload, time_interleaved
from core.benchmark.measurements import Measurement, Report, Section, machine
from core.benchmark.picture_metrics import psnr
from core.benchmark.watermark_pieces import (
    SHOT_EVERY,
    STILLS,
    Alarms,
    Take,
    evidence_in,
    evidence_of,
    marked,
    people_in,
    takes,
)
from core.profile_stores import all_profiles
from core.progress import Bar
from core.video import HD
from core.watermark.detection import SURE, Match, false_alarms, search, threshold
from core.watermark.embedding import Watermark

SECONDS = 5.0
"""Of a piece."""

TURN = 25
"""Frames in a turn."""

LEVELS = (4.0, 5.0, 6.0)
"""Deviations at which false alarms are frequent enough to be counted."""

CONFIDENCE = 0.95


@dataclass
class Tally:
    """What was found so far."""

    psnr: dict[str, float] = field(default_factory=dict)
    """The lowest of each take."""
    channels: dict[str, list[Match]] = field(default_factory=lambda: defaultdict(list))
    stills: dict[str, list[Match]] = field(default_factory=lambda: defaultdict(list))
    missed: list[str] = field(default_factory=list)
    blank: list[Match] = field(default_factory=list)
    """What the full search finds without the watermark."""
    alarms: Alarms = field(default_factory=lambda: Alarms(LEVELS))

    def look(self, take: Take, keys: int) -> None:
        """Send a take through every channel, with the watermark, and through one without it."""
        pictures = list(marked(take.pictures))
        pairs = list(zip(pictures, take.pictures, strict=True))[::SHOT_EVERY]
        self.psnr[take.name] = min((psnr(*pair) for pair in pairs), default=99.0)
        for channel in CHANNELS:
            film, _ = through(channel, pictures, FPS)
            self._note(self.channels, str(channel), take, search(evidence_in(film)))
        for still in STILLS:
            match = search(evidence_of(still.through(pictures[len(pictures) // 2])))
            self._note(self.stills, still.name, take, match)
        film, _ = through(CHANNELS[len(self.blank) % len(CHANNELS)], take.pictures, FPS)
        evidence = evidence_in(film)
        first = len(self.alarms.highest)
        self.blank.append(search(evidence))
        self.alarms.search(evidence, (f"foreign {first + number}" for number in range(keys)))

    def _note(self, kind: dict[str, list[Match]], name: str, take: Take, match: Match) -> None:
        kind[name].append(match)
        if not _is_sure(match):
            self.missed.append(f"{take.name}, {name}: z {match.z:.1f}")


def describe(parser: argparse.ArgumentParser) -> None:
    """Add the options of `watermark`."""
    parser.add_argument("--pieces", type=int, default=6, metavar="N", help="take so many")
    parser.add_argument("--photos", type=Path, metavar="FOLDER", help="of people in these as well")
    parser.add_argument("--seconds", type=float, default=SECONDS, help="length of a piece")
    parser.add_argument("--rounds", type=int, default=20, help="turns of the timing")
    parser.add_argument("--keys", type=int, default=5, help="foreign keys looked for in each piece")


def measure(chosen: argparse.Namespace) -> Report:
    """Run the benchmark; Ctrl+C ends it early, with what was found until then."""
    people = [*all_profiles()[0], *(people_in(chosen.photos) if chosen.photos else ())]
    tally = Tally()
    cost: tuple[Measurement, ...] = ()
    shots = takes(people, chosen.pieces, chosen.seconds)
    with suppress(KeyboardInterrupt):
        for take in Bar(shots, "Looking", chosen.pieces, unit=" pieces"):
            cost = cost or tuple(_cost(take, chosen.rounds))
            tally.look(take, chosen.keys)
    return Report(machine(), (_cost_section(cost), *_sections(tally, chosen.seconds)))


def _cost_section(rows: tuple[Measurement, ...]) -> Section:
    return Section(f"Cost at {HD.width}x{HD.height}, turns of {TURN} frames side by side", rows)


def _sections(tally: Tally, seconds: float) -> Iterator[Section]:
    yield Section("PSNR of the watermark", tuple(_change_rows(tally.psnr)))
    title = f"Found in pieces of {seconds:g} s, 15 frames/s; sure above z = {threshold():.1f}"
    yield Section(title, tuple(_found_rows(tally.channels)))
    yield Section("Found in single pictures", tuple(_found_rows(tally.stills)))
    if tally.missed:
        yield Section("\n  ".join(["Missed", *tally.missed]), ())
    yield Section("Without the watermark", tuple(_alarm_rows(tally)))


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


def _change_rows(changes: dict[str, float]) -> Iterator[Measurement]:
    values = list(changes.values()) or [99.0]
    yield Measurement(f"lowest of {len(values)} people and backgrounds", min(values), "dB")
    yield Measurement("median", float(np.median(values)), "dB")


def _is_sure(match: Match) -> bool:
    return false_alarms(match.z, 1) <= SURE


def _found_rows(kinds: dict[str, list[Match]]) -> Iterator[Measurement]:
    every = [match for matches in kinds.values() for match in matches]
    for name, matches in {**kinds, f"all {len(every)}": every}.items():
        found = sum(map(_is_sure, matches))
        read = sum(match.version is not None for match in matches)
        lowest = min((match.z for match in matches), default=0.0)
        yield Measurement(name, 100 * found / max(1, len(matches)), "% found")
        yield Measurement(f"  lowest z; {read} of {len(matches)} versions read", lowest, "z")
    sure = 100 * at_least(sum(map(_is_sure, every)), len(every))
    yield Measurement(f"  at least, with {100 * CONFIDENCE:.0f} % confidence", sure, "% found")


def at_least(found: int, count: int) -> float:
    """Return the share of all pieces that is found at least, where `found` of `count` were: the
    lower end of Clopper and Pearson's one-sided interval."""
    low, high = 0.0, found / max(1, count)
    for _ in range(50):
        share = (low + high) / 2
        as_many = sum(
            comb(count, hits) * share**hits * (1 - share) ** (count - hits)
            for hits in range(found, count + 1)
        )
        low, high = (share, high) if as_many < 1 - CONFIDENCE else (low, share)
    return low


def _alarm_rows(tally: Tally) -> Iterator[Measurement]:
    alarms = tally.alarms
    blank = max((match.z for match in tally.blank), default=0.0)
    yield Measurement(f"our key, highest z of {len(tally.blank)} full searches", blank, "z")
    if not alarms.highest:
        return
    name = f"foreign keys, highest z of {len(alarms.highest)} full searches"
    yield Measurement(name, max(alarms.highest), "z")
    yield Measurement("places tried", alarms.places / 1e9, "billion")
    for level, share in zip(LEVELS, alarms.shares, strict=True):
        bound = float(np.exp(-(level**2) / 2))
        yield Measurement(f"above z = {level:g}", 1e9 * share, "per 1e9", share / bound, "bound")
