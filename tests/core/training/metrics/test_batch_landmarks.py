"""Landmarks in batches: the same as the face finder's, one by one."""

import numpy as np
import pytest
import torch

from core.perception.face.alignment import bounding_box
from core.perception.face.finder import FaceFinder
from core.perception.face.networks_torch import load_face_network
from core.training.evaluation.baselines import to_tensor
from core.training.metrics.batch_landmarks import (
    BatchLandmarkDetector,
    DetectedFaces,
    oriented_square,
)
from tests.core.training.faces.people import person


@pytest.fixture(scope="module")
def detector() -> BatchLandmarkDetector:
    return BatchLandmarkDetector(load_face_network(), torch.device("cpu"))


def test_a_face_lies_where_the_finder_says() -> None:
    landmarks = np.random.default_rng(0).normal(size=(478, 3)).astype(np.float32)
    landmarks[263, 0] += 4
    expected = bounding_box(landmarks)
    found = oriented_square(torch.from_numpy(landmarks)[None])
    assert found.centre[0].tolist() == pytest.approx([expected.x, expected.y], abs=1e-4)
    assert found.size.item() == pytest.approx(expected.size, rel=1e-4)
    angle = torch.atan2(found.rotation[0, 1, 0], found.rotation[0, 0, 0]).item()
    assert angle == pytest.approx(expected.angle, abs=1e-4)


def test_batches_find_what_the_face_finder_finds(detector: BatchLandmarkDetector) -> None:
    people = [person(seed) for seed in (0, 1)]
    frames = to_tensor(np.stack([p.picture for p in people]))
    side = frames.shape[-1]
    rough = torch.from_numpy(people[0].landmarks) * 2 / side + (1 / side - 1)
    found = detector.detect(frames, rough)
    one = FaceFinder().face(people[0].picture).landmarks
    mine = found.landmarks[0, :, :2].numpy() * side / 2 + (side - 1) / 2
    assert np.abs(mine - one[:, :2]).mean() < 0.3
    assert found.probability.min() > 0.5


def test_a_mouth_is_as_open_as_its_inner_lips_are_apart() -> None:
    landmarks = torch.zeros(1, 478, 3)
    landmarks[:, 10, 1], landmarks[:, 152, 1] = -0.5, 0.5
    landmarks[:, [87, 14, 317, 178, 402], 1] = 0.05
    assert DetectedFaces(landmarks, torch.ones(1)).mouth_opening().item() == pytest.approx(0.05)
    turned = landmarks[..., [1, 0, 2]] * 3
    assert DetectedFaces(turned, torch.ones(1)).mouth_opening().item() == pytest.approx(0.05)


def test_eyes_are_as_open_as_their_lids_are_apart() -> None:
    landmarks = torch.zeros(2, 478, 3)
    for outer, inner, lower in ((33, 133, 145), (263, 362, 374)):
        landmarks[:, outer, 0], landmarks[:, inner, 0] = -0.1, 0.1
        landmarks[0, lower, 1] = 0.06
    found = DetectedFaces(landmarks, torch.ones(2)).eye_opening()
    torch.testing.assert_close(found, torch.tensor([0.3, 0.0]))
    doubled = DetectedFaces(2 * landmarks[..., [1, 0, 2]], torch.ones(2)).eye_opening()
    torch.testing.assert_close(doubled, found)
