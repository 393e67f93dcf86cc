"""Down- and upsampling in space and time, with parameter-free shortcuts (CR-VA, 2606.01620).

A convolution beside a residual shortcut, first in time, then in space. The shortcut down is
space-to-channels and the mean of groups of channels; up, channels are repeated, then
channels-to-space (pixel shuffle). A clip's first frame is not resampled in time: it stays one
frame.

Videos are (batch, time, height, width, channels). Space is folded next to the channel it came
from, so that a mean over as many channels is a mean over space, and red, green and blue stay
apart. Time is folded frame behind frame: channels stay, so all frames are averaged.
"""

import math

import torch
from torch import Tensor, nn
from torch.nn import functional

from core.model.vae.layers import CausalConvolution, SpatialConvolution
from core.model.vae.vae_config import RGB_CHANNELS

TEMPORAL_KERNEL = 2
"""Coarse frames that temporal resampling sees: the present one and the one before."""


def space_to_channels(x: Tensor, factor: int) -> Tensor:
    """Pixel unshuffle: (batch, time, h / factor, w / factor, channels * factor²)."""
    batch, time, height, width, channels = x.shape
    h, w = height // factor, width // factor
    if x.is_cuda:
        cells = x.reshape(batch, time, h, factor, w, factor, channels)
        folded = cells.permute(0, 1, 2, 4, 6, 3, 5)
    else:  # on a CPU the shuffle leaves channels last in memory, and takes half the time
        frames = x.flatten(0, 1).permute(0, 3, 1, 2)
        folded = functional.pixel_unshuffle(frames, factor).permute(0, 2, 3, 1)
    return folded.reshape(batch, time, h, w, channels * factor**2)


def channels_to_space(x: Tensor, factor: int) -> Tensor:
    """Undo `space_to_channels` (pixel shuffle)."""
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
    """Pixel-shuffle channels to planes, (batch, time, planes, h * factor, w * factor).

    `x` is (batch, time, h, w, factor * factor * planes): planes of each pixel lie together.
    """
    cells = x.reshape(*x.shape[:-1], factor, factor, -1)  # (..., h, w, row, column, planes)
    return cells.permute(0, 1, 6, 2, 4, 3, 5).flatten(5, 6).flatten(3, 4)


def time_to_channels(x: Tensor, factor: int) -> Tensor:
    """Fold groups of frames into channels: (batch, time / factor, h, w, factor * channels)."""
    batch, time, height, width, channels = x.shape
    groups = x.reshape(batch, time // factor, factor, height, width, channels)
    return groups.permute(0, 1, 3, 4, 2, 5).flatten(4)


def channels_to_time(x: Tensor, factor: int) -> Tensor:
    """Undo `time_to_channels`."""
    batch, time, height, width, folded = x.shape
    groups = x.reshape(batch, time, height, width, factor, folded // factor)
    return groups.permute(0, 1, 4, 2, 3, 5).flatten(1, 2).contiguous()


def match_channels(x: Tensor, width: int) -> Tensor:
    """Return x with `width` channels, by repeating each channel or averaging groups, or both."""
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
    """Return the largest multiple of three channels, or `channels` where there are fewer."""
    return channels - channels % RGB_CHANNELS or channels


def _averaging_matrix(channels: int, width: int, device: torch.device) -> Tensor:
    """Return the matrix (channels, width) that repeats and averages when neither is enough."""
    common = math.lcm(channels, width)
    repeated = torch.eye(channels, device=device).repeat_interleave(common // channels, 1)
    return repeated.reshape(channels, width, -1).mean(-1)


class TemporalDownsample(nn.Module):
    """Downsample time by `factor`, but for a clip's first frame; channels stay."""

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
    """Upsample time by `factor`, but for a clip's first frame; channels stay."""

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
    """Downsample each frame's space by `factor`, from `inputs` to `outputs` channels."""

    def __init__(self, inputs: int, outputs: int, factor: int, kernel: int, shortcut: bool) -> None:
        super().__init__()
        self.factor, self.outputs, self.has_shortcut = factor, outputs, shortcut
        self.conv = SpatialConvolution(inputs, outputs // factor**2, kernel)

    def forward(self, x: Tensor) -> Tensor:
        """Take (batch, time, height, width, inputs)."""
        y = space_to_channels(self.conv(x), self.factor)
        if self.has_shortcut:
            y = y + match_channels(space_to_channels(x, self.factor), self.outputs)
        return y


class SpatialUpsample(nn.Module):
    """Upsample each frame's space by `factor`, from `inputs` to `outputs` channels."""

    def __init__(self, inputs: int, outputs: int, factor: int, kernel: int, shortcut: bool) -> None:
        super().__init__()
        self.factor, self.outputs, self.has_shortcut = factor, outputs, shortcut
        self.conv = SpatialConvolution(inputs, outputs * factor**2, kernel)

    def forward(self, x: Tensor) -> Tensor:
        """Take (batch, time, height, width, inputs)."""
        y = self.conv(x)
        return channels_to_space(y + self.shortcut(x) if self.has_shortcut else y, self.factor)

    def shortcut(self, x: Tensor) -> Tensor:
        """Return (..., inputs) with as many channels as the convolution's.

        Red, green and blue that come in apart, and find room, stay apart; channels beyond are 0.
        """
        inputs, cells, filled = x.shape[-1], self.factor**2, rgb_divisible(self.outputs)
        if inputs % RGB_CHANNELS or inputs > filled * cells:
            filled = self.outputs
        empty = (self.outputs - filled) * cells
        return functional.pad(match_channels(x, filled * cells), (0, empty))
