"""Blinks, seen in how far eyes are open."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from core.training.metrics.correlation import Curve
from core.video import FPS

SHUT = 0.45
"""Share of how far eyes are open usually below which they are shut: a blink's lids meet for a frame
or two, and are halfway for as many."""


def shut_eyes(opening: Curve) -> NDArray[np.bool_]:
    """Tell in which frames eyes are shut, of their `opening` (frames,)."""
    return np.asarray(opening < SHUT * np.median(opening))


def blinks_per_minute(openings: Sequence[Curve]) -> float:
    """Return how often eyes shut in a minute of some clips; not counting those shut at first."""
    count = sum(int((np.diff(shut_eyes(each).astype(int)) > 0).sum()) for each in openings)
    return 60 * FPS * count / sum(map(len, openings))
