"""Several ways of work side by side: short turns, one after the other, again and again."""

import time
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True)
class Workload:
    """One way of work; `turn` does a turn's worth of it."""

    name: str
    turn: Callable[[], object]


def time_interleaved(
    workloads: tuple[Workload, ...], rounds: int
) -> dict[str, NDArray[np.float64]]:
    """Return the seconds of each runner's turns, after one round that does not count.

    A machine that others use as well slows all runners alike, so their ratios stay true.
    """
    seconds: dict[str, list[float]] = {runner.name: [] for runner in workloads}
    for number in range(rounds + 1):
        for runner in workloads:
            began = time.perf_counter()
            runner.turn()
            if number:
                seconds[runner.name].append(time.perf_counter() - began)
    return {name: np.array(each) for name, each in seconds.items()}
