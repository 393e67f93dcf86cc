"""Tries what strangers, accidents and time do to the program, and says in a table what came of it.

python -m tests.robustness                       inputs, faults, a soak: an hour, unless it is busy
python -m tests.robustness --inputs 300 --soak 60 --only inputs
"""

import argparse
import logging
import sys
import time

from tqdm import tqdm

from tests.robustness import faults, inputs, soak
from tests.robustness.borders import BORDERS

PARTS = ("inputs", "faults", "soak")


def main() -> int:
    logging.disable(logging.CRITICAL)
    chosen = arguments()
    begin, good = time.monotonic(), True
    lines: list[str] = []
    if "inputs" in chosen.only:
        good &= try_inputs(chosen, lines)
    if "faults" in chosen.only:
        good &= try_faults(lines)
    if "soak" in chosen.only:
        try_soak(chosen, lines)
    print("\n".join(lines))
    print(f"\n{'All well' if good else 'FAULTS WERE FOUND'}; {time.monotonic() - begin:.0f} s.")
    return 0 if good else 1


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.robustness", description=__doc__)
    parser.add_argument("--inputs", type=int, default=2000, help="mutated inputs for each border")
    parser.add_argument("--minutes", type=float, default=6, help="most that one border may take")
    parser.add_argument("--soak", type=float, default=2400, help="seconds of being live")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--borders", nargs="+", choices=BORDERS, default=list(BORDERS))
    parser.add_argument("--only", nargs="+", choices=PARTS, default=PARTS)
    return parser.parse_args()


def try_inputs(chosen: argparse.Namespace, lines: list[str]) -> bool:
    good = True
    lines += [
        "| border | inputs | faults | slowest | memory beyond the start |",
        "|---|--:|--:|--:|--:|",
    ]
    for border in chosen.borders:
        with tqdm(total=chosen.inputs, desc=border) as bar:

            def tick(number: int, bar: "tqdm[None]" = bar) -> None:
                bar.update(number - bar.n)

            found = inputs.run(border, chosen.inputs, chosen.minutes * 60, tick, chosen.seed)
            bar.update(found.inputs - bar.n)
        lines.append(
            f"| {border} | {found.inputs} | {len(found.faults)} | {found.slowest:.1f} s "
            f"| {found.peak:.0f} MiB |"
        )
        lines += [f"|   {fault} |" for fault in found.faults[:20]]
        good &= not found.faults
    return good


def try_faults(lines: list[str]) -> bool:
    lines += ["", "| fault in live use | | what is told |", "|---|---|---|"]
    good = True
    for name in tqdm(faults.FAULTS, desc="faults"):
        report = faults.inject(name)
        verdict = {True: "well", False: "FAULT", None: "not tried"}[report.good]
        lines.append(f"| {report.fault} | {verdict} | {report.told} |")
        good &= report.good is not False
    return good


def try_soak(chosen: argparse.Namespace, lines: list[str]) -> None:
    lines += ["", "| live | first | last | an hour |", "|---|--:|--:|--:|"]
    with tqdm(total=round(chosen.soak), desc="soak") as bar:
        for slope in soak.soak(chosen.soak, lambda at: bar.update(round(at) - bar.n)):
            lines.append(
                f"| {slope.name} | {slope.first:.1f} {slope.unit} | {slope.last:.1f} {slope.unit} "
                f"| {slope.per_hour:+.1f} |"
            )


if __name__ == "__main__":
    sys.exit(main())
