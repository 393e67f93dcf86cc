"""Measure: python -m core.benchmark live | voice | picture | ...; --help says more."""

import argparse
import sys
from collections.abc import Sequence
from importlib import import_module
from pathlib import Path

from core.engine.cpu_tuning import limit_openmp_spin
from core.optional_torch import TorchMissing, has_torch, require_torch
from core.process.surroundings import begin

BENCHMARKS = {
    "live": ("live_chain", "the whole chain, as fast as it goes and then live"),
    "latency": ("latency_parts", "where each millisecond between sound and picture goes"),
    "voice": ("voice_path", "what arrives of the voice, and what becomes of it under faults"),
    "clocks": ("two_clocks", "the voice between two clocks that differ, an hour simulated"),
    "openings": ("engine_openings", "memory of the engine's process over many openings"),
    "typed": ("typed_text", "how soon typed text is heard, and silent after a stop"),
    "watermark": ("watermark_strength", "what the watermark costs, and what finds it after a call"),
    "against": ("two_trees", "any of the others, side by side with another tree"),
    "picture": ("picture_faults", "sheets and figures of where a picture fails first"),
}
WITH_TORCH = {
    "lips": ("lip_correlation", "whether the lips go with the sound"),
    "marks": ("marked_lips", "lips that are told their phonemes beside lips that listen"),
    "model": ("inference_speed", "the neural engine by part, with random weights"),
    "runtimes": ("runtimes", "its networks in each runtime that is installed"),
}
"""Modules, and what they measure, by the names on the command line."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one benchmark; print its table, and write its JSON where asked to."""
    begin()
    words = sys.argv[1:] if arguments is None else arguments
    if words and words[0] in WITH_TORCH:
        require_torch()
    limit_openmp_spin()  # as the engine does, and before torch is loaded
    chosen = parser().parse_args(words)
    report = chosen.measure(chosen)
    print(report.table())
    if chosen.json:
        chosen.json.write_text(report.json() + "\n", encoding="utf-8")
    return 0


def parser() -> argparse.ArgumentParser:
    """Describe the command line."""
    found = argparse.ArgumentParser("core.benchmark", description=__doc__)
    kinds = found.add_subparsers(required=True)
    for name, (module, about) in (BENCHMARKS | (WITH_TORCH if has_torch() else {})).items():
        kind = import_module(f"core.benchmark.{module}")
        one = kinds.add_parser(name, help=about)
        kind.describe(one)
        one.set_defaults(measure=kind.measure)
        one.add_argument("--json", type=Path, metavar="FILE", help="write all figures here as well")
    return found


if __name__ == "__main__":
    try:
        sys.exit(main())
    except TorchMissing as error:
        sys.exit(str(error))
