"""What is cut out, read off and compared."""

import math

import pytest
import torch

from core.training.likeness.embedding_stage import warp_landmarks
from core.training.likeness.face_cropping import crop_squares, face_squares, to_square
from core.training.likeness.face_embedding import (
    FaceEmbeddingConfig,
    FaceEmbeddingNetwork,
    head_pose,
)
from core.training.likeness.verification import verify
from tests.core.training.avatar.moving import Colours
from tests.core.training.likeness.cast import mesh

SMALL = FaceEmbeddingConfig(identities=3, side=32, widths=(4, 8, 8), depths=(0, 1, 1), hidden=16)


def test_a_square_holds_the_face_and_what_it_shows_is_there() -> None:
    landmarks = mesh()[None]
    around = face_squares(landmarks, 0.8)
    assert around[0, 2].item() == pytest.approx(0.8 * 0.8)
    y, x = torch.meshgrid(*[torch.linspace(-1, 1, 65)] * 2, indexing="ij")
    face = crop_squares(torch.stack([x, y, 0 * x])[None] * 64 / 65, around, 32)
    assert face[0, 0].mean().item() == pytest.approx(around[0, 0].item(), abs=0.01)
    assert face[0, 1, :, 0].diff().mean().item() == pytest.approx(2 * 0.64 / 32, rel=0.02)
    inside = to_square(landmarks, around)
    back = inside * around[:, None, 2:] + around[:, None, :2]
    torch.testing.assert_close(back, landmarks)


def test_a_tilt_shows_in_roll_alone() -> None:
    random = torch.Generator().manual_seed(0)
    face = torch.rand(478, 2, generator=random)
    face[33], face[263] = torch.tensor([-0.2, 0.0]), torch.tensor([0.2, 0.0])
    angle = 0.3
    turn = torch.tensor([[math.cos(angle), -math.sin(angle)], [math.sin(angle), math.cos(angle)]])
    straight, tilted = head_pose(face), head_pose(2 * face @ turn.T)
    assert straight[0].item() == pytest.approx(0)
    assert tilted[0].item() == pytest.approx(angle, abs=1e-5)
    torch.testing.assert_close(straight[1:], tilted[1:])


def test_a_nose_in_the_middle_looks_straight_ahead() -> None:
    face = torch.zeros(478, 2)
    face[234], face[454], face[1] = (torch.tensor(p) for p in ([-1.0, 0], [1.0, 0], [0.5, 0.2]))
    assert head_pose(face)[1:].tolist() == pytest.approx([0.25, 0.1])


def test_landmarks_are_carried_to_where_the_references_show_them() -> None:
    clip = Colours(size=64).next_batch(2, 5)
    clip = clip._replace(landmarks=0.3 * torch.rand(2, 5, 478, 2) - 0.15)
    found = warp_landmarks(clip)
    assert found.shape == (2, 2, 478, 2)
    expected = clip.landmarks[:, 0, None] + clip.flow[:, 0, :, :, 0, 0][:, :, None]
    torch.testing.assert_close(found, expected, atol=1e-5, rtol=0)


def test_a_network_says_what_its_heads_promise() -> None:
    torch.manual_seed(0)
    found = FaceEmbeddingNetwork(SMALL).eval()(torch.rand(2, 3, 32, 32))
    assert found.identity.norm(dim=1).tolist() == pytest.approx([1, 1])
    assert [tuple(part.shape) for part in found] == [(2, 128), (2, 3), (2, 478, 2), (2, 15)]


def test_people_who_are_far_apart_are_verified() -> None:
    identity = torch.nn.functional.normalize(torch.eye(4).repeat_interleave(3, 0) + 0.01, dim=1)
    person, scene = torch.arange(4).repeat_interleave(3), torch.arange(12)
    found = verify(identity, person, scene)
    assert (found.roc_auc, found.equal_error_rate, found.positive_pairs) == (1.0, 0.0, 12)


def test_numbers_that_know_nothing_are_right_half_of_the_time() -> None:
    random = torch.Generator().manual_seed(0)
    identity = torch.nn.functional.normalize(torch.randn(400, 16, generator=random), dim=1)
    found = verify(identity, torch.arange(400) % 40, torch.arange(400))
    assert found.roc_auc == pytest.approx(0.5, abs=0.03)
    assert found.equal_error_rate == pytest.approx(0.5, abs=0.03)
    same = torch.ones(40, 4)
    assert verify(same, torch.arange(40) % 4, torch.arange(40)).roc_auc == 0.5


def test_pairs_of_one_clip_do_not_count() -> None:
    identity, person = torch.eye(4), torch.tensor([0, 0, 1, 1])
    with pytest.raises(ValueError, match="no person is seen in two clips"):
        verify(identity, person, person)
