"""The VAE's layers, over videos with channels last: (batch, time, height, width, channels).

In this order frames are a batch for spatial convolutions, and channels lie together for all that
mixes them, without any copy. What remembers is `y, past = layer(x, past)`; no past, None, is the
beginning of a clip. A past that was handed in is spent.
"""

import torch
from torch import Tensor, nn
from torch.nn import functional

RMS_EPSILON = 1e-6
MIN_MATMUL_CHANNELS = 64
"""Channels from which a processor's matrix product is as fast as its convolution."""


def rms_norm(x: Tensor) -> Tensor:
    """Return (..., channels) with a mean square of one; a gain is left to what mixes it next."""
    if x.is_cuda:
        return functional.rms_norm(x, x.shape[-1:], eps=RMS_EPSILON)
    # Elsewhere that is five passes over memory; this is two.
    length = torch.linalg.vector_norm(x, dim=-1, keepdim=True)
    least = length.new_full((), RMS_EPSILON)
    scale = torch.addcmul(least, length, length, value=1 / x.shape[-1]).rsqrt()
    return x * scale


def as_float32(x: Tensor) -> Tensor:
    """Return x with the 32 bits that places and colours need, and products can do without."""
    return x.to(torch.promote_types(x.dtype, torch.float32))


def pointwise_conv(x: Tensor, weight: Tensor, bias: Tensor | None) -> Tensor:
    """Mix the channels of (..., height, width, channels) by weight (outputs, channels)."""
    if x.is_cuda or x.shape[-1] >= MIN_MATMUL_CHANNELS:
        return functional.linear(x, weight, bias)
    frames = x.flatten(0, -4).permute(0, 3, 1, 2)
    mixed = functional.conv2d(frames, weight[..., None, None], bias)
    return mixed.permute(0, 2, 3, 1).view(*x.shape[:-1], len(weight))


class SpatialConvolution(nn.Module):
    """A convolution over rows and columns of each frame; zeros lie around it."""

    def __init__(self, inputs: int, outputs: int, kernel: int, groups: int = 1) -> None:
        super().__init__()
        self.conv = nn.Conv2d(inputs, outputs, kernel, padding=kernel // 2, groups=groups)

    def forward(self, x: Tensor) -> Tensor:
        """Take (batch, time, height, width, inputs), return the same with outputs."""
        if self.conv.kernel_size == (1, 1):
            return pointwise_conv(x, self.conv.weight.flatten(1), self.conv.bias)
        batch, time, height, width, _ = x.shape
        frames = x.flatten(0, 1).permute(0, 3, 1, 2)
        mixed: Tensor = self.conv(frames)
        return mixed.permute(0, 2, 3, 1).reshape(batch, time, height, width, mixed.shape[1])


class CausalConvolution(nn.Module):
    """A convolution over `memory` frames, the last of which is the present one.

    Before a clip lies its first frame, again and again.
    """

    def __init__(self, inputs: int, outputs: int, kernel_size: int) -> None:
        super().__init__()
        self.kernel_size = kernel_size
        self.conv = nn.Conv2d(inputs, outputs, (kernel_size, 1))

    def forward(
        self, x: Tensor, past: Tensor | None, residual: Tensor | None = None
    ) -> tuple[Tensor, Tensor]:
        """Take (batch, time, height, width, inputs) and `memory` - 1 frames before.

        `beside`: what to add to the result.
        """
        if past is None:
            past = x[:, :1].expand(-1, self.kernel_size - 1, -1, -1, -1)
        if residual is not None and not x.is_cuda:
            return self._add_products(residual, x, past), _last_frames(past, x)
        seen = torch.cat([past, x], 1)
        plane = seen.flatten(2, 3).permute(0, 3, 1, 2)  # time as rows, all places as columns
        mixed: Tensor = self.conv(plane)
        y = mixed.permute(0, 2, 3, 1).reshape(*x.shape[:-1], mixed.shape[1])
        return y if residual is None else y.add_(residual), seen[:, x.shape[1] :]

    def _add_products(self, beside: Tensor, x: Tensor, past: Tensor) -> Tensor:
        """Add one product for each frame seen: nothing is copied together, or added afterwards."""
        bias, back, time = self.conv.bias, past.shape[1], x.shape[1]
        assert bias is not None
        y = (beside + bias).contiguous()
        for n, weight in enumerate(self.conv.weight[..., 0].unbind(-1)):
            since = min(back - n, time)  # frames that see the past `back` - n frames ago
            parts = (
                (slice(since), past[:, n : n + since]),
                (slice(since, None), x[:, : time - since]),
            )
            for frames, seen in parts:
                if seen.shape[1]:
                    mixed = seen.flatten(1, 3).to(y), weight.t().expand(len(x), -1, -1).to(y)
                    y[:, frames].flatten(1, 3).baddbmm_(*mixed)
        return y


def _last_frames(past: Tensor, x: Tensor) -> Tensor:
    """Return the last frames of both, as many as lie in the past."""
    time, back = x.shape[1], past.shape[1]
    return x[:, time - back :] if time >= back else torch.cat([past[:, time:], x], 1)


class ResidualBlock(nn.Module):
    """A shortcut beside RMS norm, a spatial convolution, SiLU and a causal one over time.

    Space and time apart: two fast convolutions in place of a slow one over both; `separable`
    leaves mixing channels to the second one. Nothing but the shortcut before it is trained.
    """

    def __init__(self, width: int, temporal_kernel: int, depthwise: bool = False) -> None:
        super().__init__()
        self.spatial = SpatialConvolution(width, width, 3, groups=width if depthwise else 1)
        self.temporal = CausalConvolution(width, width, temporal_kernel)
        for parameter in self.temporal.parameters():
            nn.init.zeros_(parameter)

    def forward(self, x: Tensor, past: Tensor | None) -> tuple[Tensor, Tensor]:
        """Take and return (batch, time, height, width, channels)."""
        y = functional.silu(self.spatial(rms_norm(x)))
        result: tuple[Tensor, Tensor] = self.temporal(y, past, x)
        return result
