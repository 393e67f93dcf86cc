"""A handful of drawn people for the tests: a corpus that needs no file."""

import numpy as np
import torch

from core.perception.face_mesh import Landmarks, Placement, inverse, moved
from core.perception.face_network import FaceConfig
from core.perception.face_weights import WEIGHTS
from core.tensors import load
from core.training.faces.corpus import Corpus, Portrait, mean_shape, mirror_of
from core.training.faces.drawn import drawn


def mean_face() -> Landmarks:
    """The mean of the people that the shipped weights were trained on, in face sizes."""
    weights = load(WEIGHTS, FaceConfig).weights
    bias = weights["landmarks.shapes.bias"].to(torch.float32)
    return bias.reshape(478, 3).numpy() * np.float32(1.5)


def person(seed: int, side: int = 192) -> Portrait:
    """A drawn person who fills a good part of a square picture."""
    rng = np.random.default_rng(seed)
    place = Placement(side / 2, side * 0.45, side * 0.45, float(rng.normal(0, 0.05)))
    landmarks = moved(inverse(place.matrix(1, 1.0)), mean_face())
    wall = np.full((side, side, 3), 120, dtype=np.uint8)
    empty = np.zeros((side, side), dtype=np.uint8)
    portrait = drawn(Portrait(wall, empty, landmarks, f"person {seed}", "faker"), rng)
    portrait.picture[portrait.matte == 0] = 120
    return portrait


def corpus(count: int = 6) -> Corpus:
    """Drawn people and two plain walls."""
    people = [person(seed) for seed in range(count)]
    walls = [np.full((64, 64, 3), tone, dtype=np.uint8) for tone in (60, 190)]
    mean = mean_shape(people)
    return Corpus(people, people[:2], walls, walls, mirror_of(mean), mean)
