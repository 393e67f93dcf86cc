"""A process that gives inputs to one border, and says before each which one it is.

`python -m tests.robustness.worker BORDER SEED FIRST COUNT`: a line of JSON before each input
({"number"}), one for each fault ({"fault"}), and one at the end ({"peak"}, MiB beyond the start).
"""

import json
import logging
import sys
import tempfile
import time
import warnings
from pathlib import Path

import psutil

from core.process.memory_limit import memory_limit
from tests.robustness.borders import BORDERS, Border

MEMORY = 2 << 30
"""Bytes that any input may take beyond what the border has at rest."""


def main(name: str, seed: int, first: int, count: int) -> None:
    logging.disable(logging.CRITICAL)
    warnings.simplefilter("ignore")
    border = BORDERS[name]
    seeds, errors, rest = border.seeds(), border.errors(), _peak()
    with tempfile.TemporaryDirectory() as folder, memory_limit(MEMORY):
        for number in range(first, first + count):
            _say(number=number)
            begin = time.monotonic()
            if fault := _fault(border, errors, border.mutate(seeds, number, seed), Path(folder)):
                _say(fault=fault, number=number)
            _say(seconds=time.monotonic() - begin)
    _say(peak=_peak() - rest)


def _fault(
    border: Border, errors: tuple[type[BaseException], ...], data: bytes, folder: Path
) -> str:
    """Return what the border did wrong; empty if nothing."""
    try:
        border.use(data, folder)
    except errors as error:
        return "" if str(error).strip() else f"{type(error).__name__} without words"
    except BaseException as error:  # noqa: BLE001 - what escapes a border is what is looked for
        return f"{type(error).__name__}: {str(error)[:150]}"
    return ""


def _peak() -> float:
    memory = psutil.Process().memory_info()
    if sys.platform == "linux":
        import resource

        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return float(getattr(memory, "peak_wset", memory.rss)) / 2**20


def _say(**what: object) -> None:
    sys.__stdout__.write(json.dumps(what) + "\n")  # type: ignore[union-attr]
    sys.__stdout__.flush()  # type: ignore[union-attr]


if __name__ == "__main__":
    main(sys.argv[1], *map(int, sys.argv[2:5]))
    sys.stdout.flush()
    import os

    os._exit(0)  # the page's threads need not be waited for
