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

Side = tuple[tuple[int, ...], bool]
"""The points of a part of the face, and whether the network knows it from a mirror."""


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
    closer = landmarks.copy()
    parts: tuple[tuple[PartNetwork, list[Side]], ...] = (
        (network.lips, [(LIP_POINTS, False)]),
        (network.eye, [(EYE_POINTS, False), (LEFT_EYE_POINTS, True)]),
    )
    for part, sides in parts:
        found = _parts(part, picture, landmarks, sides)
        for (points, _), shape in zip(sides, found, strict=True):
            closer[list(points), :2] = shape
    return closer


def part_placement(landmarks: Landmarks, points: tuple[int, ...]) -> Placement:
    """Return where a part of the face lies: its own middle, the face's size and angle."""
    place = placement_of(landmarks)
    middle = landmarks[list(points), :2].mean(axis=0)
    return replace(place, x=float(middle[0]), y=float(middle[1]))


def _parts(
    part: PartNetwork,
    picture: Picture,
    landmarks: Landmarks,
    sides: list[Side],
) -> list[NDArray[np.float32]]:
    """Return the points (k, 2) of parts of one kind, each in pixels of the picture."""
    side, zoom = part.config.side, part.config.zoom
    matrices = [part_placement(landmarks, points).matrix(side, zoom) for points, _ in sides]
    seen = [crop(picture, matrix, side) for matrix in matrices]
    turned = [one[:, ::-1] if mirror else one for one, (_, mirror) in zip(seen, sides, strict=True)]
    with torch.inference_mode():
        shapes = part(as_input(turned)).numpy()
    flips = (np.array([-1 if mirror else 1, 1]) for _, mirror in sides)
    found = zip(matrices, shapes, flips, strict=True)
    return [_in_picture(matrix, shape * flip, side)[:, :2] for matrix, shape, flip in found]


def _in_picture(matrix: Matrix, shape: NDArray[np.floating], side: int) -> Landmarks:
    """Sides of the crop about its middle to pixels of the picture."""
    flat = np.asarray(shape * side, dtype=np.float32)
    flat[:, :2] += (side - 1) / 2
    return moved(inverse(matrix), flat)
