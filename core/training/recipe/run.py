"""Carry the whole recipe from stage to stage: resumable anywhere, needs no attention.

Clips are rendered by a process of its own while the first ones are learned from already; each stage
is trained for its share of the minutes; whatever is there is exported after every stage; one page
tells how it goes.
"""

import os
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from core.record import to_json
from core.training.recipe.export_run import export_run
from core.training.recipe.open_run import Run, open_stage
from core.training.recipe.progress_page import write_page
from core.training.trainer.train_config import SECONDS_PER_MINUTE

FIRST_SHARDS = 12
"""Shards that must be there before the first stage begins."""
TRAIN_SHARDS = 120
"""Shards that are kept; about 53 MB each at 128x128 pixels."""
LOOK_EVERY = 1.0
"""Seconds between two looks whether shards have come."""
CALL_MINUTES = 10.0
"""Between two updates of page and export."""


def carry_on(run: Run, minutes: float, stages: Sequence[str], shards: int = TRAIN_SHARDS) -> None:
    """Train for so many minutes, from where the run stands, the given stages in the plan's order.

    Raises:
        BadCheckpoint, ValueError: see `open_stage`; the stock is missing or damaged.
        RuntimeError: the clips cannot be rendered.
    """
    unfinished = [name for name in stages if minutes_left(run, name) > 0]
    if not unfinished:
        return
    run.folder.mkdir(parents=True, exist_ok=True)
    end = time.monotonic() + minutes * SECONDS_PER_MINUTE
    with rendering(run, shards) as renderer:
        await_shards(run, renderer, min(shards, FIRST_SHARDS))
        for name in unfinished:
            while (left := minutes_left(run, name)) > 0:
                rest = (end - time.monotonic()) / SECONDS_PER_MINUTE
                if rest <= 0:
                    return
                train_call(run, name, min(left, rest, CALL_MINUTES))


def minutes_left(run: Run, name: str) -> float:
    """Return the minutes that a stage still has to be trained for."""
    return run.stage_minutes(name) - run.trained_minutes(name)


def train_call(run: Run, name: str, minutes: float) -> None:
    """Train a stage for some minutes; then export what there is, and write the page."""
    loop, source = open_stage(run, name, minutes)
    loop.run(source)
    export_run(run)
    write_page(run.folder)


@contextmanager
def rendering(run: Run, shards: int) -> Iterator["subprocess.Popen[bytes]"]:
    """Render shards in a process of the lowest priority as long as the context lasts."""
    command = [
        sys.executable, "-m", "core.training.recipe.render",
        "--stock", str(run.stock), "--out", str(run.folder), "--shards", str(shards),
        "--people", str(run.people), "--config", to_json(run.config), "--seed", str(run.seed),
    ]  # fmt: skip
    environment = {**os.environ, "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
    process = subprocess.Popen(command, env=environment)
    try:
        yield process
    finally:
        process.terminate()
        process.wait()


def await_shards(run: Run, renderer: "subprocess.Popen[bytes]", count: int) -> None:
    """Wait until there are `count` shards to begin with.

    Raises:
        RuntimeError: the renderer ended before.
    """
    while len(run.shards.files()) < count or not run.validation_shards.files():
        if renderer.poll() is not None:
            raise RuntimeError(
                f"rendering clips ended with code {renderer.returncode}; its last lines say why"
            )
        time.sleep(LOOK_EVERY)
