"""Landmark regression from face crops, coarse to fine: face, flip averaging, lips and eyes."""

from dataclasses import replace
from typing import NamedTuple

import numpy as np
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
from core.perception.face.config import EYE_POINTS, LIP_POINTS, PartConfig
from core.perception.face.inference import CropNetwork, FaceNetworks
from core.perception.face.layers_numpy import sigmoid
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
    network: FaceNetworks, picture: Picture, boxes: list[OrientedBox]
) -> list[LandmarkEstimate]:
    """Regress landmarks from one crop per box."""
    config = network.config.landmarks
    matrices = [box.crop_matrix(config.side, config.crop_scale) for box in boxes]
    crops = [crop_square(picture, matrix, config.side) for matrix in matrices]
    landmarks, logits = network.landmarks(np.stack(crops))
    found = zip(matrices, landmarks, sigmoid(logits).tolist(), strict=True)
    return [LandmarkEstimate(_to_picture(m, points, config.side), s) for m, points, s in found]


def refine_with_flip(
    network: FaceNetworks, picture: Picture, estimate: LandmarkEstimate
) -> LandmarkEstimate:
    """Regress again from the estimate's box, averaged over the crop and its mirror image."""
    config = network.config.landmarks
    matrix = bounding_box(estimate.landmarks).crop_matrix(config.side, config.crop_scale)
    upright = crop_square(picture, matrix, config.side)
    landmarks, logits = network.landmarks(np.stack([upright, upright[:, ::-1]]))
    flipped = landmarks[1, network.mirror_index] * np.array([-1, 1, 1], np.float32)
    mean = (landmarks[0] + flipped) / 2
    score = float(sigmoid(logits.mean()))
    return LandmarkEstimate(_to_picture(matrix, mean, config.side), score)


def refine_parts(network: FaceNetworks, picture: Picture, landmarks: Landmarks) -> Landmarks:
    """Return the landmarks with lips and eyes regressed from crops of their own."""
    refined = landmarks.copy()
    eyes: list[PartView] = [(EYE_POINTS, False), (LEFT_EYE_POINTS, True)]
    parts: tuple[tuple[CropNetwork, PartConfig, list[PartView]], ...] = (
        (network.lips, network.config.lips, [(LIP_POINTS, False)]),
        (network.eye, network.config.eye, eyes),
    )
    for part, config, views in parts:
        found = _predict_part(part, config, picture, landmarks, views)
        for (numbers, _), points in zip(views, found, strict=True):
            refined[list(numbers), :2] = points
    return refined


def part_box(landmarks: Landmarks, points: tuple[int, ...]) -> OrientedBox:
    """Return a part's box: its own centre, the face's size and angle."""
    box = bounding_box(landmarks)
    centre = landmarks[list(points), :2].mean(axis=0)
    return replace(box, x=float(centre[0]), y=float(centre[1]))


def _predict_part(
    part: CropNetwork,
    config: PartConfig,
    picture: Picture,
    landmarks: Landmarks,
    views: list[PartView],
) -> list[NDArray[np.float32]]:
    """Return the points (k, 2) of parts of one kind, each in pixels of the picture."""
    side, scale = config.side, config.crop_scale
    matrices = [part_box(landmarks, points).crop_matrix(side, scale) for points, _ in views]
    crops = [crop_square(picture, matrix, side) for matrix in matrices]
    inputs = [
        crop[:, ::-1] if mirror else crop for crop, (_, mirror) in zip(crops, views, strict=True)
    ]
    shapes = part(np.stack(inputs))
    flips = (np.array([-1 if mirror else 1, 1]) for _, mirror in views)
    found = zip(matrices, shapes, flips, strict=True)
    return [_to_picture(matrix, shape * flip, side)[:, :2] for matrix, shape, flip in found]


def _to_picture(matrix: Affine, landmarks: NDArray[np.floating], side: int) -> Landmarks:
    """Map landmarks from sides of the crop about its centre to pixels of the picture."""
    flat = np.asarray(landmarks * side, dtype=np.float32)
    flat[:, :2] += (side - 1) / 2
    return transform_landmarks(invert_affine(matrix), flat)
