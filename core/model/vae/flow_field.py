"""Optical flow from a video to its references: upsampling, backward warping, composition.

A flow is what to add to a place to find it in a reference, as (x, y) in coordinates of
`grid_sample`: a picture is -1 to 1, and the centres of its outermost pixels lie half a pixel
inside (align_corners=False), so that a flow fits pictures of any size.
"""

from typing import NamedTuple

import torch
from torch import Tensor
from torch.nn import functional

from core.model.grid import grid_coordinates


class FlowField(NamedTuple):
    """Optical flow to each reference, and its confidence."""

    flow: Tensor
    """(batch, time, references, 2, h, w)"""
    confidence: Tensor
    """(batch, time, references, h, w), up to a constant that references share."""

    def reference_weights(self) -> Tensor:
        """Return the softmax of confidence over references, (batch, time, references, h, w)."""
        return self.confidence.softmax(2)

    def stretch(self) -> Tensor:
        """Return the gradient of the flow, blended over references: (batch, time, h, w, 4).

        Channels are the change of x and of y from column to column, then from row to row, in
        cells a cell. Where what a reference shows is drawn out to nothing, x, or y, loses 1.
        """
        flow = (self.flow * self.reference_weights()[:, :, :, None]).sum(2)
        height, width = size_of(flow)
        cells = torch.stack([flow[:, :, 0] * (width / 2), flow[:, :, 1] * (height / 2)], 2)
        padded = functional.pad(cells.flatten(0, 1), (1, 1, 1, 1), mode="replicate")
        columns = (padded[..., 1:-1, 2:] - padded[..., 1:-1, :-2]) / 2
        rows = (padded[..., 2:, 1:-1] - padded[..., :-2, 1:-1]) / 2
        both = torch.cat([columns, rows], 1).view(*flow.shape[:2], 4, *flow.shape[3:])
        return both.movedim(2, -1)

    def resize(self, size: tuple[int, int]) -> "FlowField":
        """Resize in space, bilinearly."""
        return FlowField(*(resize_bilinear(part, size) for part in self))

    def repeat_frames(self, count: int, first: bool) -> "FlowField":
        """Repeat each frame; `first` if a clip begins with it, whose first frame stays alone."""
        return FlowField(*(repeat_frames(part, count, first) for part in self))

    def pool_frames(self, count: int, first: bool) -> "FlowField":
        """Average groups of frames; `first` if a clip begins with it, whose first frame stays."""
        alone = 1 if first else 0
        parts = (
            (
                part[:, :alone],
                part[:, alone:].reshape(len(part), -1, count, *part.shape[2:]).mean(2),
            )
            for part in self
        )
        return FlowField(*(torch.cat(part, 1) for part in parts))

    def upsample(self, space: int, time: int, first: bool) -> "FlowField":
        """Upsample by factors in space and time; `first` if a clip begins with it."""
        size = (space * self.flow.shape[4], space * self.flow.shape[5])
        return self.resize(size).repeat_frames(time, first)

    def add(self, other: "FlowField") -> "FlowField":
        """Add flow and confidence of a field of the same size."""
        return FlowField(self.flow + other.flow, self.confidence + other.confidence)


def repeat_frames(x: Tensor, count: int, first: bool) -> Tensor:
    """Repeat each frame of (batch, time, ...); a clip's first frame stays alone."""
    return x.repeat_interleave(count, 1)[:, count - 1 if first else 0 :]


def size_of(x: Tensor) -> tuple[int, int]:
    """Return rows and columns of (..., h, w)."""
    return x.shape[-2], x.shape[-1]


def resize_bilinear(x: Tensor, size: tuple[int, int]) -> Tensor:
    """Resize (..., h, w) by bilinear interpolation."""
    if tuple(x.shape[-2:]) == size:
        return x
    stack = x.flatten(0, -3)[None]  # (1, all the rest, h, w)
    resized = functional.interpolate(stack, size, mode="bilinear", align_corners=False)
    return resized.reshape(*x.shape[:-2], *size)


def warp(pictures: Tensor, flow: Tensor) -> Tensor:
    """Warp pictures (batch, references, channels, h, w) backward along a flow, bilinearly.

    The flow is (batch, time, references, 2, h2, w2), the result (batch, time, references,
    channels, h2, w2). Beyond a picture's border its border is repeated.
    """
    batch, time, references, _, height, width = flow.shape
    places = grid_coordinates(height, width, flow.device) + flow.permute(0, 2, 1, 4, 5, 3)
    grid = places.reshape(batch * references, time * height, width, 2)  # frames as one tall picture
    sampled = functional.grid_sample(
        pictures.flatten(0, 1).to(flow.dtype), grid, padding_mode="border", align_corners=False
    )
    frames = sampled.view(batch, references, -1, time, height, width)
    return frames.permute(0, 3, 1, 2, 4, 5)


class Composition(NamedTuple):
    """Layers of frames of any size: a painted residual, and references to be warped and masked."""

    residual: Tensor
    """The painted residual, (batch, time, 3, h, w)."""
    mask: Tensor
    """Opacity of the warped references, (batch, time, 1, h, w)."""
    flow: Tensor
    """To each reference, (batch, time, references, 2, h2, w2); maybe no references."""
    weight: Tensor
    """Blending weight of each reference, (batch, time, references, h2, w2)."""


class Matting(NamedTuple):
    """Takes the person apart from the background, which stands still whatever they do."""

    alphas: Tensor
    """The person's matte in each reference, (batch, references, 1, h, w) in [0, 1]."""
    plate: Tensor
    """The background without the person, (batch, 3, h, w) in [-1, 1]."""

    def of_first(self, references: int) -> "Matting":
        """Return that of so many references."""
        return self._replace(alphas=self.alphas[:, :references])

    def of_first_clip(self) -> "Matting":
        """Return that of a batch's first clip, as a batch of one."""
        return Matting(self.alphas[:1], self.plate[:1])


def compose(
    layers: Composition, photos: Tensor, size: tuple[int, int], matting: Matting | None = None
) -> Tensor:
    """Composite frames (batch, time, 3, *size): masked warped references plus the residual.

    `photos` are the references at any size, (batch, references, 3, h, w) in [-1, 1], best at about
    the size of the result: nothing is averaged. With `matting` all of that is the person, whose
    alpha, warped as the references are, lets the plate show around them. Colours may lie slightly
    outside of [-1, 1].
    """
    painted = resize_bilinear(layers.residual, size)
    if not layers.flow.shape[2]:
        return painted
    if matting:
        alphas = resize_bilinear(matting.alphas, size_of(photos))
        photos = torch.cat([photos, alphas.to(photos)], 2)
    warped = warp(photos, resize_bilinear(layers.flow, size))
    blended = (warped * resize_bilinear(layers.weight, size)[:, :, :, None]).sum(2)
    colours, alpha = blended.tensor_split([3], 2)
    frames = torch.addcmul(painted, resize_bilinear(layers.mask, size), colours)
    if not matting:
        return frames
    plate = resize_bilinear(matting.plate, size)[:, None].to(frames)
    return torch.lerp(plate, frames, alpha)
