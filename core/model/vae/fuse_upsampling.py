"""Inference only: fuse the decoder's shortcuts, and its temporal and 1x1 spatial upsampling.

A shortcut up only repeats channels, and that is a convolution too: added to the learned one it
gives the same, with less to be moved through memory. Temporal upsampling and the pointwise
spatial upsampling that follows it are one convolution as well. A fused decoder is not to be saved
or trained.
"""

import torch
from torch import Tensor, nn

from core.model.vae.decoder import PixelHead
from core.model.vae.layers import CausalConvolution
from core.model.vae.resampling import TEMPORAL_KERNEL, SpatialUpsample, TemporalUpsample
from core.model.vae.stages import ResolutionStage


class FusedUpsample(nn.Module):
    """Temporal and pointwise spatial upsampling as a single causal convolution.

    Its channels are (frame, row, column, channel), so that pixel shuffle moves whole rows.
    """

    def __init__(self, time: TemporalUpsample, space: SpatialUpsample) -> None:
        """Both with their shortcuts already fused."""
        super().__init__()
        temporal, spatial = time.conv.conv, space.conv.conv
        self.frames, self.factor = time.factor, space.factor
        outputs = spatial.out_channels // self.factor**2
        self.conv = CausalConvolution(
            temporal.in_channels, self.frames * spatial.out_channels, TEMPORAL_KERNEL
        )
        assert temporal.bias is not None
        assert spatial.bias is not None
        middle = spatial.in_channels
        before = temporal.weight.reshape(self.frames, middle, temporal.in_channels, TEMPORAL_KERNEL)
        after = spatial.weight.reshape(outputs, self.factor**2, middle)
        offset = temporal.bias.view(self.frames, middle)
        bias = torch.einsum("ocm,fm->fco", after, offset) + spatial.bias.view(outputs, -1).T
        weight = torch.einsum("ocm,fmik->fcoik", after, before).flatten(0, 2)[..., None]
        self.conv.conv.weight = nn.Parameter(weight, requires_grad=False)
        self.conv.conv.bias = nn.Parameter(bias.flatten(), requires_grad=False)

    def forward(self, x: Tensor, past: Tensor | None) -> tuple[Tensor, Tensor]:
        """Take the input of `TemporalUpsample`; return the output of `SpatialUpsample`."""
        first = past is None
        y, past = self.conv(x, past)
        cells = y.view(*y.shape[:-1], self.frames, self.factor, self.factor, -1)
        fine = cells.permute(0, 1, 4, 2, 5, 3, 6, 7)  # (batch, time, frames, h, i, w, j, channels)
        frames = fine.flatten(5, 6).flatten(3, 4).flatten(1, 2)
        return (frames[:, self.frames - 1 :] if first else frames), past


def fuse_upsampling(network: nn.Module) -> None:
    """Fuse all consecutive linear steps of the upsampling path into one convolution, in place."""
    _fuse_shortcuts(network)
    for stage in network.modules():
        if isinstance(stage, ResolutionStage) and isinstance(stage.temporal, TemporalUpsample):
            space = stage.spatial
            if isinstance(space, SpatialUpsample) and space.conv.conv.kernel_size == (1, 1):
                stage.temporal, stage.spatial = FusedUpsample(stage.temporal, space), nn.Identity()


def _fuse_shortcuts(network: nn.Module) -> None:
    """Add the shortcuts of upsampling steps and heads to the kernels of their convolutions."""
    for step in network.modules():
        if isinstance(step, SpatialUpsample | TemporalUpsample | PixelHead) and step.has_shortcut:
            conv = step.conv.conv
            identity = torch.eye(conv.in_channels).to(conv.weight)
            height, width = conv.kernel_size
            if isinstance(step, TemporalUpsample):  # rows are frames, the present one is the last
                tap, shortcut = height - 1, identity.repeat(step.factor, 1)
            else:
                tap, shortcut = height // 2, step.shortcut(identity).T
            with torch.no_grad():
                conv.weight[:, :, tap, width // 2].add_(shortcut)  # (outputs, inputs)
            step.has_shortcut = False
