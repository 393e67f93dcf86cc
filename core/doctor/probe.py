"""A process that tries the GPU and the engine, so that neither can hang or burden the program.

It is told {"do": "gpu"} or {"do": "engine"}, answers once and ends.
"""

import sys
import time
import warnings
from contextlib import closing
from typing import Any

import numpy as np

from core.audio import Samples
from core.engine.badge import BadgeOptions
from core.optional_torch import has_torch
from core.process.child import claim
from core.profile_stores import all_profiles
from core.sentence import said
from core.stream import AvatarStream
from core.video import HD

WARM, SECONDS = 0.4, 2.0
"""Seconds to get going, and to measure."""


def gpu() -> dict[str, Any]:
    """Return what PyTorch knows about the graphics card; nothing where it is not installed."""
    if not has_torch():
        return {"torch": None}
    import torch

    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always")
        available = torch.cuda.is_available()
    facts: dict[str, Any] = {
        "torch": torch.__version__,
        "cuda": torch.version.cuda,
        "available": available,
        "told": " ".join(str(warning.message) for warning in told),
    }
    if available:
        free, total = torch.cuda.mem_get_info()
        facts |= {"name": torch.cuda.get_device_name(), "free": free, "total": total}
    return facts


def engine() -> dict[str, Any]:
    """Return how many frames a second the preferred engine makes of the first person."""
    from core.engine.choice import open_stream
    from core.engine.names import AUTO

    profiles, _ = all_profiles()
    if not profiles:
        raise LookupError(said("there is no person to show", remedy="reinstall the program"))
    stream, note = open_stream(AUTO, profiles[0], HD, badge=BadgeOptions())
    with closing(stream):
        speed(stream, WARM)
        return {"rate": speed(stream, SECONDS), "note": note}


def speed(stream: AvatarStream, seconds: float) -> float:
    """Return the frames a second that come out when nobody waits."""
    sound, frames = hiss(stream.hop), 0
    begin = time.perf_counter()
    while (spent := time.perf_counter() - begin) < seconds:
        frames += len(stream.step(sound))
    return frames / spent


def hiss(count: int) -> Samples:
    return np.random.default_rng(0).normal(0, 0.1, count).astype(np.float32)


def main() -> int:
    pipe = claim()
    if (message := pipe.receive()) is None:
        return 0
    try:
        pipe.send({"gpu": gpu, "engine": engine}[message.head["do"]]())
    except Exception as error:  # noqa: BLE001 - whatever goes wrong is what we are here to tell
        pipe.send({"failed": str(error) or repr(error), "kind": type(error).__name__})
    return 0


if __name__ == "__main__":
    sys.exit(main())
