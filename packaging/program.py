"""The frozen program, which its name makes the window or the command line; children are either."""

import sys
from collections.abc import Sequence
from pathlib import Path

from core.process.child import dispatch

COMMAND_LINE = "understudy-cli"
"""A program of its own on Windows, where windows have no console, and a link elsewhere."""


def main(words: Sequence[str]) -> int:
    """Do what the first of some words, the program's name, says with the rest."""
    name, *arguments = words
    if Path(name).stem.lower() == COMMAND_LINE:
        return command_line(arguments)
    from app.__main__ import main as window

    return window(arguments)


def command_line(arguments: list[str]) -> int:
    code = dispatch(arguments)
    if code is not None:
        return code
    if arguments[:1] == ["verify"]:
        from core.verify.command_line import main as verify

        return verify(arguments[1:])
    from core import cli

    return cli.main(arguments)


if __name__ == "__main__":
    sys.exit(main(sys.argv))
