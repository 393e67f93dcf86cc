"""A benchmark side by side with another tree: both in turns, and their ratio.

python -m core.benchmark against ../before [--turns 3] model --preset mini

The other tree is a folder of this repository at another commit (`git worktree add`), run by the
same Python. A machine that others use as well slows both alike, so the ratios stay true.
"""

import argparse
import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from core.benchmark.measurements import Measurement, Report, Section, machine

HERE = Path(__file__).resolve().parents[2]


class Row(NamedTuple):
    """One measurement of a report, by where it stands."""

    section: str
    name: str
    unit: str


Values = Mapping[Row, float]


def describe(parser: argparse.ArgumentParser) -> None:
    """Add the options of `against`."""
    parser.add_argument("tree", type=Path, help="folder of the repository at another commit")
    parser.add_argument("--turns", type=int, default=3, help="of each tree, alternating")
    parser.add_argument("words", nargs=argparse.REMAINDER, help="the benchmark and its options")


def measure(chosen: argparse.Namespace) -> Report:
    """Run the benchmark in both trees, in turns.

    Raises:
        ValueError: there is no benchmark to run, no such tree, or a turn failed.
    """
    if not chosen.words or chosen.turns < 1:
        raise ValueError(
            f"{chosen.turns} turns of {' '.join(chosen.words)!r}; expected at least one, of a "
            "benchmark, as in 'model'"
        )
    other = chosen.tree.resolve()
    if not (other / "core" / "benchmark").is_dir():
        raise ValueError(f"{chosen.tree} is no tree of this repository; give its folder")
    about = machine()
    turns = [(run(other, chosen.words), run(HERE, chosen.words)) for _ in range(chosen.turns)]
    before, now = ([turn[side] for turn in turns] for side in (0, 1))
    about |= {"compared": f"{' '.join(chosen.words)}: {chosen.turns} turns each, medians"}
    return Report(about, tuple(compare(before, now)))


def run(tree: Path, words: Sequence[str]) -> Values:
    """Run a benchmark in a tree; return its figures.

    Raises:
        ValueError: it failed; its last line is told.
    """
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder) / "report.json"
        command = [sys.executable, "-m", "core.benchmark", *words, "--json", str(report)]
        done = subprocess.run(command, cwd=tree, capture_output=True, text=True, check=False)
        if done.returncode:
            last = (done.stderr.strip().splitlines() or ["no word"])[-1]
            raise ValueError(f"the benchmark failed in {tree}: {last}")
        return read(json.loads(report.read_text(encoding="utf-8")))


def read(report: Mapping[str, Any]) -> Values:
    """Return the figures of a report's JSON."""
    return {
        Row(section["title"], row["name"], row["unit"]): row["value"]
        for section in report["sections"]
        for row in section["rows"]
    }


def compare(before: Sequence[Values], now: Sequence[Values]) -> Iterator[Section]:
    """Give each section with the medians of now, as ratios of those before; new rows alone."""
    rows = list(now[0])
    for title in dict.fromkeys(row.section for row in rows):
        yield Section(
            title, tuple(_measurement(row, before, now) for row in rows if row.section == title)
        )


def _measurement(row: Row, before: Sequence[Values], now: Sequence[Values]) -> Measurement:
    value = _median(row, now)
    if not all(row in values for values in before) or not (was := _median(row, before)):
        return Measurement(row.name, value, row.unit)
    return Measurement(row.name, value, row.unit, value / was, f"{was:.2f} before")


def _median(row: Row, turns: Sequence[Values]) -> float:
    return float(np.median([values[row] for values in turns]))
