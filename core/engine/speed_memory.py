"""How fast a model was on this machine, remembered, so that starting need not measure it again."""

import json
import math
import os
import platform
import time
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path

import platformdirs

from core.atomic_file import atomic_write
from core.small_file import read_small_file
from core.video import VideoFormat

LIFETIME = 7 * 24 * 3600.0
"""Seconds after which a figure is forgotten: machines change, and may have been busy then."""
LIMIT = 32
"""Figures that are kept."""

LARGEST = 1024 * 1024
"""Bytes of the largest file that is read."""


def speed_file() -> Path:
    """Return where figures are kept."""
    return platformdirs.user_cache_path("understudy", appauthor=False) / "speed.json"


class SpeedMemory:
    """Real-time factors by model, picture format and machine."""

    def __init__(self, path: Path, clock: Callable[[], float] = time.time) -> None:
        """clock: seconds since 1970."""
        self._path, self._clock = path, clock

    def recall(self, weights: Path, format: VideoFormat) -> float | None:
        """Return the factor that was measured, or None if there is none of late."""
        found = self._read().get(_key(weights, format))
        return found[0] if found else None

    def remember(self, weights: Path, format: VideoFormat, factor: float) -> None:
        """Keep a factor; where it cannot be written, it is measured again next time."""
        figures = {**self._read(), _key(weights, format): (factor, self._clock())}
        newest = sorted(figures.items(), key=lambda item: item[1][1])[-LIMIT:]
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            with atomic_write(self._path) as part:
                part.write_text(json.dumps(dict(newest)), encoding="utf-8")
        except OSError:
            return

    def _read(self) -> dict[str, tuple[float, float]]:
        """Return factor and time by key; nothing that is old, or no figure."""
        now, figures = self._clock(), {}
        try:
            for key, (factor, told) in dict(
                json.loads(read_small_file(self._path, LARGEST))
            ).items():
                if 0 <= now - float(told) < LIFETIME and 0 < float(factor) < math.inf:
                    figures[str(key)] = (float(factor), float(told))
        except Exception:  # noqa: BLE001 - whatever is wrong with it: it can be measured again
            return {}
        return figures


def _key(weights: Path, format: VideoFormat) -> str:
    status = weights.stat()
    machine = (platform.machine(), platform.processor(), os.cpu_count(), version("torch"))
    return f"{weights} {status.st_size} {status.st_mtime_ns} {format} {machine}"
