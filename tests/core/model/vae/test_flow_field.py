import pytest
import torch
from torch import Tensor
from torch.nn import functional

from core.model.grid import grid_coordinates
from core.model.vae.flow_field import (
    Composition,
    FlowField,
    Matting,
    compose,
    resize_bilinear,
    warp,
)
from tests.core.model.small_vae import faded, noise


def layers(flow: Tensor, size: int = 16, mask: float = 1.0, residual: float = 0.0) -> Composition:
    """Return the composition of references alone, in equal shares."""
    batch, time, references, _, height, width = flow.shape
    return Composition(
        residual=torch.full((batch, time, 3, size, size), residual, dtype=flow.dtype),
        mask=torch.full((batch, time, 1, size, size), mask, dtype=flow.dtype),
        flow=flow,
        weight=torch.full((batch, time, references, height, width), 1 / max(references, 1)).to(
            flow
        ),
    )


def still(references: int = 1) -> Tensor:
    return torch.zeros(1, 2, references, 2, 8, 8, dtype=torch.float64)


def moved(dx: float, dy: float) -> Tensor:
    """Return a flow that is the same everywhere."""
    return still() + torch.tensor([dx, dy], dtype=torch.float64).view(2, 1, 1)


@pytest.mark.parametrize(("height", "width"), [(16, 16), (72, 128), (45, 31), (8, 8)])
def test_a_flow_of_nothing_gives_back_the_photo_at_any_size(height: int, width: int) -> None:
    photo = noise(1, 1, 3, height, width)
    frames = compose(layers(still()), photo, (height, width))
    assert frames.shape == (1, 2, 3, height, width)
    assert torch.allclose(frames, photo.expand_as(frames), atol=1e-5)


def test_a_photo_of_another_size_than_the_frame_still_fits() -> None:
    large, wanted = faded(96, 128)[None, None], faded(48, 64)
    halved = functional.avg_pool2d(large[0], 2)
    frames = compose(layers(still()), large, (48, 64))
    assert torch.allclose(frames[0, 0], halved[0], atol=1e-3)
    assert torch.allclose(frames[0, 0], wanted, atol=0.05)


@pytest.mark.parametrize(("height", "width"), [(16, 16), (40, 64)])
def test_a_constant_flow_shifts_the_photo(height: int, width: int) -> None:
    photo = noise(1, 1, 3, height, width)
    frames = compose(layers(moved(2 * 3 / width, -2 * 2 / height)), photo, (height, width))
    expected = photo[0, 0, :, : height - 2, 3:]  # three to the right of here, two above
    assert torch.allclose(frames[0, 1, :, 2:, : width - 3], expected, atol=1e-5)


def test_outside_of_a_photo_its_border_goes_on() -> None:
    photo = noise(1, 1, 3, 16, 16)
    frames = compose(layers(moved(4.0, 0.0)), photo, (16, 16))
    assert torch.allclose(frames[0, 0], photo[0, 0, :, :, -1:].expand(3, 16, 16))


def test_the_mask_chooses_and_the_residual_adds() -> None:
    photo = noise(1, 1, 3, 32, 32)
    frames = compose(layers(still(), mask=0.25, residual=0.5), photo, (32, 32))
    assert torch.allclose(frames[0, 0], 0.25 * photo[0, 0] + 0.5, atol=1e-5)


def test_a_person_moves_before_a_plate_that_does_not() -> None:
    photo, plate = noise(1, 1, 3, 16, 32), noise(1, 3, 16, 32)
    alphas = torch.zeros(1, 1, 1, 16, 32, dtype=torch.float64)
    alphas[..., 8:12] = 1
    found = layers(moved(2 * 4 / 32, 0), mask=0.75, residual=0.5)
    frames = compose(found, photo, (16, 32), Matting(alphas, plate))[0, 0]
    assert torch.allclose(frames[..., 4:8], 0.75 * photo[0, 0, ..., 8:12] + 0.5, atol=1e-5)
    for part in (slice(0, 4), slice(8, 32)):
        assert torch.allclose(frames[..., part], plate[0, ..., part], atol=1e-5)


def test_references_are_blended_by_their_weight() -> None:
    photos = noise(1, 2, 3, 16, 16)
    parts = layers(still(references=2))
    share = torch.tensor([0.75, 0.25], dtype=torch.float64).view(2, 1, 1)
    frames = compose(parts._replace(weight=share.expand(1, 2, 2, 8, 8)), photos, (16, 16))
    expected = 0.75 * photos[0, 0] + 0.25 * photos[0, 1]
    assert torch.allclose(frames[0, 0], expected, atol=1e-5)


def test_without_references_all_is_painted() -> None:
    frames = compose(layers(still(0), residual=0.5), noise(1, 0, 3, 16, 16), (24, 24))
    assert torch.allclose(frames, torch.full((1, 2, 3, 24, 24), 0.5, dtype=torch.float64))


def test_each_clip_and_reference_is_warped_along_its_own_flow() -> None:
    pictures = noise(2, 3, 4, 6, 5)
    flow = 0.3 * noise(2, 2, 3, 2, 7, 8)
    seen = warp(pictures, flow)
    assert seen.shape == (2, 2, 3, 4, 7, 8)
    at = grid_coordinates(7, 8, flow.device) + flow[1, 0, 2].movedim(0, -1)
    alone = functional.grid_sample(
        pictures[1, 2][None], at[None], padding_mode="border", align_corners=False
    )
    assert torch.allclose(seen[1, 0, 2], alone[0])


def test_an_upsampled_flow_field_repeats_each_latents_flow_for_its_frames() -> None:
    field = FlowField(noise(1, 3, 2, 2, 4, 4), noise(1, 3, 2, 4, 4))
    begun = field.upsample(2, 2, first=True)
    assert begun.flow.shape == (1, 5, 2, 2, 8, 8)
    assert torch.equal(begun.flow[:, 3], begun.flow[:, 4])
    assert torch.equal(begun.flow[:, 1], begun.flow[:, 2])
    assert field.upsample(2, 2, first=False).flow.shape[1] == 6
    assert torch.allclose(
        begun.reference_weights().sum(2), torch.ones(1, 5, 8, 8, dtype=torch.float64)
    )


def test_resizing_keeps_what_is_straight() -> None:
    slope = grid_coordinates(8, 8, torch.device("cpu"))[None, ..., 0]
    assert torch.allclose(
        resize_bilinear(slope, (8, 32))[0, :, 4:-4],
        grid_coordinates(8, 32, slope.device)[:, 4:-4, 0],
    )
