"""For use without training: what only repeats or mixes channels on the way up is folded together.

A shortcut up only repeats channels, and that is a convolution too: added to the learned one it
gives the same, with less to be moved through memory. A step over time and the pointwise one over
space that follows it are one convolution as well. What is folded is not to be saved or trained.
"""

import torch
from torch import Tensor, nn

from core.model.vae.decoder import PixelHead
from core.model.vae.layers import CausalConvolution
from core.model.vae.resampling import TEMPORAL_KERNEL, SpatialUpsample, TemporalUpsample
from core.model.vae.stages import ResolutionStage


class FusedUpsample(nn.Module):
    """A step over time and the pointwise one over space behind it, as a single convolution.

    Its channels are (frame, row, column, channel): what lies beside each other in the finer
    frames does so before, too.
    """

    def __init__(self, time: TemporalUpsample, space: SpatialUpsample) -> None:
        """Both with their shortcuts inside their convolutions."""
        super().__init__()
        first, then = time.conv.conv, space.conv.conv
        self.frames, self.factor = time.factor, space.factor
        outputs = then.out_channels // self.factor**2
        self.conv = CausalConvolution(
            first.in_channels, self.frames * then.out_channels, TEMPORAL_KERNEL
        )
        assert first.bias is not None
        assert then.bias is not None
        between = then.in_channels
        before = first.weight.reshape(self.frames, between, first.in_channels, TEMPORAL_KERNEL)
        after = then.weight.reshape(outputs, self.factor**2, between)
        offset = first.bias.view(self.frames, between)
        bias = torch.einsum("ocm,fm->fco", after, offset) + then.bias.view(outputs, -1).T
        weight = torch.einsum("ocm,fmik->fcoik", after, before).flatten(0, 2)[..., None]
        self.conv.conv.weight = nn.Parameter(weight, requires_grad=False)
        self.conv.conv.bias = nn.Parameter(bias.flatten(), requires_grad=False)

    def forward(self, x: Tensor, past: Tensor | None) -> tuple[Tensor, Tensor]:
        """See `TimeUp`; the result is as fine as `SpaceUp` makes it."""
        first = past is None
        y, past = self.conv(x, past)
        cells = y.view(*y.shape[:-1], self.frames, self.factor, self.factor, -1)
        fine = cells.permute(0, 1, 4, 2, 5, 3, 6, 7)  # (batch, time, frames, h, i, w, j, channels)
        frames = fine.flatten(5, 6).flatten(3, 4).flatten(1, 2)
        return (frames[:, self.frames - 1 :] if first else frames), past


def fuse_upsampling(network: nn.Module) -> None:
    """Take all that is linear on the way up into as few convolutions as there can be, in place."""
    _fuse_shortcuts(network)
    for stage in network.modules():
        if isinstance(stage, ResolutionStage) and isinstance(stage.temporal, TemporalUpsample):
            space = stage.spatial
            if isinstance(space, SpatialUpsample) and space.conv.conv.kernel_size == (1, 1):
                stage.temporal, stage.spatial = FusedUpsample(stage.temporal, space), nn.Identity()


def _fuse_shortcuts(network: nn.Module) -> None:
    """Take all shortcuts of steps up, and of heads, into their convolutions."""
    for step in network.modules():
        if isinstance(step, SpatialUpsample | TemporalUpsample | PixelHead) and step.has_shortcut:
            mix = step.conv.conv
            with torch.no_grad():
                _centre_tap(mix, time=isinstance(step, TemporalUpsample)).add_(
                    _shortcut_kernel(step, mix)
                )
            step.has_shortcut = False


def _centre_tap(mix: nn.Conv2d, time: bool) -> Tensor:
    """Return the part of a kernel that sees a place itself: (outputs, inputs)."""
    height, width = mix.kernel_size
    return mix.weight[:, :, height - 1 if time else height // 2, width // 2]


def _shortcut_kernel(
    step: SpatialUpsample | TemporalUpsample | PixelHead, mix: nn.Conv2d
) -> Tensor:
    """Return what a shortcut does to channels, (outputs, inputs)."""
    alone = torch.eye(mix.in_channels).to(mix.weight)
    if isinstance(step, TemporalUpsample):
        return alone.repeat(step.factor, 1)
    return step.shortcut(alone).T
