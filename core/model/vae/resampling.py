"""Changes of resolution with a shortcut that has no parameters (CR-VA, 2606.01620).

First time, then space. Down: fold what becomes coarser into channels, then average groups of
channels; up: repeat channels, then unfold. Beside each shortcut runs a convolution. A clip's first
frame takes no part in the steps over time: coarse or fine, it stays one frame.

Videos are (batch, time, height, width, channels). Places that are folded lie next to the channel
that they were, so that averaging as many is averaging over space, and colours that began apart
stay apart. Frames that are folded stand behind each other: channels stay, so all are averaged.
"""

import math

import torch
from torch import Tensor, nn
from torch.nn import functional

from core.model.vae.layers import CausalConvolution, SpatialConvolution
from core.model.vae.vae_config import RGB_CHANNELS

TEMPORAL_KERNEL = 2
"""Coarse frames that a step over time sees: the present one and the one before."""


def space_to_channels(x: Tensor, factor: int) -> Tensor:
    """Return (batch, time, h / factor, w / factor, channels * factor²)."""
    batch, time, height, width, channels = x.shape
    h, w = height // factor, width // factor
    if x.is_cuda:
        cells = x.reshape(batch, time, h, factor, w, factor, channels)
        folded = cells.permute(0, 1, 2, 4, 6, 3, 5)
    else:  # a processor's shuffle leaves channels last in memory, and takes half the time
        frames = x.flatten(0, 1).permute(0, 3, 1, 2)
        folded = functional.pixel_unshuffle(frames, factor).permute(0, 2, 3, 1)
    return folded.reshape(batch, time, h, w, channels * factor**2)


def channels_to_space(x: Tensor, factor: int) -> Tensor:
    """Undo `fold_space`."""
    batch, time, h, w, folded = x.shape
    channels = folded // factor**2
    if x.is_cuda:
        cells = x.reshape(batch, time, h, w, channels, factor, factor)
        fine = cells.permute(0, 1, 2, 5, 3, 6, 4)
    else:
        frames = x.flatten(0, 1).permute(0, 3, 1, 2)
        fine = functional.pixel_shuffle(frames, factor).permute(0, 2, 3, 1)
    return fine.reshape(batch, time, h * factor, w * factor, channels)


def channels_to_planes(x: Tensor, factor: int) -> Tensor:
    """Return planes (batch, time, planes, h * factor, w * factor) of channels that are cells.

    `x` is (batch, time, h, w, factor * factor * planes): planes of each pixel lie together.
    """
    cells = x.reshape(*x.shape[:-1], factor, factor, -1)  # (..., h, w, row, column, planes)
    return cells.permute(0, 1, 6, 2, 4, 3, 5).flatten(5, 6).flatten(3, 4)


def time_to_channels(x: Tensor, factor: int) -> Tensor:
    """Return (batch, time / factor, h, w, factor * channels)."""
    batch, time, height, width, channels = x.shape
    groups = x.reshape(batch, time // factor, factor, height, width, channels)
    return groups.permute(0, 1, 3, 4, 2, 5).flatten(4)


def channels_to_time(x: Tensor, factor: int) -> Tensor:
    """Undo `fold_time`."""
    batch, time, height, width, folded = x.shape
    groups = x.reshape(batch, time, height, width, factor, folded // factor)
    return groups.permute(0, 1, 4, 2, 3, 5).flatten(1, 2).contiguous()


def match_channels(x: Tensor, width: int) -> Tensor:
    """Return x with `width` channels: each repeated, groups averaged; whichever it takes."""
    channels = x.shape[-1]
    common = math.lcm(channels, width)
    if common == width:
        return x.repeat_interleave(width // channels, -1) if width > channels else x
    if common > channels:
        return x @ _averaging_matrix(channels, width, x.device).to(x.dtype)
    first, *others = x.reshape(*x.shape[:-1], width, channels // width).unbind(-1)
    for other in others:  # several times as fast as a mean over so few
        first = first + other
    return first * (width / channels)


def rgb_divisible(channels: int) -> int:
    """Return how many channels, of at least three, divide into colours."""
    return channels - channels % RGB_CHANNELS or channels


def _averaging_matrix(channels: int, width: int, device: torch.device) -> Tensor:
    """Return the matrix (channels, width) that repeats and averages when neither is enough."""
    common = math.lcm(channels, width)
    repeated = torch.eye(channels, device=device).repeat_interleave(common // channels, 1)
    return repeated.reshape(channels, width, -1).mean(-1)


class TemporalDownsample(nn.Module):
    """`factor` frames become one, the first one stays; channels stay."""

    def __init__(self, channels: int, factor: int, shortcut: bool) -> None:
        super().__init__()
        self.factor, self.has_shortcut = factor, shortcut
        self.conv = CausalConvolution(channels * factor, channels, TEMPORAL_KERNEL)

    def forward(self, x: Tensor, past: Tensor | None) -> tuple[Tensor, Tensor]:
        """Take whole groups of frames, and before the first group of a clip its first frame.

        Raises:
            ValueError: the frames are not whole groups.
        """
        if past is None:  # the mean of copies of the first frame is the first frame
            x = torch.cat([x[:, :1].expand(-1, self.factor - 1, -1, -1, -1), x], 1)
        if x.shape[1] % self.factor:
            raise ValueError(f"{x.shape[1]} frames, expected a multiple of {self.factor}")
        y, past = self.conv(time_to_channels(x, self.factor), past)
        if self.has_shortcut:
            y = y + x.reshape(x.shape[0], y.shape[1], self.factor, *x.shape[2:]).mean(2)
        return y, past


class TemporalUpsample(nn.Module):
    """One frame becomes `factor`, the first one stays one; channels stay."""

    def __init__(self, channels: int, factor: int, shortcut: bool) -> None:
        super().__init__()
        self.factor, self.has_shortcut = factor, shortcut
        self.conv = CausalConvolution(channels, channels * factor, TEMPORAL_KERNEL)

    def forward(self, x: Tensor, past: Tensor | None) -> tuple[Tensor, Tensor]:
        """Take (batch, time, height, width, channels)."""
        first = past is None
        y, past = self.conv(x, past)
        y = channels_to_time(y, self.factor)
        if self.has_shortcut:
            y = y + x.repeat_interleave(self.factor, 1)
        return (y[:, self.factor - 1 :] if first else y), past


class SpatialDownsample(nn.Module):
    """`factor`² places of each frame become one, and channels as many as wanted."""

    def __init__(self, inputs: int, outputs: int, factor: int, kernel: int, shortcut: bool) -> None:
        super().__init__()
        self.factor, self.outputs, self.has_shortcut = factor, outputs, shortcut
        self.conv = SpatialConvolution(inputs, outputs // factor**2, kernel)

    def forward(self, x: Tensor) -> Tensor:
        """Take (batch, time, height, width, inputs)."""
        y = space_to_channels(self.conv(x), self.factor)
        return (
            y + match_channels(space_to_channels(x, self.factor), self.outputs)
            if self.has_shortcut
            else y
        )


class SpatialUpsample(nn.Module):
    """Each place of each frame becomes `factor`², and channels as many as wanted."""

    def __init__(self, inputs: int, outputs: int, factor: int, kernel: int, shortcut: bool) -> None:
        super().__init__()
        self.factor, self.outputs, self.has_shortcut = factor, outputs, shortcut
        self.conv = SpatialConvolution(inputs, outputs * factor**2, kernel)

    def forward(self, x: Tensor) -> Tensor:
        """Take (batch, time, height, width, inputs)."""
        y = self.conv(x)
        return channels_to_space(y + self.shortcut(x) if self.has_shortcut else y, self.factor)

    def shortcut(self, x: Tensor) -> Tensor:
        """Return the shortcut, (..., inputs) with as many channels as the convolution's.

        Colours that come in apart, and find room, go on apart; what they leave begins as nothing.
        """
        inputs, cells, carried = x.shape[-1], self.factor**2, rgb_divisible(self.outputs)
        if inputs % RGB_CHANNELS or inputs > carried * cells:
            carried = self.outputs
        return functional.pad(
            match_channels(x, carried * cells), (0, (self.outputs - carried) * cells)
        )
