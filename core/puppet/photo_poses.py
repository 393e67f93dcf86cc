"""Two pictures of a photo: lips sealed; and mouth open, so that what is behind the lips shows, and
eyes shut, so that the lids do."""

import numpy as np

from core.puppet.motion import Motion, neutral_motion
from core.puppet.rig import BLEND_SHAPES, LIP_SEAL

OPENED = {"jawOpen": 0.3, "mouthUpperUp": 0.15, "mouthLowerDown": 0.1}
"""Weights of blend shapes: nearly the jaw alone, so that lips go where the teeth behind them go."""


def sealed_motion(count: int) -> Motion:
    """Return the motion of `count` portraits at rest whose lips meet."""
    motion = neutral_motion(count, LIP_SEAL + 1)
    motion.expression[:, LIP_SEAL] = 1.0
    return motion


def opened_motion(count: int) -> Motion:
    """Return the motion of `count` portraits at rest whose mouths are open, and whose eyes are
    shut."""
    motion = sealed_motion(count)
    for name, weight in OPENED.items():
        motion.expression[:, BLEND_SHAPES.index(name)] = np.float32(weight)
    motion.blink[:] = 1.0
    return motion
