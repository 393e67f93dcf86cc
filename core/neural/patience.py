"""How long threads wait awake for each other; to be said before torch is loaded."""

import os

OPENMP_SPINS = 2000
"""Turns that a thread of libgomp, Linux's OpenMP, waits awake for another; otherwise 300,000."""


def limit_openmp_spin() -> None:
    """Let threads that wait for others sleep soon, unless the environment says something else.

    A thread that waits awake keeps its core from the one that it waits for as soon as another
    program, a video call say, is busy on the rest: blocks then take seven times as long. Where
    nobody else is busy, sleeping soon costs a fortieth.
    """
    os.environ.setdefault("GOMP_SPINCOUNT", str(OPENMP_SPINS))
