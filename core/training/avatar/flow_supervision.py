"""Supervision of the warped skip: cross-entropy of the matching, endpoint error of the flow."""

from collections.abc import Sequence
from typing import NamedTuple

import torch
from torch import Tensor
from torch.nn import functional

from core.model.grid import grid_coordinates
from core.model.vae.flow_field import FlowField, resize_bilinear
from core.model.vae.warped_skip import Match

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


class FlowTarget(NamedTuple):
    """Ground-truth optical flow from each frame to each reference."""

    flow: Tensor
    """(batch, time, references, 2, h, w)"""
    valid: Tensor
    """Share of valid flow, 0 to 1: (batch, time, references, h, w)."""

    def downsample(self, times: int, size: tuple[int, int]) -> "FlowTarget":
        """Average valid flow; cells with little of it have a small weight."""
        valid = downsample(self.valid[:, :, :, None], times, size)
        flow = downsample(self.flow * self.valid[:, :, :, None], times, size)
        return FlowTarget(flow / valid.clamp(min=1e-3), valid[:, :, :, 0])


def matching_loss(match: Match, target: FlowTarget) -> Tensor:
    """Cross-entropy of each token's matching with the four tokens around the true position."""
    size = _size(match.flow_field.flow)
    flow, valid = target.downsample(match.flow_field.flow.shape[1], size)
    positions = flow + grid_coordinates(*size, flow.device).movedim(-1, 0)
    weights, tokens = _bilinear_tokens(positions.movedim(3, -1).flatten(3, 4), *size)
    logits = match.logits.float().transpose(2, 3)  # (batch, time, references, tokens, tokens)
    log_likelihood = logits.log_softmax(-1).gather(-1, tokens)
    return _weighted_mean(-(log_likelihood * weights).sum(-1), valid.flatten(3))


def flow_loss(levels: Sequence[FlowField], target: FlowTarget, cells: int) -> Tensor:
    """Endpoint error (EPE) of the flow, averaged over levels, in cells of a row of `cells`."""
    losses = []
    for level in levels:
        flow, valid = target.downsample(level.flow.shape[1], _size(level.flow))
        squared = (level.flow.float() - flow).mul(cells / 2).square().sum(3)
        losses.append(_weighted_mean((squared + SMOOTHING**2).sqrt() - SMOOTHING, valid))
    return torch.stack(losses).mean()


def _weighted_mean(error: Tensor, weight: Tensor) -> Tensor:
    return (error * weight).sum() / weight.sum().clamp(min=1)


def _size(x: Tensor) -> tuple[int, int]:
    return x.shape[-2], x.shape[-1]


def _bilinear_tokens(positions: Tensor, height: int, width: int) -> tuple[Tensor, Tensor]:
    """Return the bilinear weights and indices of the four tokens around (..., 2): both (..., 4)."""
    last = positions.new_tensor([width - 1, height - 1])
    cell = ((positions + 1) / 2 * (last + 1) - 0.5).clamp(min=0).minimum(last)
    low = cell.floor()
    rest = cell - low
    high = (low + 1).minimum(last)
    (x0, y0), (x1, y1), (x, y) = (part.unbind(-1) for part in (low, high, rest))
    weights = torch.stack([(1 - x) * (1 - y), x * (1 - y), (1 - x) * y, x * y], -1)
    tokens = torch.stack([y0 * width + x0, y0 * width + x1, y1 * width + x0, y1 * width + x1], -1)
    return weights, tokens.long()
