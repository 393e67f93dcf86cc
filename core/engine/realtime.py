"""The real-time factor of an engine on this machine, measured for a moment."""

import time
from collections.abc import Callable

import numpy as np

from core.audio import SAMPLE_RATE
from core.stream import AvatarStream

REALTIME_MARGIN = 1.3
"""How much faster than real time an engine must be, since calls need the machine as well."""


def realtime_factor(
    stream: AvatarStream, seconds: float = 2.0, clock: Callable[[], float] = time.perf_counter
) -> float:
    """Return how many seconds of sound the stream works through in one, measured for `seconds`.

    It is fed silence: speed does not depend on the sound.
    """
    silence = np.zeros(stream.hop, np.float32)
    began, steps = clock(), 0
    while not steps or clock() - began < seconds:
        stream.step(silence)
        steps += 1
    return steps * stream.hop / SAMPLE_RATE / (clock() - began)
