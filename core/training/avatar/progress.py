"""How a training gets on: a line now and then, of losses, speed, and where the time went."""

import math
import time
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import torch
from torch import Tensor
from torch.nn.attention import SDPBackend, sdpa_kernel
from torch.utils.flop_counter import FlopCounterMode

TRIES = 5


class Progress:
    """Collects steps and writes them as a line of a table, to the terminal and to a file.

    `best` is the products that the device computes in a second, at its best.
    """

    def __init__(self, path: Path, best: float) -> None:
        self._path, self._best = path, best
        self._start()

    def _start(self) -> None:
        self._terms: dict[str, list[Tensor]] = defaultdict(list)
        self._norms: list[float] = []
        self._frames, self._work = 0, 0.0
        self._seconds = {"clips": 0.0, "all": 0.0}

    @property
    def seconds(self) -> float:
        """Since the last line."""
        return self._seconds["all"]

    def add(self, terms: Mapping[str, Tensor], norm: float, frames: int, work: float) -> None:
        """Take note of a step: its loss, the norm of its gradient, frames and multiply-adds."""
        for name, value in terms.items():
            self._terms[name].append(value.detach())
        self._norms.append(norm)
        self._frames += frames
        self._work += work

    def took(self, seconds: float, clips: float) -> None:
        """Take note of how long a step took, and how much of that the studio."""
        self._seconds["all"] += seconds
        self._seconds["clips"] += clips

    def line(self, minutes: float, steps: int) -> str:
        """Write the line and begin the next."""
        seconds = max(self._seconds["all"], 1e-9)
        means = {name: float(torch.stack(v).float().mean()) for name, v in self._terms.items()}
        finite = [norm for norm in self._norms if math.isfinite(norm)]
        parts = [
            f"{minutes:7.2f} min  step {steps:7d}  loss {sum(means.values()):8.4f}",
            *(f"{name} {value:.4f}" for name, value in means.items()),
            f"norm {sum(finite) / max(1, len(finite)):.2f}",
            f"{self._frames / seconds:.1f} frames/s",
            f"studio {self._seconds['clips'] / seconds:.0%}",
            f"use {self._work / seconds / self._best:.1%}",
        ]
        if lost := len(self._norms) - len(finite):
            parts.append(f"{lost} steps were no numbers")
        self._start()
        return self._written(parts)

    def judged(self, figures: Mapping[str, float], share: float) -> str:
        """Write what was found on held-out people, and which share of the call's time that took."""
        found = (f"{name} {value:.3f}" for name, value in figures.items())
        return self._written(["held out:", *found, f"({share:.1%} of the time)"])

    def _written(self, parts: Sequence[str]) -> str:
        text = "  ".join(parts)
        self._path.parent.mkdir(parents=True, exist_ok=True)
        with self._path.open("a") as file:
            file.write(text + "\n")
        return text


def work(run: Callable[[], Any]) -> float:
    """Return the multiply-adds of a call, forth and back.

    It must not be compiled: fused products are not seen.
    """
    plain = sdpa_kernel(SDPBackend.MATH)  # whose products are seen on every device
    with FlopCounterMode(display=False) as counter, plain:
        run()
    return float(counter.get_total_flops() / 2)


def best_product(device: torch.device, kind: torch.dtype) -> float:
    """Return the multiply-adds a second of the fastest of a few large products."""
    size = 8192 if device.type == "cuda" else 512
    a = torch.ones(size, size, device=device, dtype=kind)
    seconds = []
    for _ in range(TRIES):
        settle(device)
        begun = time.perf_counter()
        a @ a
        settle(device)
        seconds.append(time.perf_counter() - begun)
    return float(size**3 / min(seconds))


def settle(device: torch.device) -> None:
    """Wait for what a device was asked to do, so that clocks tell the truth."""
    if device.type == "cuda":
        torch.cuda.synchronize(device)
