"""The shapes faces have: where the landmark networks start from, so that they need not learn it."""

import numpy as np
import torch
from numpy.random import Generator
from numpy.typing import NDArray
from torch import nn

from core.perception.face_landmarks import part_placement
from core.perception.face_mesh import placement_of
from core.perception.face_network import EYE_POINTS, LIP_POINTS, FaceNetwork, PartConfig
from core.training.faces.corpus import Corpus, Portrait
from core.training.faces.crops import PART_DOUBT, in_sides, shaken
from core.training.faces.warp import draw_change, express

Shapes = NDArray[np.float32]
"""(samples, numbers): landmarks of crops, in sides, one sample after the other."""


def start_from_shapes(network: FaceNetwork, corpus: Corpus, rng: Generator) -> None:
    """Set mean and main directions of faces, lips and eyes, and what a mirror does to a face."""
    config = network.config
    changed = [_changed(corpus.portrait(rng), rng) for _ in range(12 * config.landmarks.shapes)]
    _set(network.landmarks.shapes, np.stack([_face(network, p, rng) for p in changed]))
    for part, points in ((network.lips, LIP_POINTS), (network.eye, EYE_POINTS)):
        _set(part.shapes, np.stack([_part(part.config, points, p, rng) for p in changed]))
    with torch.no_grad():
        network.landmarks.mirror.copy_(torch.from_numpy(corpus.mirror))


def _changed(portrait: Portrait, rng: Generator) -> NDArray[np.float32]:
    """Return the portrait's landmarks with another expression, without drawing it."""
    place = placement_of(portrait.landmarks)
    matrix = place.matrix(1, 1.0)
    face = in_sides(matrix, portrait.landmarks, 1).astype(np.float64)
    return express(face, draw_change(rng, portrait.turned)).astype(np.float32)


def _face(network: FaceNetwork, face: NDArray[np.float32], rng: Generator) -> Shapes:
    config = network.config.landmarks
    place = shaken(placement_of(face), rng, 0.05, 0.09, 0.12)
    landmarks = in_sides(place.matrix(config.side, config.zoom), face, config.side)
    return np.asarray(landmarks.ravel())


def _part(
    config: PartConfig, points: tuple[int, ...], face: NDArray[np.float32], rng: Generator
) -> Shapes:
    place = shaken(part_placement(face, points), rng, *PART_DOUBT)
    matrix = place.matrix(config.side, config.zoom)
    return np.asarray(in_sides(matrix, face[list(points)], config.side)[:, :2].ravel())


def _set(layer: nn.Linear, shapes: Shapes) -> None:
    """Make the layer's bias the mean and its columns main directions, as long as they vary."""
    mean = shapes.mean(axis=0)
    apart = (shapes - mean).astype(np.float64)
    # The small one of the two products has the same directions, seen from the other side.
    _, weights = np.linalg.eigh(apart @ apart.T)
    count = layer.in_features
    directions = apart.T @ weights[:, : -count - 1 : -1] / np.sqrt(len(shapes))
    with torch.no_grad():
        layer.bias.copy_(torch.from_numpy(mean))
        layer.weight.copy_(torch.from_numpy(directions))
