"""Image quality against a target: PSNR and MS-SSIM."""

from typing import NamedTuple

import torch
from torch import Tensor
from torch.nn import functional

DATA_RANGE = 2.0
"""From black to white."""
MAX_PSNR = 100.0
"""PSNR of equal pictures, in dB; else it would be infinite."""
SCALE_WEIGHTS = (0.0448, 0.2856, 0.3001, 0.2363, 0.1333)
"""Weights of MS-SSIM's scales, the finest first (Wang, Simoncelli and Bovik 2003)."""
WINDOW, SIGMA = 11, 1.5
STABILIZERS = (0.01**2, 0.03**2)
"""C1 and C2 of SSIM, black being 0 and white 1."""


def psnr(predicted: Tensor, target: Tensor, mask: Tensor | None = None) -> Tensor:
    """Return the PSNR in dB of each picture (n, 3, h, w) in [-1, 1]: (n,).

    `mask`: weights (n, 1, h, w) of pixels; a picture without any gets MAX_PSNR.
    """
    squared_error = (clamp_to_display(predicted) - target.float()).square().mean(1, keepdim=True)
    weight = torch.ones_like(squared_error) if mask is None else mask.to(squared_error)
    mean = (squared_error * weight).sum((1, 2, 3)) / weight.sum((1, 2, 3)).clamp(min=1e-9)
    return (10 * torch.log10(DATA_RANGE**2 / mean.clamp(min=1e-12))).clamp(max=MAX_PSNR)


def clamp_to_display(pictures: Tensor) -> Tensor:
    """Clamp colours to black and white, as a screen does."""
    return pictures.float().clamp(-1, 1)


def scale_count(height: int, width: int) -> int:
    """Return how many of MS-SSIM's scales fit pictures of that size."""
    side, count = min(height, width), 0
    while count < len(SCALE_WEIGHTS) and side >= WINDOW:
        side, count = side // 2, count + 1
    return count


def ms_ssim(predicted: Tensor, target: Tensor) -> Tensor:
    """Return the MS-SSIM of each picture (n, 3, h, w) in [-1, 1]: (n,).

    Pictures too small for five scales (see `scale_count`) are compared on fewer, their weights
    scaled to a sum of one; that is not the published measure.

    Raises:
        ValueError: they are smaller than one window.
    """
    count = scale_count(*predicted.shape[2:])
    if not count:
        raise ValueError(
            f"pictures of {predicted.shape[3]}x{predicted.shape[2]}, expected {WINDOW} or more"
        )
    weights = torch.tensor(SCALE_WEIGHTS[:count]) / sum(SCALE_WEIGHTS[:count])
    result = torch.ones(len(predicted), device=predicted.device)
    a, b = ((x + 1) / 2 for x in (clamp_to_display(predicted), target.float()))
    for scale, weight in enumerate(weights.tolist()):
        similarity = _ssim(a, b)
        part = similarity.ssim if scale == count - 1 else similarity.contrast_structure
        result = result * part.clamp(min=0) ** weight
        a, b = functional.avg_pool2d(a, 2), functional.avg_pool2d(b, 2)
    return result


class _Similarity(NamedTuple):
    """Means over all windows and colours, (n,)."""

    ssim: Tensor
    contrast_structure: Tensor
    """Contrast and structure without the luminance."""


def _ssim(a: Tensor, b: Tensor) -> _Similarity:
    """Return the SSIM of pictures (n, c, h, w) at one scale."""
    stack = torch.cat([a, b, a * a, b * b, a * b], 1)
    mean_a, mean_b, aa, bb, ab = _gaussian_mean(stack).chunk(5, 1)
    c1, c2 = STABILIZERS
    luminance = (2 * mean_a * mean_b + c1) / (mean_a**2 + mean_b**2 + c1)
    variance = aa - mean_a**2 + bb - mean_b**2
    contrast = (2 * (ab - mean_a * mean_b) + c2) / (variance + c2)
    return _Similarity((luminance * contrast).mean((1, 2, 3)), contrast.mean((1, 2, 3)))


def _gaussian_mean(x: Tensor) -> Tensor:
    """Filter by a Gaussian window, without padding."""
    offsets = torch.arange(WINDOW, device=x.device, dtype=x.dtype) - WINDOW // 2
    kernel = torch.exp(-(offsets**2) / (2 * SIGMA**2))
    kernel = (kernel / kernel.sum()).expand(x.shape[1], 1, -1)
    rows = functional.conv2d(x, kernel[..., None], groups=x.shape[1])
    return functional.conv2d(rows, kernel[:, :, None], groups=x.shape[1])
