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


class TrainingLog:
    """Collects steps and writes them as a line of a table, to the terminal and to a file.

    `best` is the products that the device computes in a second, at its best.
    """

    def __init__(self, path: Path, peak_macs: float) -> None:
        self._path, self._peak_macs = path, peak_macs
        self._reset()

    def _reset(self) -> None:
        self._losses: dict[str, list[Tensor]] = defaultdict(list)
        self._norms: list[float] = []
        self._frames, self._macs = 0, 0.0
        self._seconds = {"clips": 0.0, "all": 0.0}

    @property
    def seconds(self) -> float:
        """Since the last line."""
        return self._seconds["all"]

    def add_step(self, losses: Mapping[str, Tensor], norm: float, frames: int, macs: float) -> None:
        """Take note of a step: its loss, the norm of its gradient, frames and multiply-adds."""
        for name, value in losses.items():
            self._losses[name].append(value.detach())
        self._norms.append(norm)
        self._frames += frames
        self._macs += macs

    def add_time(self, seconds: float, data_seconds: float) -> None:
        """Take note of how long a step took, and how much of that the studio."""
        self._seconds["all"] += seconds
        self._seconds["clips"] += data_seconds

    def write_line(self, minutes: float, steps: int) -> str:
        """Write the line and begin the next."""
        seconds = max(self._seconds["all"], 1e-9)
        means = {name: float(torch.stack(v).float().mean()) for name, v in self._losses.items()}
        finite = [norm for norm in self._norms if math.isfinite(norm)]
        parts = [
            f"{minutes:7.2f} min  step {steps:7d}  loss {sum(means.values()):8.4f}",
            *(f"{name} {value:.4f}" for name, value in means.items()),
            f"norm {sum(finite) / max(1, len(finite)):.2f}",
            f"{self._frames / seconds:.1f} frames/s",
            f"studio {self._seconds['clips'] / seconds:.0%}",
            f"use {self._macs / seconds / self._peak_macs:.1%}",
        ]
        if lost := len(self._norms) - len(finite):
            parts.append(f"{lost} steps were no numbers")
        self._reset()
        return self._append_line(parts)

    def write_validation(self, metrics: Mapping[str, float], share: float) -> str:
        """Write what was found on held-out people, and which share of the call's time that took."""
        values = (f"{name} {value:.3f}" for name, value in metrics.items())
        return self._append_line(["held out:", *values, f"({share:.1%} of the time)"])

    def _append_line(self, parts: Sequence[str]) -> str:
        text = "  ".join(parts)
        self._path.parent.mkdir(parents=True, exist_ok=True)
        with self._path.open("a") as file:
            file.write(text + "\n")
        return text


def count_macs(run: Callable[[], Any]) -> float:
    """Return the multiply-adds of a call, forth and back.

    It must not be compiled: fused products are not seen.
    """
    plain = sdpa_kernel(SDPBackend.MATH)  # whose products are seen on every device
    with FlopCounterMode(display=False) as counter, plain:
        run()
    return float(counter.get_total_flops() / 2)


def measure_peak_macs(device: torch.device, dtype: torch.dtype) -> float:
    """Return the multiply-adds a second of the fastest of a few large products."""
    size = 8192 if device.type == "cuda" else 512
    a = torch.ones(size, size, device=device, dtype=dtype)
    seconds = []
    for _ in range(TRIES):
        synchronize(device)
        begun = time.perf_counter()
        a @ a
        synchronize(device)
        seconds.append(time.perf_counter() - begun)
    return float(size**3 / min(seconds))


def synchronize(device: torch.device) -> None:
    """Wait for what a device was asked to do, so that clocks tell the truth."""
    if device.type == "cuda":
        torch.cuda.synchronize(device)
