"""Interleaved timing: several workloads in short alternating turns."""

import time
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True)
class Workload:
    """What is timed; `turn` does a turn's worth of it."""

    name: str
    turn: Callable[[], object]


def time_interleaved(
    workloads: tuple[Workload, ...], rounds: int
) -> dict[str, NDArray[np.float64]]:
    """Time the turns of each workload in seconds, after one round of warm-up.

    A machine that others use as well slows all workloads alike, so their ratios stay true.
    """
    seconds: dict[str, list[float]] = {workload.name: [] for workload in workloads}
    for number in range(rounds + 1):
        for workload in workloads:
            began = time.perf_counter()
            workload.turn()
            if number:
                seconds[workload.name].append(time.perf_counter() - began)
    return {name: np.array(each) for name, each in seconds.items()}
