"""Lids fall from above onto the eyes, wherever these have moved to, and nowhere else."""

import numpy as np
import pytest
import torch
from torch import Tensor

from core.model.vae.flow_field import Composition, compose
from core.neural.opened_photo import Eyelids, EyeRegions, eye_regions, show_instead_of_paint
from core.perception.face.topology import EYE_LIDS

SIZE = 64


def face() -> Tensor:
    """Return landmarks of a face whose eyes are 0.3 wide and 0.1 high, 0.2 above the middle."""
    landmarks = torch.zeros(478, 2)
    for side, (corners, upper, lower) in zip((-1, 1), EYE_LIDS, strict=True):
        middle = torch.tensor([0.3 * side, -0.2])
        across = torch.tensor([[-0.15, 0.0], [0.15, 0.0]])
        landmarks[list(corners)] = middle + across
        landmarks[list(upper)] = middle - torch.tensor([0.0, 0.05])
        landmarks[list(lower)] = middle + torch.tensor([0.0, 0.05])
    return landmarks


def at(planes: Tensor, x: float, y: float) -> Tensor:
    """Return what planes (n, SIZE, SIZE) hold at a place."""
    column, row = round((x + 1) * SIZE / 2 - 0.5), round((y + 1) * SIZE / 2 - 0.5)
    return planes[:, row, column]


def layers(frames: int, right: float = 0.0) -> Composition:
    """Return frames that show the first photo, moved to the right, and a little paint."""
    flow = torch.zeros(1, frames, 2, 2, SIZE, SIZE)
    flow[:, :, :, 0] = -right
    weight = torch.zeros(1, frames, 2, SIZE, SIZE)
    weight[:, :, 0] = 1
    mask = torch.full((1, frames, 1, SIZE, SIZE), 0.9)
    return Composition(torch.full((1, frames, 3, SIZE, SIZE), 0.05), mask, flow, weight)


@pytest.fixture
def lids() -> Eyelids:
    return Eyelids(eye_regions(face(), SIZE))


@pytest.mark.parametrize("turned", [0.0, 0.5])
def test_eyes_are_found_where_landmarks_say(turned: float) -> None:
    turn = torch.tensor([[np.cos(turned), np.sin(turned)], [-np.sin(turned), np.cos(turned)]])
    eyes = eye_regions(face() @ turn.float(), SIZE)
    for number, x in enumerate((-0.3, 0.3)):
        places = torch.tensor([[x, -0.2], [x, -0.28], [x, -0.12], [0.0, 0.3]]) @ turn.float()
        middle, above, below, elsewhere = places.tolist()
        assert at(eyes.inside, *middle)[number] == 1
        assert at(eyes.inside, *elsewhere).max() == 0
        assert at(eyes.height, *middle)[number] == pytest.approx(0.5, abs=0.3)
        assert at(eyes.height, *above)[number] == 0
        assert at(eyes.height, *below)[number] == 1


def test_eyes_that_are_shut_show_the_last_photo_and_no_paint(lids: Eyelids) -> None:
    shut = lids.shut(layers(2), torch.tensor([0.0, 1.0]))
    assert torch.equal(shut.weight[0, 0], layers(2).weight[0, 0])
    for x in (-0.3, 0.3):
        for y in (-0.25, -0.2, -0.15):
            assert at(shut.weight[0, 1], x, y).tolist() == pytest.approx([0, 1], abs=1e-3)
            assert at(shut.mask[0, 1], x, y) == pytest.approx(1, abs=1e-3)
            assert at(shut.residual[0, 1], x, y).abs().max() < 1e-3
    assert at(shut.weight[0, 1], 0.0, 0.3).tolist() == [1, 0]
    assert at(shut.mask[0, 1], 0.0, 0.3) == pytest.approx(0.9)
    assert shut.weight.sum(2).sub(1).abs().max() < 1e-5


def test_what_would_be_painted_is_taken_from_the_last_photo() -> None:
    plain = layers(1)
    mask = plain.mask.clone()
    mask[..., 40:, :] = 0.25
    shown = show_instead_of_paint(plain._replace(mask=mask))
    assert not shown.residual.any()
    assert (shown.mask == 1).all()
    assert at(shown.weight[0, 0], 0.0, 0.8).tolist() == pytest.approx([0.25, 0.75])
    assert at(shown.weight[0, 0], 0.0, -0.8).tolist() == pytest.approx([0.9, 0.1])
    assert shown.weight.sum(2).sub(1).abs().max() < 1e-5
    assert torch.equal(plain.weight, layers(1).weight)


def test_lids_fall_from_above(lids: Eyelids) -> None:
    shut = lids.shut(layers(5), torch.linspace(0, 1, 5)).weight[0, :, 1]
    upper, lower = at(shut, 0.3, -0.25), at(shut, 0.3, -0.15)
    assert (upper >= lower - 1e-6).all()
    assert upper[2] > 0.9
    assert lower[2] < 0.1
    assert (upper.diff() >= 0).all()
    assert (lower.diff() >= 0).all()


def test_lids_go_where_the_eyes_go(lids: Eyelids) -> None:
    shut = lids.shut(layers(1, right=0.2), torch.ones(1))
    assert at(shut.weight[0, 0], 0.5, -0.2)[1] == pytest.approx(1, abs=1e-3)
    assert at(shut.weight[0, 0], -0.45, -0.2)[1] < 0.1
    photos = torch.zeros(1, 2, 3, SIZE, SIZE)
    photos[:, 1] = 1
    frame = compose(shut, photos, (SIZE, SIZE))[0, 0]
    assert at(frame, 0.5, -0.2).tolist() == pytest.approx([1, 1, 1], abs=1e-2)
    assert at(frame, 0.0, 0.5).tolist() == pytest.approx([0.05] * 3, abs=1e-3)


def test_a_stream_that_nobody_blinks_in_is_left_alone(lids: Eyelids) -> None:
    for part, plain in zip(lids.blink(layers(1), 1), layers(1), strict=True):
        torch.testing.assert_close(part, plain)
    assert not torch.equal(lids.blink(layers(40), 1).weight, layers(40).weight)


def test_no_trace_of_a_shut_eye_lies_over_an_open_one(lids: Eyelids) -> None:
    plain = layers(1)
    weight = plain.weight.clone()
    weight[:, :, 0], weight[:, :, 1] = 0.9, 0.1
    shown = lids.shut(plain._replace(weight=weight), torch.zeros(1)).weight[0, 0]
    for x in (-0.3, 0.3):
        assert at(shown, x, -0.2).tolist() == pytest.approx([1, 0], abs=1e-5)
    assert at(shown, 0.0, 0.3).tolist() == pytest.approx([0.9, 0.1])
    assert shown.sum(0).sub(1).abs().max() < 1e-5


def test_eyes_that_the_photo_shuts_do_no_harm() -> None:
    landmarks = face()
    for _, upper, lower in EYE_LIDS:
        landmarks[list(upper)] = landmarks[list(lower)]
    eyes = eye_regions(landmarks, SIZE)
    assert isinstance(eyes, EyeRegions)
    assert all(part.isfinite().all() for part in eyes)
