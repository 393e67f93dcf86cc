from collections.abc import Callable

import pytest
import torch

from core.perception.face.topology import LIP_CENTRES, LIPS_INNER, LIPS_OUTER
from core.training.metrics.lip_opening import lip_opening
from core.training.recipe.landmark_latents import (
    EYE_GROUPS,
    GROUPS,
    LIP_GROUPS,
    LIPS_MIDDLE,
    OPENINGS,
    SHUT_WEIGHT,
    LandmarkAutoencoder,
    group_frames,
    landmark_features,
    open_eyes,
)
from tests.draws import uniform


def fitted() -> LandmarkAutoencoder:
    torch.manual_seed(0)
    landmarks = LandmarkAutoencoder(8, 2, 4)
    landmarks.fit_statistics(uniform(40, 478, 2).float())
    return landmarks


def test_frames_are_grouped_and_the_first_stands_for_a_group() -> None:
    frames = torch.arange(9.0).view(1, 9, 1)
    assert group_frames(frames, 4)[0, :, :, 0].tolist() == [[0] * 4, [1, 2, 3, 4], [5, 6, 7, 8]]


def test_lips_and_eyes_are_told_about_their_own_middle() -> None:
    points = uniform(1, 478, 2)
    shifted = points + 0.5
    own = landmark_features(points).shape[-1] - 2 * 478
    assert torch.allclose(landmark_features(points)[:, -own:], landmark_features(shifted)[:, -own:])
    lips = points[0, [*LIPS_OUTER, *LIPS_INNER]]
    told = landmark_features(points)[0, 2 * 478 :][: lips.numel()].view(-1, 2)
    assert torch.allclose(told, lips - lips.mean(0))


def test_how_far_lips_and_lids_part_is_told_on_its_own() -> None:
    points = uniform(1, 478, 2)
    told = torch.split(landmark_features(points)[0].view(-1, 2), list(GROUPS))
    upper, lower = LIP_CENTRES
    assert torch.allclose(told[4][LIPS_MIDDLE], points[0, lower] - points[0, upper])
    assert torch.allclose(lip_opening(points)[0], told[4][LIPS_MIDDLE].norm())
    assert [len(group) for group in told[5:]] == [7, 7]


def test_the_lips_opening_is_read_in_its_own_scale() -> None:
    landmarks, clip = fitted(), uniform(2, 9, 478, 2).float()
    last = landmarks.decoder[-1]
    assert isinstance(last, torch.nn.Linear)
    last.weight.data.zero_()
    last.bias.data.zero_()
    mean = torch.split(landmarks.mean.view(-1, 2), list(GROUPS))[4][LIPS_MIDDLE].norm()
    read = landmarks.lip_opening(landmarks.encode(clip))
    assert torch.allclose(read, mean.expand(2, 9))


def test_any_cut_of_a_clip_gives_the_same_latents_and_photos_are_clips_of_one_frame() -> None:
    landmarks, clip = fitted(), uniform(2, 9, 478, 2).float()
    whole = landmarks.encode(clip)
    assert whole.shape == (2, 3, 8, 2, 2)
    assert torch.allclose(landmarks.encode(clip[:, :5]), whole[:, :2], atol=1e-6)
    photos = landmarks.encode_photos(clip[:, :3])
    assert torch.allclose(photos[:, 0], whole[:, 0], atol=1e-6)
    assert photos.shape == (2, 3, 8, 2, 2)


def test_landmarks_are_read_back_in_their_own_scale() -> None:
    landmarks, clip = fitted(), uniform(2, 9, 478, 2).float()
    read = landmarks.landmarks(landmarks.encode(clip))
    assert read.shape == clip.shape
    last = landmarks.decoder[-1]
    assert isinstance(last, torch.nn.Linear)
    last.weight.data.zero_()
    last.bias.data.zero_()
    mean = landmarks.mean[: 2 * 478].view(478, 2)
    assert torch.allclose(landmarks.landmarks(landmarks.encode(clip)), mean.expand_as(clip))


def test_reading_is_learned() -> None:
    landmarks, clip = fitted(), uniform(2, 5, 478, 2).float()
    optimizer = torch.optim.Adam(landmarks.parameters(), 1e-3)
    losses = []
    for _ in range(40):
        loss = landmarks.reading_loss(landmarks.encode(clip), clip)
        optimizer.zero_grad()
        torch.autograd.backward(loss)
        optimizer.step()
        losses.append(float(loss.detach()))
    assert losses[-1] < 0.5 * losses[0]


@pytest.mark.parametrize(("part", "mine"), [("lips", LIP_GROUPS), ("eyes", EYE_GROUPS)])
def test_the_error_of_a_part_is_its_own(part: str, mine: tuple[int, ...]) -> None:
    landmarks, clip = fitted(), uniform(2, 9, 478, 2).float()
    true, z = landmarks.normalised(clip), landmarks.encode(clip)
    parts = torch.split(true, [2 * points for points in GROUPS], -1)

    def error(wrong: Callable[[int], bool]) -> torch.Tensor:
        moved = [group + wrong(number) for number, group in enumerate(parts)]
        found: torch.Tensor = getattr(landmarks.part_errors(z, torch.cat(moved, -1)), part)
        return found

    right = error(lambda _: False)
    assert not torch.allclose(error(lambda number: number in mine), right)
    assert torch.allclose(error(lambda number: number not in mine), right)


def test_an_error_of_lips_weighs_more_where_they_are_shut(monkeypatch: pytest.MonkeyPatch) -> None:
    landmarks, clip = fitted(), uniform(1, 9, 478, 2).float()
    upper, lower = LIP_CENTRES
    clip[:, 5:, lower] = clip[:, 5:, upper]  # shut in the last latent
    true = landmarks.normalised(clip)

    def error(latent: int) -> float:
        read = true.clone()
        read[:, latent] += 1.0
        monkeypatch.setattr(landmarks, "decode", lambda _: read)
        return float(landmarks.part_errors(torch.empty(0), true).lips)

    assert error(2) == pytest.approx((1 + SHUT_WEIGHT) * error(1))


def faces(*lids: float) -> torch.Tensor:
    """Return a clip of a face whose upper lids are so far above the lower ones, frame by frame."""
    landmarks = uniform(1, 1, 478, 2, seed=4).repeat(1, len(lids), 1, 1)
    for upper, lower in OPENINGS[1:]:
        gap = torch.stack([torch.zeros(len(lids)), torch.tensor(lids)], -1)[None, :, None]
        landmarks[:, :, list(upper)] = landmarks[:, :, list(lower)] - gap
    return landmarks


def test_latents_without_a_blink_are_told() -> None:
    clip = faces(0.1, *[0.1] * 4, *[0.1, 0.05, 0.0, 0.09], *[0.09] * 4)
    assert open_eyes(clip, 4).tolist() == [[True, True, False, True]]
