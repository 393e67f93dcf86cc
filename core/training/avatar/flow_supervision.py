"""Supervision of the warped skip: endpoint error of the flow, cross-entropy of the mask."""

from collections.abc import Sequence
from typing import NamedTuple

import torch
from torch import Tensor
from torch.nn import functional

from core.model.vae.flow_field import FlowField, resize_bilinear, size_of

SMOOTHING = 0.01
"""Scale, in cells, below which the endpoint error is quadratic (Charbonnier)."""


def downsample(maps: Tensor, times: int, size: tuple[int, int]) -> Tensor:
    """Average-pool (batch, 1 + time, ..., h, w) in time and space.

    The first frame stays one frame; the others make `times` - 1 groups. To a finer grid maps are
    interpolated bilinearly.
    """
    if times > 1:
        parts = (len(maps), times - 1, -1, *maps.shape[2:])
        groups = maps[:, 1:].reshape(parts).mean(2)
        maps = torch.cat([maps[:, :1], groups], 1)
    if size[0] > maps.shape[-2]:
        return resize_bilinear(maps, size)
    pooled = functional.adaptive_avg_pool2d(maps.flatten(0, -4), size)
    return pooled.view(*maps.shape[:-2], *size)


MIN_PROBABILITY = 1e-4
"""Of a mask, in its cross-entropy."""


class FlowTarget(NamedTuple):
    """Ground-truth optical flow from each frame to each reference."""

    flow: Tensor
    """(batch, time, references, 2, h, w)"""
    valid: Tensor
    """Share of valid flow, 0 to 1: (batch, time, references, h, w)."""
    importance: Tensor
    """Weight of each place in the loss: (batch, time, 1, h, w)."""

    def downsample(self, times: int, size: tuple[int, int]) -> "FlowTarget":
        """Average valid flow; cells with little of it have a small weight."""
        valid = downsample(self.valid[:, :, :, None], times, size)
        flow = downsample(self.flow * self.valid[:, :, :, None], times, size)
        importance = downsample(self.importance, times, size)
        return FlowTarget(flow / valid.clamp(min=1e-3), valid[:, :, :, 0], importance)


def flow_loss(levels: Sequence[FlowField], target: FlowTarget, cells: int) -> Tensor:
    """Endpoint error (EPE) of the flow, averaged over levels, in cells of a row of `cells`."""
    losses = []
    for level in levels:
        true = target.downsample(level.flow.shape[1], size_of(level.flow))
        squared = (level.flow.float() - true.flow).mul(cells / 2).square().sum(3)
        error, weight = (squared + SMOOTHING**2).sqrt() - SMOOTHING, true.valid * true.importance
        losses.append((error * weight).sum() / weight.sum().clamp(min=1))
    return torch.stack(losses).mean()


def mask_loss(mask: Tensor, target: FlowTarget, weight: Tensor) -> Tensor:
    """Cross-entropy of the skip's mask (batch, time, 1, h, w) against what references show.

    `weight` (batch, time, 1, h2, w2) has the size of the target. A place that any reference shows
    is to be taken from it, another to be painted.
    """
    seen = target.valid.amax(2, keepdim=True)
    pooled = functional.adaptive_avg_pool2d(mask.float().flatten(0, 1), size_of(seen)).view_as(seen)
    # Against rounding at either end; under autocast the plain cross-entropy is refused.
    likely, unlikely = (p.clamp(min=MIN_PROBABILITY).log() for p in (pooled, 1 - pooled))
    error = -(seen * likely + (1 - seen) * unlikely)
    return (error * weight).sum() / weight.sum().clamp(min=1)
