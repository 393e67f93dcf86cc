"""Log of a training: losses, gradient norm, throughput and utilisation (MFU), a line at a time."""

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
BF16_GAIN = 2.5
"""How many times as fast as in single precision products must be; half of a step is no product."""


class TrainingLog:
    """Averages steps into lines of a text file, which are also returned to be printed.

    `peak_macs`: multiply-adds that the device computes in a second, at its best.
    """

    def __init__(self, path: Path, peak_macs: float) -> None:
        self._path, self._peak_macs = path, peak_macs
        self._reset()

    def _reset(self) -> None:
        self._losses: dict[str, list[Tensor]] = defaultdict(list)
        self._norms: list[float] = []
        self._frames, self._macs = 0, 0.0
        self._seconds, self._data_seconds = 0.0, 0.0

    @property
    def seconds(self) -> float:
        """Since the last line."""
        return self._seconds

    def add_step(self, losses: Mapping[str, Tensor], norm: float, frames: int, macs: float) -> None:
        """Record a step: terms of its loss, gradient norm, frames and multiply-adds."""
        for name, value in losses.items():
            self._losses[name].append(value.detach())
        self._norms.append(norm)
        self._frames += frames
        self._macs += macs

    def add_time(self, seconds: float, data_seconds: float) -> None:
        """Record how long a step took, and how much of that waiting for data."""
        self._seconds += seconds
        self._data_seconds += data_seconds

    def write_line(self, minutes: float, steps: int) -> str:
        """Write the line and begin the next."""
        seconds = max(self._seconds, 1e-9)
        means = {name: float(torch.stack(v).float().mean()) for name, v in self._losses.items()}
        finite = [norm for norm in self._norms if math.isfinite(norm)]
        parts = [
            f"{minutes:7.2f} min  step {steps:7d}  loss {sum(means.values()):8.4f}",
            *(f"{name} {value:.4f}" for name, value in means.items()),
            f"grad norm {sum(finite) / max(1, len(finite)):.2f}",
            f"{self._frames / seconds:.1f} frames/s",
            f"data {self._data_seconds / seconds:.0%}",
            f"MFU {self._macs / seconds / self._peak_macs:.1%}",
        ]
        if skipped := len(self._norms) - len(finite):
            parts.append(f"{skipped} steps skipped: gradient not finite")
        self._reset()
        return self._append_line(parts)

    def write_validation(self, metrics: Mapping[str, float], share: float) -> str:
        """Write validation metrics, and the share of the call's time that validation took."""
        values = (f"{name} {value:.3f}" for name, value in metrics.items())
        return self._append_line(["validation:", *values, f"({share:.1%} of the time)"])

    def _append_line(self, parts: Sequence[str]) -> str:
        text = "  ".join(parts)
        self._path.parent.mkdir(parents=True, exist_ok=True)
        with self._path.open("a") as file:
            file.write(text + "\n")
        return text


def count_macs(run: Callable[[], Any]) -> float:
    """Return the multiply-adds of a call, forward and backward.

    It must not be compiled: fused products are not seen.
    """
    plain = sdpa_kernel(SDPBackend.MATH)  # whose products are seen on every device
    with FlopCounterMode(display=False) as counter, plain:
        run()
    return float(counter.get_total_flops() / 2)


def measure_peak_macs(device: torch.device, dtype: torch.dtype) -> float:
    """Return the multiply-adds a second of the fastest of a few large matrix products."""
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


def gains_by_bf16(device: torch.device) -> bool:
    """Whether products in bfloat16 are so much faster there that casting pays.

    Always on a GPU; on a CPU where it has tiles for them (AMX), on others they are emulated.
    """
    if device.type == "cuda":
        return True
    rates = [measure_peak_macs(device, dtype) for dtype in (torch.bfloat16, torch.float32)]
    return rates[0] > BF16_GAIN * rates[1]


def synchronize(device: torch.device) -> None:
    """Wait until the device has done all it was asked to, so that clocks tell the truth."""
    if device.type == "cuda":
        torch.cuda.synchronize(device)
