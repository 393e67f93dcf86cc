"""A handful of drawn people for the tests: a corpus that needs no file."""

import numpy as np
import torch

from core.perception.face.alignment import (
    Landmarks,
    OrientedBox,
    invert_affine,
    transform_landmarks,
)
from core.perception.face.config import FaceConfig
from core.perception.face.weights import WEIGHTS
from core.tensors import load
from core.training.faces.cartoons import draw_cartoon
from core.training.faces.corpus import Corpus, LabelledPortrait, mirror_permutation, symmetric_mean


def mean_face() -> Landmarks:
    """The mean of the people that the shipped weights were trained on, in face sizes."""
    weights = load(WEIGHTS, FaceConfig).weights
    bias = weights["landmarks.shape_basis.bias"].to(torch.float32)
    return bias.reshape(478, 3).numpy() * np.float32(1.5)


def person(seed: int, side: int = 192) -> LabelledPortrait:
    """A drawn person who fills a good part of a square picture."""
    rng = np.random.default_rng(seed)
    place = OrientedBox(side / 2, side * 0.45, side * 0.45, float(rng.normal(0, 0.05)))
    landmarks = transform_landmarks(invert_affine(place.crop_matrix(1, 1.0)), mean_face())
    wall = np.full((side, side, 3), 120, dtype=np.uint8)
    empty = np.zeros((side, side), dtype=np.uint8)
    portrait = draw_cartoon(
        LabelledPortrait(wall, empty, landmarks, f"person {seed}", "faker"), rng
    )
    portrait.picture[portrait.matte == 0] = 120
    return portrait


def corpus(count: int = 6) -> Corpus:
    """Drawn people and two plain walls."""
    people = [person(seed) for seed in range(count)]
    walls = [np.full((64, 64, 3), tone, dtype=np.uint8) for tone in (60, 190)]
    mean = symmetric_mean(people)
    return Corpus(people, people[:2], walls, walls, mirror_permutation(mean), mean)
