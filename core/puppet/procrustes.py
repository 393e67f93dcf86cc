"""Procrustes alignment: the similarity transform that fits one set of points to another."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Points = NDArray[np.float64]


@dataclass(frozen=True)
class Similarity:
    """y = scale * x @ rotation.T + shift"""

    scale: float
    rotation: Points
    shift: Points

    def __call__(self, x: Points) -> Points:
        return self.scale * x @ self.rotation.T + self.shift


def fit_similarity(a: Points, b: Points, weight: Points) -> Similarity:
    """Return the least-squares similarity from points a (n, 3) to b (n, 3) (Umeyama 1991)."""
    w = weight[:, None] / weight.sum()
    mean_a, mean_b = (a * w).sum(0), (b * w).sum(0)
    u, s, vt = np.linalg.svd(((a - mean_a) * w).T @ (b - mean_b))
    flip = np.diag([1, 1, np.sign(np.linalg.det(u @ vt))])
    rotation = (u @ flip @ vt).T
    scale = float((s * np.diag(flip)).sum() / (((a - mean_a) ** 2) * w).sum())
    return Similarity(scale, rotation, mean_b - scale * rotation @ mean_a)
