"""The doctor on the command line: python start.py doctor."""

import argparse
import shutil
import sys
import textwrap
from collections.abc import Iterable, Sequence
from pathlib import Path

from core.doctor.checks import all_checks
from core.doctor.finding import Check, Finding, State, examine
from core.doctor.report import as_json, owner
from core.doctor.system import System
from core.output import hush
from core.process.surroundings import begin

NAMES = 31
"""Letters that a state and a name take."""

WIDEST = 110


def main(arguments: Sequence[str] | None = None, checks: Iterable[Check] | None = None) -> int:
    """Print what is found as it comes; 1 if anything failed. Tests hand in other `checks`."""
    begin()
    parser = argparse.ArgumentParser(
        "start.py doctor", description="Test what the program needs, and say what to do."
    )
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the findings here as well")
    chosen = parser.parse_args(arguments)
    system, findings = System(), list[Finding]()
    for finding in examine(all_checks(system) if checks is None else checks):
        findings.append(finding)
        try:
            print(row(finding, min(WIDEST, shutil.get_terminal_size().columns)), flush=True)
        except BrokenPipeError:  # `| head` has read enough
            hush()
            if not chosen.json:
                break
    if chosen.json:
        try:
            chosen.json.write_text(as_json(findings, system, owner()), "utf-8")
        except OSError as error:
            print(f"{chosen.json} cannot be written ({error.strerror})", file=sys.stderr)
            return 1
    return int(any(finding.state is State.FAILED for finding in findings))


def row(finding: Finding, width: int) -> str:
    """Return a finding as lines of a table."""
    state = finding.state.value
    head = f"{state.upper() if finding.state is State.FAILED else state:<9}{finding.name}"
    lines = [
        line
        for text, mark in ((finding.sentence, ""), (finding.step, "> "))
        for line in textwrap.wrap(
            text,
            max(30, width - NAMES - 2),
            initial_indent=mark,
            subsequent_indent=" " * len(mark),
            break_long_words=False,
            break_on_hyphens=False,
        )
    ]
    return f"\n{'':{NAMES}}".join([f"{head:<{NAMES}}{lines[0]}", *lines[1:]])


if __name__ == "__main__":
    sys.exit(main())
