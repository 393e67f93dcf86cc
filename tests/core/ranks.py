"""Several processes that talk by Gloo, each doing one function of a test module."""

import os
import subprocess
import sys
import time
from pathlib import Path

import torch
from torch import distributed

from core.training.trainer.distributed import end_rank

ROOT = Path(__file__).parents[2]
PATIENCE = 300.0
"""Seconds."""


def run_ranks(module: str, count: int, folder: Path) -> None:
    """Run `work(folder)` of a module in so many processes that are joined to a group."""
    words = [sys.executable, "-m", "tests.core.ranks", module, str(count), str(folder)]
    surroundings = {**os.environ, "OMP_NUM_THREADS": "1"}
    processes = [
        subprocess.Popen([*words, str(rank)], cwd=ROOT, env=surroundings) for rank in range(count)
    ]
    try:
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end and any(process.poll() is None for process in processes):
            assert not any(process.poll() for process in processes), "a rank failed"
            time.sleep(0.02)
        assert [process.poll() for process in processes] == [0] * count
    finally:
        for process in processes:
            process.kill()
            process.wait()


def main(module: str, count: int, folder: Path, rank: int) -> None:
    """Be one process."""
    torch.set_num_threads(1)
    meeting = f"file://{folder / 'meeting'}"
    distributed.init_process_group("gloo", init_method=meeting, rank=rank, world_size=count)
    __import__(module)
    sys.modules[module].work(folder)
    end_rank()


if __name__ == "__main__":
    name, ranks, where, number = sys.argv[1:]
    main(name, int(ranks), Path(where), int(number))
