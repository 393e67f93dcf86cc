"""Supervision of the warped skip: endpoint error of the flow, cross-entropy of the mask."""

from collections.abc import Sequence
from typing import NamedTuple

import torch
from torch import Tensor
from torch.nn import functional

from core.model.vae.flow_field import FlowField, resize_bilinear, size_of

SMOOTHING = 0.01
"""Scale, in cells, below which the endpoint error is quadratic (Charbonnier)."""
CHANGE_SMOOTHING = 0.001
"""The same for the change from frame to frame: heads move by some hundredths of a cell."""


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


HIDDEN_COST = 0.3
"""Of the cross-entropy between the references that are chosen and those that show a place, in
cells."""
LEAST_VALID = 1e-8
"""Share of valid flow that a place counts as, at least: nothing is impossible."""


LATER_COST = 0.05
"""Of every reference but the first, in cells at places that are not important: what all show alike
is taken from one, so that the others need be warped in a small part of the picture alone. In
mouths nothing but the flow counts: lips are best taken from where the teeth behind them are."""


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


class FlowErrors(NamedTuple):
    """How far a level's flow is from the truth; its losses share it."""

    offset: Tensor
    """In cells, (batch, time, references, 2, h, w)."""
    truth: FlowTarget
    """On the level's own grid and steps."""
    log_weights: Tensor
    """Logarithms of the references' weights, (batch, time, references, h, w)."""

    @property
    def weight(self) -> Tensor:
        """Of each place: how important it is, where a reference shows it."""
        return self.truth.valid * self.truth.importance


def flow_errors(levels: Sequence[FlowField], target: FlowTarget, cells: int) -> list[FlowErrors]:
    """Compare each level with the truth, in cells of a row of `cells`."""
    errors = []
    for level in levels:
        true = target.downsample(level.flow.shape[1], size_of(level.flow))
        offset = (level.flow.float() - true.flow).mul(cells / 2)
        errors.append(FlowErrors(offset, true, level.confidence.float().log_softmax(2)))
    return errors


def flow_loss(errors: Sequence[FlowErrors]) -> Tensor:
    """Endpoint error (EPE) of the flow, averaged over levels, in cells."""
    return torch.stack(
        [_weighted_mean(_length(error.offset, SMOOTHING), error.weight) for error in errors]
    ).mean()


def flow_change_loss(errors: Sequence[FlowErrors]) -> Tensor:
    """The same error of the flow's change from step to step; each level has two at least."""
    losses = []
    for error in errors:
        both = torch.minimum(error.weight[:, 1:], error.weight[:, :-1])
        changed = _length(error.offset.diff(dim=1), CHANGE_SMOOTHING)
        losses.append(_weighted_mean(changed, both))
    return torch.stack(losses).mean()


def selection_loss(errors: Sequence[FlowErrors]) -> Tensor:
    """How much worse the references are that flows' confidences choose than the best, in cells.

    Those that show a place are better than others, by a cross-entropy: what is chosen hardly ever,
    as the only photo with shut lids, would be found too slowly by how wrong it is. Each of them is
    as good as its flow is right, and of equals the first is the best. Averaged over levels; zero
    with a single reference.
    """
    losses = []
    for error in errors:
        valid, importance = error.truth.valid, error.truth.importance[:, :, 0]
        weights = error.log_weights.exp()
        hidden = HIDDEN_COST * _cross_entropy(error.log_weights, valid)
        cost, shows = valid * _length(error.offset.detach(), SMOOTHING), valid > 0
        best = torch.where(shows, cost, cost.amax(2, keepdim=True)).amin(2, keepdim=True)
        worse = (weights * torch.where(shows, cost - best, 0)).sum(2)
        later = LATER_COST * weights[:, :, 1:].sum()
        losses.append((((hidden + worse) * importance).sum() + later) / importance.sum())
    return torch.stack(losses).mean()


def _cross_entropy(log_weights: Tensor, valid: Tensor) -> Tensor:
    """Return by how much the references that show a place, (batch, time, references, h, w), are
    chosen too rarely, (batch, time, h, w); nothing where none does."""
    shown = (log_weights + valid.clamp(min=LEAST_VALID).log()).logsumexp(2)
    return (valid.amax(2).clamp(min=LEAST_VALID).log() - shown).clamp(min=0)


def _length(offset: Tensor, smoothing: float) -> Tensor:
    """Return the Charbonnier length of (batch, time, references, 2, h, w)."""
    return (offset.square().sum(3) + smoothing**2).sqrt() - smoothing


def _weighted_mean(values: Tensor, weight: Tensor) -> Tensor:
    return (values * weight).sum() / weight.sum().clamp(min=1)


def mask_loss(mask: Tensor, target: FlowTarget) -> Tensor:
    """Cross-entropy of the skip's mask (batch, time, 1, h, w) against what references show.

    A place that any reference shows is to be taken from it, another to be painted.
    """
    seen = target.valid.amax(2, keepdim=True)
    pooled = functional.adaptive_avg_pool2d(mask.float().flatten(0, 1), size_of(seen)).view_as(seen)
    # Against rounding at either end; under autocast the plain cross-entropy is refused.
    likely, unlikely = (p.clamp(min=MIN_PROBABILITY).log() for p in (pooled, 1 - pooled))
    error = -(seen * likely + (1 - seen) * unlikely)
    return _weighted_mean(error, target.importance)
