"""Whether several photos may show different people, by the proportions of their faces.

Distances of landmarks that neither pose nor expression changes, in three dimensions and in units of
their own mean, so that how the head is held, how near and how large it is drop out. No network
tells people apart here, and nothing of this is kept: decision 0056.
"""

from collections.abc import Sequence
from itertools import combinations
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from core.sentence import said


class Proportion(NamedTuple):
    """A distance of two landmarks, and how much its logarithm deviates between photos of one."""

    one: int
    other: int
    deviation: float


PROPORTIONS = (
    Proportion(98, 327, 0.0272),  # between the wings of the nose, below
    Proportion(48, 278, 0.0234),  # and where they are widest
    Proportion(133, 98, 0.0258),  # from the inner corner of each eye to the wing below it
    Proportion(362, 327, 0.0261),
    Proportion(33, 263, 0.0148),  # between the outer corners of the eyes
    Proportion(133, 362, 0.0281),  # and between the inner ones
    Proportion(33, 133, 0.0385),  # width of each eye
    Proportion(362, 263, 0.0400),
    Proportion(168, 2, 0.0209),  # length of the nose
    Proportion(2, 172, 0.0277),  # from below the nose to each angle of the jaw
    Proportion(2, 397, 0.0262),
)
"""What is compared; deviations as measured between photos of one person (docs/lab.md)."""

DIFFERENT = 5.1
"""Mean square of deviations from which on two photos hardly show one person: 98 of 100 sets of
three photos of one stay below."""

Proportions = Sequence[float]
"""One logarithm for each of `PROPORTIONS`; they sum to 0."""


def proportions(landmarks: NDArray[np.float32]) -> tuple[float, ...]:
    """Return the proportions of a face; landmarks (478, 3)."""
    ends = landmarks[[(each.one, each.other) for each in PROPORTIONS]].astype(np.float64)
    sizes = np.log(np.maximum(np.linalg.norm(ends[:, 0] - ends[:, 1], axis=-1), 1e-6))
    return tuple((sizes - sizes.mean()).tolist())


def difference(one: Proportions, other: Proportions) -> float:
    """Return how unlike two faces are: 1 on average for photos of one person."""
    deviations = np.array([each.deviation for each in PROPORTIONS])
    return float(np.square((np.array(one) - np.array(other)) / deviations).mean())


def people_hint(faces: Sequence[Proportions]) -> str:
    """Return what to say of photos with these faces if they may show different people, or ""."""
    if all(difference(one, other) <= DIFFERENT for one, other in combinations(faces, 2)):
        return ""
    return said("The photos may show different people: all should be of the same person.")
