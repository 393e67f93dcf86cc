"""What the studio's true fields teach: where matching must look, how flows must end."""

from collections.abc import Sequence
from typing import NamedTuple

import torch
from torch import Tensor
from torch.nn import functional

from core.model.grid import grid_coordinates
from core.model.vae.flow_field import FlowField, resize_bilinear
from core.model.vae.warped_skip import Match

SMOOTHING = 0.01
"""Distance, in cells, below which a flow is right: there the loss has no corner."""


def downsample(maps: Tensor, times: int, size: tuple[int, int]) -> Tensor:
    """Return the mean of (batch, 1 + time, ..., h, w) over what each coarse place stands for.

    The first frame stays one frame; the others make `times` - 1 groups. Where places are finer
    than the truth is, it lies straight between.
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
    """Where each place of the frames is seen in each reference."""

    flow: Tensor
    """(batch, time, references, 2, h, w)"""
    valid: Tensor
    """Where that is so, 0 to 1: (batch, time, references, h, w)."""

    def downsample(self, times: int, size: tuple[int, int]) -> "FlowTarget":
        """Return the mean over what is known; places of which little is known count little."""
        known = downsample(self.valid[:, :, :, None], times, size)
        flow = downsample(self.flow * self.valid[:, :, :, None], times, size)
        return FlowTarget(flow / known.clamp(min=1e-3), known[:, :, :, 0])


def matching_loss(match: Match, target: FlowTarget) -> Tensor:
    """Cross-entropy of what each token matches, with the tokens around the true place."""
    size = _size(match.flow_field.flow)
    flow, known = target.downsample(match.flow_field.flow.shape[1], size)
    there = flow + grid_coordinates(*size, flow.device).movedim(-1, 0)
    share, tokens = _bilinear_tokens(there.movedim(3, -1).flatten(3, 4), *size)
    logits = match.logits.float().transpose(2, 3)  # (batch, time, references, tokens, tokens)
    said = logits.log_softmax(-1).gather(-1, tokens)
    return _weighted_mean(-(said * share).sum(-1), known.flatten(3))


def flow_loss(levels: Sequence[FlowField], target: FlowTarget, cells: int) -> Tensor:
    """Mean distance of each level's flow from the truth, in units of one of `cells` in a row."""
    losses = []
    for level in levels:
        flow, known = target.downsample(level.flow.shape[1], _size(level.flow))
        apart = (level.flow.float() - flow).mul(cells / 2).square().sum(3)
        losses.append(_weighted_mean((apart + SMOOTHING**2).sqrt() - SMOOTHING, known))
    return torch.stack(losses).mean()


def _weighted_mean(wrong: Tensor, weight: Tensor) -> Tensor:
    return (wrong * weight).sum() / weight.sum().clamp(min=1)


def _size(x: Tensor) -> tuple[int, int]:
    return x.shape[-2], x.shape[-1]


def _bilinear_tokens(there: Tensor, height: int, width: int) -> tuple[Tensor, Tensor]:
    """Return the four tokens around places (..., 2), and the share of each: both (..., 4)."""
    most = there.new_tensor([width - 1, height - 1])
    cell = ((there + 1) / 2 * (most + 1) - 0.5).clamp(min=0).minimum(most)
    low = cell.floor()
    rest = cell - low
    high = (low + 1).minimum(most)
    (x0, y0), (x1, y1), (x, y) = (part.unbind(-1) for part in (low, high, rest))
    share = torch.stack([(1 - x) * (1 - y), x * (1 - y), (1 - x) * y, x * y], -1)
    token = torch.stack([y0 * width + x0, y0 * width + x1, y1 * width + x0, y1 * width + x1], -1)
    return share, token.long()
