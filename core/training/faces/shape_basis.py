"""Linear shape models (PCA) that initialise the landmark networks' output layers."""

import numpy as np
import torch
from numpy.random import Generator
from numpy.typing import NDArray
from torch import nn

from core.perception.face.alignment import bounding_box
from core.perception.face.config import EYE_POINTS, LIP_POINTS, PartConfig
from core.perception.face.landmarks import part_box
from core.perception.face.networks_torch import FaceNetwork
from core.training.faces.corpus import Corpus, LabelledPortrait
from core.training.faces.crops import PART_JITTER, jitter, to_crop_units
from core.training.faces.mesh_warp import apply_expression, draw_change

ShapeVectors = NDArray[np.float32]
"""(samples, numbers): flattened landmarks of crops, in sides."""


def initialise_shape_bases(network: FaceNetwork, corpus: Corpus, rng: Generator) -> None:
    """Initialise the shape bases of face, lips and eye, and the mirror permutation."""
    config = network.config
    changed = [
        _draw_expression(corpus.sample(rng), rng)
        for _ in range(12 * config.landmarks.shape_components)
    ]
    _set_principal_components(
        network.landmarks.shape_basis, np.stack([_face_shape(network, p, rng) for p in changed])
    )
    for part, points in ((network.lips, LIP_POINTS), (network.eye, EYE_POINTS)):
        _set_principal_components(
            part.shape_basis, np.stack([_part_shape(part.config, points, p, rng) for p in changed])
        )
    with torch.no_grad():
        network.landmarks.mirror_index.copy_(torch.from_numpy(corpus.mirror_index))


def _draw_expression(portrait: LabelledPortrait, rng: Generator) -> NDArray[np.float32]:
    """Return the portrait's landmarks with a random expression, without rendering it."""
    box = bounding_box(portrait.landmarks)
    matrix = box.crop_matrix(1, 1.0)
    face = to_crop_units(matrix, portrait.landmarks, 1).astype(np.float64)
    return apply_expression(face, draw_change(rng, portrait.nose_offset)).astype(np.float32)


def _face_shape(network: FaceNetwork, face: NDArray[np.float32], rng: Generator) -> ShapeVectors:
    config = network.config.landmarks
    box = jitter(bounding_box(face), rng, 0.05, 0.09, 0.12)
    landmarks = to_crop_units(box.crop_matrix(config.side, config.crop_scale), face, config.side)
    return np.asarray(landmarks.ravel())


def _part_shape(
    config: PartConfig, points: tuple[int, ...], face: NDArray[np.float32], rng: Generator
) -> ShapeVectors:
    box = jitter(part_box(face, points), rng, *PART_JITTER)
    matrix = box.crop_matrix(config.side, config.crop_scale)
    return np.asarray(to_crop_units(matrix, face[list(points)], config.side)[:, :2].ravel())


def _set_principal_components(layer: nn.Linear, shapes: ShapeVectors) -> None:
    """Set the layer's bias to the mean, its columns to principal components times their std."""
    mean = shapes.mean(axis=0)
    apart = (shapes - mean).astype(np.float64)
    # The small one of the two products has the same directions, seen from the other side.
    _, weights = np.linalg.eigh(apart @ apart.T)
    count = layer.in_features
    directions = apart.T @ weights[:, : -count - 1 : -1] / np.sqrt(len(shapes))
    with torch.no_grad():
        layer.bias.copy_(torch.from_numpy(mean))
        layer.weight.copy_(torch.from_numpy(directions))
