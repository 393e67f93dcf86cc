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

    ends: tuple[tuple[int, int], ...]
    """On both sides of the face, where it has two: the mean of both counts, so that a face is the
    same from its other side."""
    deviation: float


PROPORTIONS = (
    Proportion(((98, 327),), 0.0250),  # between the wings of the nose, below
    Proportion(((48, 278),), 0.0211),  # and where they are widest
    Proportion(((133, 98), (362, 327)), 0.0258),  # from the eye's inner corner to the wing
    Proportion(((33, 263),), 0.0153),  # between the outer corners of the eyes
    Proportion(((133, 362),), 0.0258),  # and between the inner ones
    Proportion(((33, 133), (362, 263)), 0.0226),  # width of the eye
    Proportion(((168, 2),), 0.0213),  # length of the nose
    Proportion(((2, 172), (2, 397)), 0.0225),  # from below the nose to the angle of the jaw
)
"""What is compared; deviations as measured between photos of one person (docs/lab.md)."""

DIFFERENT = 5.5
"""Mean square of deviations from which on two photos hardly show one person: 98 of 100 sets of
three photos of one stay below."""

Proportions = Sequence[float]
"""One logarithm for each of `PROPORTIONS`; they sum to 0."""


def proportions(landmarks: NDArray[np.float32]) -> tuple[float, ...]:
    """Return the proportions of a face; landmarks (478, 3)."""
    sizes = np.array([_mean_distance(landmarks, each.ends) for each in PROPORTIONS])
    logarithms = np.log(np.maximum(sizes, 1e-6))
    return tuple((logarithms - logarithms.mean()).tolist())


def _mean_distance(landmarks: NDArray[np.float32], ends: tuple[tuple[int, int], ...]) -> float:
    pairs = landmarks[list(ends)].astype(np.float64)
    return float(np.linalg.norm(pairs[:, 0] - pairs[:, 1], axis=-1).mean())


def difference(one: Proportions, other: Proportions) -> float:
    """Return how unlike two faces are: 1 on average for photos of one person."""
    deviations = np.array([each.deviation for each in PROPORTIONS])
    return float(np.square((np.array(one) - np.array(other)) / deviations).mean())


def people_hint(faces: Sequence[Proportions]) -> str:
    """Return what to say of photos with these faces if they may show different people, or ""."""
    if all(difference(one, other) <= DIFFERENT for one, other in combinations(faces, 2)):
        return ""
    return said("The photos may show different people: all should be of the same person.")
