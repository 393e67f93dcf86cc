"""What the studio's true fields teach: where matching must look, how flows must end."""

from collections.abc import Sequence

import torch
from torch import Tensor
from torch.nn import functional

from core.model.field import Field
from core.model.plane import places
from core.model.skip import Match


def coarser(maps: Tensor, times: int, size: tuple[int, int]) -> Tensor:
    """Return the mean of (batch, 1 + time, ..., h, w) over what each coarse place stands for.

    The first frame stays one frame; the others make `times` - 1 groups.
    """
    if times > 1:
        parts = (len(maps), times - 1, -1, *maps.shape[2:])
        groups = maps[:, 1:].reshape(parts).mean(2)
        maps = torch.cat([maps[:, :1], groups], 1)
    pooled = functional.adaptive_avg_pool2d(maps.flatten(0, -4), size)
    return pooled.view(*maps.shape[:-2], *size)


def target(flow: Tensor) -> Tensor:
    """Return the places of references, (..., 2, h, w), at which flows end."""
    height, width = flow.shape[-2:]
    return flow + places(height, width, flow.device).movedim(-1, 0)


def inside(flow: Tensor) -> Tensor:
    """Return 1 where a flow ends in the picture, else 0: (..., h, w)."""
    return (target(flow).abs() <= 1).all(-3).to(flow)


def matching_loss(match: Match, fields: Tensor) -> Tensor:
    """Cross-entropy of what each token matches, with the tokens around the true place.

    `fields` is the truth at the frames' size, (batch, time, references, 2, h, w).
    """
    height, width = match.field.flow.shape[-2:]
    flow = coarser(fields, match.field.flow.shape[1], (height, width))
    share, tokens = _around(target(flow).movedim(3, -1).flatten(3, 4), height, width)
    logits = match.likeness.float().transpose(2, 3)  # (batch, time, references, tokens, tokens)
    said = logits.log_softmax(-1).gather(-1, tokens)
    weight = inside(flow).flatten(3)
    wrong = -(said * share).sum(-1)
    return (wrong * weight).sum() / weight.sum().clamp(min=1)


def flow_loss(levels: Sequence[Field], fields: Tensor, cells: int) -> Tensor:
    """Mean distance of each level's flow from the truth, in units of one of `cells` in a row."""
    losses = []
    for level in levels:
        truth = coarser(fields, level.flow.shape[1], _size(level.flow))
        weight = inside(truth)
        # The root is smooth where a flow is right, and forgives where nothing can be.
        apart = (level.flow.float() - truth).mul(cells / 2).square().sum(3)
        wrong = (apart + 1e-4).sqrt() - 1e-2
        losses.append((wrong * weight).sum() / weight.sum().clamp(min=1))
    return torch.stack(losses).mean()


def _size(x: Tensor) -> tuple[int, int]:
    return x.shape[-2], x.shape[-1]


def _around(there: Tensor, height: int, width: int) -> tuple[Tensor, Tensor]:
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
