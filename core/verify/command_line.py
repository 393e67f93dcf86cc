"""The command line that tells whether a film or a picture was made by Understudy."""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from core.output import hush
from core.process.surroundings import begin
from core.progress import Bar
from core.verify.verdict import MOST, Verdict, verify, words

FOUND, NOT_FOUND, FAILED = 0, 1, 2
"""What the program ends with."""

EVERY = sys.maxsize


def main(arguments: Sequence[str] | None = None) -> int:
    """Print a verdict on each file; return the worst of what was found."""
    begin()
    chosen = parser().parse_args(arguments)
    most = EVERY if chosen.whole else MOST
    try:
        ends = [examine(path, most) for path in chosen.files]
        sys.stdout.flush()
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:  # `| head` has read enough
        hush()
        return FAILED
    return max(ends)


def parser() -> argparse.ArgumentParser:
    """Describe the command line."""
    found = argparse.ArgumentParser(
        "start.py verify",
        description="Tell whether films or pictures bear Understudy's invisible watermark. Ends "
        "with 0 if all do, 1 if one does not, 2 if one cannot be read.",
    )
    found.add_argument("files", type=Path, nargs="+", metavar="FILE", help="a film or a picture")
    found.add_argument(
        "--whole",
        action="store_true",
        help=f"look at all of a film, not at {MOST} pieces of five seconds spread over it",
    )
    return found


def examine(path: Path, most: int) -> int:
    """Print the verdict on one file."""
    try:
        verdict = _verified(path, most)
    except (ValueError, OSError) as error:
        print(f"start.py verify: {' '.join(str(error).split())}", file=sys.stderr)
        return FAILED
    print(words(path, verdict), flush=True)
    return FOUND if verdict.found else NOT_FOUND


def _verified(path: Path, most: int) -> Verdict:
    with Bar(desc="Looking", unit=" pieces", disable=None, leave=False) as bar:
        return verify(path, most, lambda _: bar.update())
