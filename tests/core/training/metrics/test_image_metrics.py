"""Fidelity of pictures whose distance is known."""

import math

import pytest
import torch

from core.training.metrics.image_metrics import MAX_PSNR, ms_ssim, psnr, scale_count


def pictures(size: int = 192, seed: int = 0) -> torch.Tensor:
    random = torch.Generator().manual_seed(seed)
    coarse = torch.rand(2, 3, size // 8, size // 8, generator=random) - 0.5
    return torch.nn.functional.interpolate(coarse, size, mode="bicubic").clamp(-0.8, 0.8)


@pytest.mark.parametrize("deviation", [0.01, 0.05, 0.1])
def test_the_psnr_of_known_noise_is_what_the_formula_says(deviation: float) -> None:
    true = pictures()
    noise = torch.randn(true.shape, generator=torch.Generator().manual_seed(1))
    expected = 20 * math.log10(2 / deviation)
    found = psnr(true + deviation * noise, true)
    assert found.tolist() == pytest.approx([expected, expected], abs=0.1)


def test_the_same_picture_is_as_good_as_can_be() -> None:
    true = pictures()
    assert psnr(true, true).tolist() == [MAX_PSNR, MAX_PSNR]
    assert ms_ssim(true, true).tolist() == pytest.approx([1, 1], abs=1e-5)


def test_only_what_lies_in_the_mask_counts() -> None:
    true = pictures()
    made = true.clone()
    made[..., :96] += 0.1
    mask = torch.zeros(2, 1, 192, 192)
    mask[..., 96:] = 1
    assert psnr(made, true, mask).tolist() == [MAX_PSNR, MAX_PSNR]
    half = psnr(made, true, 1 - mask)
    assert half.tolist() == pytest.approx([20 * math.log10(2 / 0.1)] * 2, abs=0.01)


def test_colours_beyond_white_are_shown_as_white() -> None:
    white = torch.ones(1, 3, 16, 16)
    assert psnr(1.5 * white, white).item() == MAX_PSNR


def test_structure_is_lost_by_blur_more_than_by_a_change_of_light() -> None:
    random = torch.Generator().manual_seed(2)
    true = (pictures() + 0.2 * torch.randn(2, 3, 192, 192, generator=random)).clamp(-1, 1)
    soft = torch.nn.functional.avg_pool2d(true, 5, 1, 2)
    assert (ms_ssim(soft, true) < ms_ssim(true * 0.9 + 0.05, true)).all()


def test_a_constant_picture_has_the_ssim_of_its_luminance() -> None:
    a, b = torch.full((1, 3, 192, 192), 0.5), torch.full((1, 3, 192, 192), 0.25)
    c1 = 0.01**2
    luminance = (2 * 0.75 * 0.625 + c1) / (0.75**2 + 0.625**2 + c1)
    assert ms_ssim(a, b).item() == pytest.approx(luminance**0.1333, abs=1e-3)


def test_small_pictures_have_fewer_scales_and_tiny_ones_none() -> None:
    assert [scale_count(side, side) for side in (256, 176, 160, 32, 11, 10)] == [5, 5, 4, 2, 1, 0]
    assert ms_ssim(pictures(32), pictures(32)).tolist() == pytest.approx([1, 1], abs=1e-5)
    with pytest.raises(ValueError, match="10x10, expected 11"):
        ms_ssim(torch.zeros(1, 3, 10, 10), torch.zeros(1, 3, 10, 10))
