"""Landmark regression from face crops, coarse to fine: face, flip averaging, lips and eyes."""

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
"""Landmark numbers of a part of the face, and whether its crop is mirrored for the network."""


class LandmarkEstimate(NamedTuple):
    """Landmarks in pixels of the picture, and the score that they are a face's."""

    landmarks: Landmarks
    score: float


def predict_landmarks(
    network: FaceNetwork, picture: Picture, boxes: list[OrientedBox]
) -> list[LandmarkEstimate]:
    """Regress landmarks from one crop per box."""
    config = network.config.landmarks
    matrices = [box.crop_matrix(config.side, config.crop_scale) for box in boxes]
    crops = [crop_square(picture, matrix, config.side) for matrix in matrices]
    with torch.inference_mode():
        landmarks, logits = network.landmarks(to_tensor(crops))
        scores = torch.sigmoid(logits).tolist()
    found = zip(matrices, landmarks.numpy(), scores, strict=True)
    return [LandmarkEstimate(_to_picture(m, points, config.side), s) for m, points, s in found]


def refine_with_flip(
    network: FaceNetwork, picture: Picture, estimate: LandmarkEstimate
) -> LandmarkEstimate:
    """Regress again from the estimate's box, averaged over the crop and its mirror image."""
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
    """Return the landmarks with lips and eyes regressed from crops of their own."""
    refined = landmarks.copy()
    parts: tuple[tuple[PartNetwork, list[PartView]], ...] = (
        (network.lips, [(LIP_POINTS, False)]),
        (network.eye, [(EYE_POINTS, False), (LEFT_EYE_POINTS, True)]),
    )
    for part, views in parts:
        found = _predict_part(part, picture, landmarks, views)
        for (numbers, _), points in zip(views, found, strict=True):
            refined[list(numbers), :2] = points
    return refined


def part_box(landmarks: Landmarks, points: tuple[int, ...]) -> OrientedBox:
    """Return a part's box: its own centre, the face's size and angle."""
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
    side, scale = part.config.side, part.config.crop_scale
    matrices = [part_box(landmarks, points).crop_matrix(side, scale) for points, _ in views]
    crops = [crop_square(picture, matrix, side) for matrix in matrices]
    inputs = [
        crop[:, ::-1] if mirror else crop for crop, (_, mirror) in zip(crops, views, strict=True)
    ]
    with torch.inference_mode():
        shapes = part(to_tensor(inputs)).numpy()
    flips = (np.array([-1 if mirror else 1, 1]) for _, mirror in views)
    found = zip(matrices, shapes, flips, strict=True)
    return [_to_picture(matrix, shape * flip, side)[:, :2] for matrix, shape, flip in found]


def _to_picture(matrix: Affine, landmarks: NDArray[np.floating], side: int) -> Landmarks:
    """Map landmarks from sides of the crop about its centre to pixels of the picture."""
    flat = np.asarray(landmarks * side, dtype=np.float32)
    flat[:, :2] += (side - 1) / 2
    return transform_landmarks(invert_affine(matrix), flat)
