"""The mesh of a face whose place is roughly known: two looks at all of it, one at each part."""

from dataclasses import replace
from typing import NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray

from core.perception.face_detect import as_input
from core.perception.face_mesh import (
    LEFT_EYE,
    LEFT_IRIS,
    LEFT_LIDS,
    Landmarks,
    Matrix,
    Placement,
    crop,
    inverse,
    moved,
    placement_of,
)
from core.perception.face_network import EYE_POINTS, LIP_POINTS, FaceNetwork, PartNetwork
from core.video import Picture

LEFT_EYE_POINTS = (*LEFT_EYE, *LEFT_IRIS, *LEFT_LIDS)
"""The left eye's points in the order of `EYE_POINTS`."""


class Look(NamedTuple):
    """Landmarks in pixels of the picture and the chance that they are a face's."""

    landmarks: Landmarks
    chance: float


def looks(network: FaceNetwork, picture: Picture, places: list[Placement]) -> list[Look]:
    """Look once at each place."""
    config = network.config.landmarks
    matrices = [place.matrix(config.side, config.zoom) for place in places]
    crops = [crop(picture, matrix, config.side) for matrix in matrices]
    with torch.inference_mode():
        shapes, logits = network.landmarks(as_input(crops))
        chances = torch.sigmoid(logits).tolist()
    found = zip(matrices, shapes.numpy(), chances, strict=True)
    return [Look(_in_picture(m, s, config.side), c) for m, s, c in found]


def refined(network: FaceNetwork, picture: Picture, look: Look) -> Look:
    """Look again from where the first look says the face is, straight and in a mirror."""
    config = network.config.landmarks
    matrix = placement_of(look.landmarks).matrix(config.side, config.zoom)
    straight = crop(picture, matrix, config.side)
    with torch.inference_mode():
        shapes, logits = network.landmarks(as_input([straight, straight[:, ::-1]]))
        reflected = shapes[1, network.landmarks.mirror] * torch.tensor([-1.0, 1.0, 1.0])
        shape = (shapes[0] + reflected) / 2
    chance = float(torch.sigmoid(logits.mean()))
    return Look(_in_picture(matrix, shape.numpy(), config.side), chance)


def with_parts(network: FaceNetwork, picture: Picture, landmarks: Landmarks) -> Landmarks:
    """Return the landmarks with lips and eyes from a closer look at each."""
    landmarks = landmarks.copy()
    parts = (
        (network.lips, LIP_POINTS, False),
        (network.eye, EYE_POINTS, False),
        (network.eye, LEFT_EYE_POINTS, True),
    )
    still = landmarks.copy()
    for part, points, in_mirror in parts:
        landmarks[list(points), :2] = _part(part, picture, still, points, in_mirror)
    return landmarks


def part_placement(landmarks: Landmarks, points: tuple[int, ...]) -> Placement:
    """Return where a part of the face lies: its own middle, the face's size and angle."""
    place = placement_of(landmarks)
    middle = landmarks[list(points), :2].mean(axis=0)
    return replace(place, x=float(middle[0]), y=float(middle[1]))


def _part(
    part: PartNetwork,
    picture: Picture,
    landmarks: Landmarks,
    points: tuple[int, ...],
    in_mirror: bool,
) -> NDArray[np.float32]:
    side, zoom = part.config.side, part.config.zoom
    matrix = part_placement(landmarks, points).matrix(side, zoom)
    seen = crop(picture, matrix, side)
    with torch.inference_mode():
        shape = part(as_input([seen[:, ::-1] if in_mirror else seen]))[0].numpy()
    shape = shape * np.array([-1 if in_mirror else 1, 1])
    return _in_picture(matrix, shape, side)[:, :2]


def _in_picture(matrix: Matrix, shape: NDArray[np.floating], side: int) -> Landmarks:
    """Sides of the crop about its middle to pixels of the picture."""
    flat = np.asarray(shape * side, dtype=np.float32)
    flat[:, :2] += (side - 1) / 2
    return moved(inverse(matrix), flat)
