"""The mesh of a face whose place is roughly known: two looks at all of it, one at each part."""

from dataclasses import replace
from typing import NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray

from core.perception.face.alignment import (
    Affine,
    Landmarks,
    OrientedBox,
    bounding_box,
    crop_square,
    invert_affine,
    transform_landmarks,
)
from core.perception.face.detector import to_tensor
from core.perception.face.networks import EYE_POINTS, LIP_POINTS, FaceNetwork, PartNetwork
from core.perception.face.topology import LEFT_EYE, LEFT_IRIS_MIRRORED, LEFT_LIDS
from core.video import Picture

LEFT_EYE_POINTS = (*LEFT_EYE, *LEFT_IRIS_MIRRORED, *LEFT_LIDS)
"""The left eye's points in the order of `EYE_POINTS`."""

PartView = tuple[tuple[int, ...], bool]
"""The points of a part of the face, and whether the network knows it from a mirror."""


class LandmarkEstimate(NamedTuple):
    """Landmarks in pixels of the picture and the chance that they are a face's."""

    landmarks: Landmarks
    score: float


def predict_landmarks(
    network: FaceNetwork, picture: Picture, boxes: list[OrientedBox]
) -> list[LandmarkEstimate]:
    """Look once at each place."""
    config = network.config.landmarks
    matrices = [place.crop_matrix(config.side, config.crop_scale) for place in boxes]
    crops = [crop_square(picture, matrix, config.side) for matrix in matrices]
    with torch.inference_mode():
        landmarks, logits = network.landmarks(to_tensor(crops))
        scores = torch.sigmoid(logits).tolist()
    found = zip(matrices, landmarks.numpy(), scores, strict=True)
    return [LandmarkEstimate(_to_picture(m, s, config.side), c) for m, s, c in found]


def refine_with_flip(
    network: FaceNetwork, picture: Picture, estimate: LandmarkEstimate
) -> LandmarkEstimate:
    """Look again from where the first look says the face is, straight and in a mirror."""
    config = network.config.landmarks
    matrix = bounding_box(estimate.landmarks).crop_matrix(config.side, config.crop_scale)
    upright = crop_square(picture, matrix, config.side)
    with torch.inference_mode():
        landmarks, logits = network.landmarks(to_tensor([upright, upright[:, ::-1]]))
        flipped = landmarks[1, network.landmarks.mirror_index] * torch.tensor([-1.0, 1.0, 1.0])
        mean = (landmarks[0] + flipped) / 2
    score = float(torch.sigmoid(logits.mean()))
    return LandmarkEstimate(_to_picture(matrix, mean.numpy(), config.side), score)


def refine_parts(network: FaceNetwork, picture: Picture, landmarks: Landmarks) -> Landmarks:
    """Return the landmarks with lips and eyes from a closer look at each."""
    refined = landmarks.copy()
    parts: tuple[tuple[PartNetwork, list[PartView]], ...] = (
        (network.lips, [(LIP_POINTS, False)]),
        (network.eye, [(EYE_POINTS, False), (LEFT_EYE_POINTS, True)]),
    )
    for part, views in parts:
        found = _predict_part(part, picture, landmarks, views)
        for (points, _), shape in zip(views, found, strict=True):
            refined[list(points), :2] = shape
    return refined


def part_box(landmarks: Landmarks, points: tuple[int, ...]) -> OrientedBox:
    """Return where a part of the face lies: its own middle, the face's size and angle."""
    box = bounding_box(landmarks)
    centre = landmarks[list(points), :2].mean(axis=0)
    return replace(box, x=float(centre[0]), y=float(centre[1]))


def _predict_part(
    part: PartNetwork,
    picture: Picture,
    landmarks: Landmarks,
    views: list[PartView],
) -> list[NDArray[np.float32]]:
    """Return the points (k, 2) of parts of one kind, each in pixels of the picture."""
    side, zoom = part.config.side, part.config.crop_scale
    matrices = [part_box(landmarks, points).crop_matrix(side, zoom) for points, _ in views]
    crops = [crop_square(picture, matrix, side) for matrix in matrices]
    inputs = [
        one[:, ::-1] if mirror else one for one, (_, mirror) in zip(crops, views, strict=True)
    ]
    with torch.inference_mode():
        shapes = part(to_tensor(inputs)).numpy()
    flips = (np.array([-1 if mirror else 1, 1]) for _, mirror in views)
    found = zip(matrices, shapes, flips, strict=True)
    return [_to_picture(matrix, shape * flip, side)[:, :2] for matrix, shape, flip in found]


def _to_picture(matrix: Affine, landmarks: NDArray[np.floating], side: int) -> Landmarks:
    """Sides of the crop about its middle to pixels of the picture."""
    flat = np.asarray(landmarks * side, dtype=np.float32)
    flat[:, :2] += (side - 1) / 2
    return transform_landmarks(invert_affine(matrix), flat)
