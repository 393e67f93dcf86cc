"""Measure: python -m core.benchmark live | lips | picture | model | runtimes; --help says more."""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from core.engine.cpu_tuning import limit_openmp_spin

limit_openmp_spin()  # as the engine does, and before torch is loaded

from core.benchmark import (  # noqa: E402
    inference_speed,
    lip_correlation,
    live_chain,
    picture_faults,
    runtimes,
)
from core.process.surroundings import begin  # noqa: E402


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one benchmark; print its table, and write its JSON where asked to."""
    begin()
    chosen = parser().parse_args(arguments)
    report = chosen.measure(chosen)
    print(report.table())
    if chosen.json:
        chosen.json.write_text(report.json() + "\n", encoding="utf-8")
    return 0


def parser() -> argparse.ArgumentParser:
    """Describe the command line."""
    found = argparse.ArgumentParser("core.benchmark", description=__doc__)
    kinds = found.add_subparsers(required=True)
    for name, kind, about in (
        ("live", live_chain, "the whole chain, as fast as it goes and then live"),
        ("lips", lip_correlation, "whether the lips go with the sound"),
        ("picture", picture_faults, "sheets and figures of the places where a picture fails first"),
        ("model", inference_speed, "the neural engine by part, with random weights"),
        ("runtimes", runtimes, "its networks in each runtime that is installed"),
    ):
        one = kinds.add_parser(name, help=about)
        kind.describe(one)
        one.set_defaults(measure=kind.measure)
        one.add_argument("--json", type=Path, metavar="FILE", help="write all figures here as well")
    return found


if __name__ == "__main__":
    sys.exit(main())
