"""How near pictures come to what they should show, pixel by pixel and structure by structure."""

from typing import NamedTuple

import torch
from torch import Tensor
from torch.nn import functional

SPAN = 2.0
"""From black to white."""
BEST = 100.0
"""PSNR of pictures that are the same, in dB; else it would be infinite."""
SCALES = (0.0448, 0.2856, 0.3001, 0.2363, 0.1333)
"""Weights of MS-SSIM's scales, the finest first (Wang, Simoncelli and Bovik 2003)."""
WINDOW, SIGMA = 11, 1.5
STEADY = (0.01**2, 0.03**2)
"""C1 and C2 of SSIM, black being 0 and white 1."""


def psnr(made: Tensor, true: Tensor, where: Tensor | None = None) -> Tensor:
    """Return the PSNR in dB of each picture (n, 3, h, w) in [-1, 1]: (n,).

    `where`: weights (n, 1, h, w) of pixels; a picture with none counts as right.
    """
    wrong = (shown(made) - true.float()).square().mean(1, keepdim=True)
    weight = torch.ones_like(wrong) if where is None else where.to(wrong)
    mean = (wrong * weight).sum((1, 2, 3)) / weight.sum((1, 2, 3)).clamp(min=1e-9)
    return (10 * torch.log10(SPAN**2 / mean.clamp(min=1e-12))).clamp(max=BEST)


def shown(made: Tensor) -> Tensor:
    """Return colours as a screen shows them: none beyond black and white."""
    return made.float().clamp(-1, 1)


def scales_of(height: int, width: int) -> int:
    """Return how many of MS-SSIM's scales pictures are large enough for."""
    side, count = min(height, width), 0
    while count < len(SCALES) and side >= WINDOW:
        side, count = side // 2, count + 1
    return count


def ms_ssim(made: Tensor, true: Tensor) -> Tensor:
    """Return the MS-SSIM of each picture (n, 3, h, w) in [-1, 1]: (n,).

    Pictures too small for five scales (see `scales_of`) are compared on fewer, their weights
    scaled to a sum of one; that is not the published measure.

    Raises:
        ValueError: they are smaller than one window.
    """
    count = scales_of(*made.shape[2:])
    if not count:
        raise ValueError(f"pictures of {made.shape[3]}x{made.shape[2]}, expected {WINDOW} or more")
    weights = torch.tensor(SCALES[:count]) / sum(SCALES[:count])
    result = torch.ones(len(made), device=made.device)
    a, b = ((x + 1) / 2 for x in (shown(made), true.float()))
    for scale, weight in enumerate(weights.tolist()):
        found = _compared(a, b)
        part = found.whole if scale == count - 1 else found.contrast
        result = result * part.clamp(min=0) ** weight
        a, b = functional.avg_pool2d(a, 2), functional.avg_pool2d(b, 2)
    return result


class _Alike(NamedTuple):
    """Mean over all places and colours, (n,)."""

    whole: Tensor
    contrast: Tensor
    """Contrast and structure without the luminance."""


def _compared(a: Tensor, b: Tensor) -> _Alike:
    """Compare pictures (n, c, h, w) window by window."""
    stack = torch.cat([a, b, a * a, b * b, a * b], 1)
    mean_a, mean_b, aa, bb, ab = _windowed(stack).chunk(5, 1)
    dark, flat = STEADY
    luminance = (2 * mean_a * mean_b + dark) / (mean_a**2 + mean_b**2 + dark)
    spread = aa - mean_a**2 + bb - mean_b**2
    contrast = (2 * (ab - mean_a * mean_b) + flat) / (spread + flat)
    return _Alike((luminance * contrast).mean((1, 2, 3)), contrast.mean((1, 2, 3)))


def _windowed(x: Tensor) -> Tensor:
    """Return the Gaussian mean around each place that has a whole window."""
    at = torch.arange(WINDOW, device=x.device, dtype=x.dtype) - WINDOW // 2
    bell = torch.exp(-(at**2) / (2 * SIGMA**2))
    bell = (bell / bell.sum()).expand(x.shape[1], 1, -1)
    rows = functional.conv2d(x, bell[..., None], groups=x.shape[1])
    return functional.conv2d(rows, bell[:, :, None], groups=x.shape[1])
