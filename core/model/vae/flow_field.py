"""Where places of a video lie in its references: flows, how they grow, pictures along them.

A flow is what to add to a place to find it in a reference, as (x, y). A picture is -1 to 1; the
middles of its outermost pixels lie half a pixel inside, so that a flow fits pictures of any size.
"""

from typing import NamedTuple

import torch
from torch import Tensor
from torch.nn import functional

from core.model.grid import grid_coordinates


class FlowField(NamedTuple):
    """Where places lie in each reference, and how sure that is."""

    flow: Tensor
    """(batch, time, references, 2, h, w)"""
    confidence: Tensor
    """(batch, time, references, h, w), up to a constant that references share."""

    def reference_weights(self) -> Tensor:
        """Return each reference's share of each place, (batch, time, references, h, w)."""
        return self.confidence.softmax(2)

    def upsample(self, space: int, time: int, first: bool) -> "FlowField":
        """Return the field for more places and frames; `first` if a clip begins with it."""
        size = (space * self.flow.shape[4], space * self.flow.shape[5])
        held = (part.repeat_interleave(time, 1) for part in self)
        since = time - 1 if first else 0  # a clip's first frame stays one frame
        return FlowField(*(resize_bilinear(part[:, since:], size) for part in held))


def resize_bilinear(x: Tensor, size: tuple[int, int]) -> Tensor:
    """Return (..., h, w) at another size, straight between the places."""
    if tuple(x.shape[-2:]) == size:
        return x
    stack = x.flatten(0, -3)[None]  # (1, all the rest, h, w)
    other = functional.interpolate(stack, size, mode="bilinear", align_corners=False)
    return other.reshape(*x.shape[:-2], *size)


def warp(pictures: Tensor, flow: Tensor) -> Tensor:
    """Return pictures (batch, references, channels, h, w) as they are seen along a flow.

    The flow is (batch, time, references, 2, h2, w2), the result (batch, time, references,
    channels, h2, w2). Outside of a picture its border goes on.
    """
    batch, time, references, _, height, width = flow.shape
    seen_from = grid_coordinates(height, width, flow.device) + flow.permute(0, 2, 1, 4, 5, 3)
    frames = seen_from.reshape(batch * references, time * height, width, 2)  # one tall picture
    seen = functional.grid_sample(
        pictures.flatten(0, 1).to(flow.dtype), frames, padding_mode="border", align_corners=False
    )
    tall = seen.view(batch, references, -1, time, height, width)
    return tall.permute(0, 3, 1, 2, 4, 5)


class Composition(NamedTuple):
    """What a picture of any size is composed of."""

    residual: Tensor
    """What is painted, (batch, time, 3, h, w)."""
    mask: Tensor
    """Which share of the references shows, (batch, time, 1, h, w)."""
    flow: Tensor
    """Where they are seen, (batch, time, references, 2, h2, w2); maybe no references."""
    weight: Tensor
    """Share of each, (batch, time, references, h2, w2)."""


def compose(layers: Composition, photos: Tensor, size: tuple[int, int]) -> Tensor:
    """Return frames (batch, time, 3, *size): references where the mask says so, and the residual.

    `photos` are the references at any size, (batch, references, 3, h, w) in [-1, 1], best at about
    the size of the result: nothing is averaged. Colours may lie slightly outside of [-1, 1].
    """
    painted = resize_bilinear(layers.residual, size)
    if not layers.flow.shape[2]:
        return painted
    seen = warp(photos, resize_bilinear(layers.flow, size))
    blended = (seen * resize_bilinear(layers.weight, size)[:, :, :, None]).sum(2)
    return torch.addcmul(painted, resize_bilinear(layers.mask, size), blended)
