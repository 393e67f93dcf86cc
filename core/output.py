"""The standard streams: there, able to write any letter, and quiet when nobody reads them."""

import io
import os
import sys
from contextlib import suppress

STREAMS = {"stdin": "r", "stdout": "w", "stderr": "w"}
"""Python's names, in the order of their descriptors, and what can be done with each."""


def mend() -> None:
    """Let the three be there, and let any letter be written to them.

    A program whose parent closed them would give their numbers to the next files it opens, which
    its children then lose; one that writes into a file on Windows can write few letters.
    """
    for descriptor in range(len(STREAMS)):
        _occupy(descriptor)
    for descriptor, (name, mode) in enumerate(STREAMS.items()):
        stream = getattr(sys, name)
        if stream is None:
            opened = open(descriptor, mode, encoding="utf-8", closefd=False)  # noqa: SIM115 - stays
            setattr(sys, name, opened)
        elif isinstance(stream, io.TextIOWrapper) and mode == "w":
            stream.reconfigure(errors="backslashreplace")


def hush(*streams: str) -> None:
    """Let what is still to be printed go nowhere: Python would complain of it at its end."""
    for name in streams or ("stdout",):
        with suppress(OSError, ValueError, AttributeError):
            nowhere = os.open(os.devnull, os.O_WRONLY)
            os.dup2(nowhere, getattr(sys, name).fileno())
            os.close(nowhere)


def _occupy(descriptor: int) -> None:
    """Let a standard descriptor lead nowhere if it is not open."""
    try:
        os.fstat(descriptor)
    except OSError:
        opened = os.open(os.devnull, os.O_RDWR)
        if opened == descriptor:
            os.set_inheritable(opened, True)
        else:
            os.dup2(opened, descriptor)
            os.close(opened)
