"""Layers of the VAE: RMS norm, spatial and causal temporal convolutions, the residual block.

Videos are channels-last, (batch, time, height, width, channels): frames are a batch for spatial
convolutions, and channels lie together for pointwise ones, without any copy. Streaming layers are
`y, past = layer(x, past)`, where `past` holds the last input frames; None begins a clip. A past
that was handed in is spent.
"""

import torch
from torch import Tensor, nn
from torch.nn import functional

RMS_EPSILON = 1e-6
MIN_MATMUL_CHANNELS = 64
"""Channels from which a matrix product is as fast as a convolution on a CPU."""


def rms_norm(x: Tensor) -> Tensor:
    """Normalise (..., channels) to a mean square of one; the gain is left to the next weights."""
    if x.is_cuda:
        return functional.rms_norm(x, x.shape[-1:], eps=RMS_EPSILON)
    # On a CPU that is five passes over memory; this is two.
    norm = torch.linalg.vector_norm(x, dim=-1, keepdim=True)
    epsilon = norm.new_full((), RMS_EPSILON)
    scale = torch.addcmul(epsilon, norm, norm, value=1 / x.shape[-1]).rsqrt()
    return x * scale


def as_float32(x: Tensor) -> Tensor:
    """Return x in float32 or wider, which coordinates and colours need and products do not."""
    return x.to(torch.promote_types(x.dtype, torch.float32))


def pointwise_conv(x: Tensor, weight: Tensor, bias: Tensor | None) -> Tensor:
    """Apply a 1x1 convolution, weight (outputs, channels), to (..., height, width, channels)."""
    if x.is_cuda or x.shape[-1] >= MIN_MATMUL_CHANNELS:
        return functional.linear(x, weight, bias)
    frames = x.flatten(0, -4).permute(0, 3, 1, 2)
    y = functional.conv2d(frames, weight[..., None, None], bias)
    return y.permute(0, 2, 3, 1).view(*x.shape[:-1], len(weight))


class SpatialConvolution(nn.Module):
    """A two-dimensional convolution of each frame, zero-padded."""

    def __init__(self, inputs: int, outputs: int, kernel: int, groups: int = 1) -> None:
        super().__init__()
        self.conv = nn.Conv2d(inputs, outputs, kernel, padding=kernel // 2, groups=groups)

    def forward(self, x: Tensor) -> Tensor:
        """Take (batch, time, height, width, inputs), return the same with outputs."""
        if self.conv.kernel_size == (1, 1):
            return pointwise_conv(x, self.conv.weight.flatten(1), self.conv.bias)
        batch, time, height, width, _ = x.shape
        frames = x.flatten(0, 1).permute(0, 3, 1, 2)
        y: Tensor = self.conv(frames)
        return y.permute(0, 2, 3, 1).reshape(batch, time, height, width, y.shape[1])


class CausalConvolution(nn.Module):
    """A causal temporal convolution over `kernel_size` frames, the last of them the present one.

    A clip is padded with copies of its first frame.
    """

    def __init__(self, inputs: int, outputs: int, kernel_size: int) -> None:
        super().__init__()
        self.kernel_size = kernel_size
        self.conv = nn.Conv2d(inputs, outputs, (kernel_size, 1))

    def forward(
        self, x: Tensor, past: Tensor | None, residual: Tensor | None = None
    ) -> tuple[Tensor, Tensor]:
        """Take (batch, time, height, width, inputs) and the `kernel_size` - 1 frames before.

        `residual` is added to the result.
        """
        if past is None:
            past = x[:, :1].expand(-1, self.kernel_size - 1, -1, -1, -1)
        if residual is not None and not x.is_cuda:
            return self._add_products(residual, x, past), _last_frames(past, x)
        padded = torch.cat([past, x], 1)
        plane = padded.flatten(2, 3).permute(0, 3, 1, 2)  # time as rows, all places as columns
        convolved: Tensor = self.conv(plane)
        y = convolved.permute(0, 2, 3, 1).reshape(*x.shape[:-1], convolved.shape[1])
        return y if residual is None else y.add_(residual), padded[:, x.shape[1] :]

    def _add_products(self, residual: Tensor, x: Tensor, past: Tensor) -> Tensor:
        """Add one matrix product per tap to the residual, without concatenating past and x."""
        bias, back, time = self.conv.bias, past.shape[1], x.shape[1]
        assert bias is not None
        y = (residual + bias).contiguous()
        for n, weight in enumerate(self.conv.weight[..., 0].unbind(-1)):
            since = min(back - n, time)  # frames whose tap n lies in the past
            parts = (
                (slice(since), past[:, n : n + since]),
                (slice(since, None), x[:, : time - since]),
            )
            for frames, taps in parts:
                if taps.shape[1]:
                    factors = taps.flatten(1, 3).to(y), weight.t().expand(len(x), -1, -1).to(y)
                    y[:, frames].flatten(1, 3).baddbmm_(*factors)
        return y


def _last_frames(past: Tensor, x: Tensor) -> Tensor:
    """Return the past of the next call: the last frames of both, as many as `past` holds."""
    time, back = x.shape[1], past.shape[1]
    return x[:, time - back :] if time >= back else torch.cat([past[:, time:], x], 1)


class CausalResidualBlock(nn.Module):
    """Residual (2+1)D block: RMS norm, spatial convolution, SiLU, causal temporal convolution.

    Factorised into space and time: two fast convolutions in place of a slow one over both. With
    `depthwise` the spatial one keeps channels apart. Zero-initialised: an identity at first.
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
