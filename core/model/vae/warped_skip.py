"""The warped skip connection: regressed flow, flow refinement, feature warping.

Pixels that a reference already shows are moved, not painted anew. The latents of some frames and of
a reference tell where each place of the mid level lies in that reference: a coarse optical flow, of
each frame or of all together, and a confidence by which references are blended. Each level of D2
gets the reference features warped along that flow, and corrects it coarse to fine.
"""

from itertools import accumulate
from operator import mul
from typing import NamedTuple

import torch
from torch import Tensor, nn
from torch.nn import functional

from core.model.module_list import TypedModuleList
from core.model.vae.flow_field import FlowField, warp
from core.model.vae.layers import SpatialConvolution, as_float32, pointwise_conv, rms_norm
from core.model.vae.vae_config import StageConfig, VaeConfig, WarpedSkipConfig


class SkipReferences(NamedTuple):
    """What the skip needs of the references, computed once for a profile."""

    motion: Tensor
    """Features of each reference's own latent, (batch, references, h, w, channels)."""
    maps: tuple[Tensor, ...]
    """To be warped, for each level of D2, (batch, references, channels, h, w)."""


GRADIENTS = 4
"""Of a flow: of x and y, by column and row."""


class RegressedFlow(NamedTuple):
    """Coarse flow and its confidence."""

    field: FlowField
    """A step for each group of frames."""
    frames: int
    """In a group; of a clip's first there is only the last frame."""

    def at_level(self, frames: int, size: tuple[int, int], first: bool) -> FlowField:
        """Bring it to steps of so many frames, and to a size; `first` if a clip begins with it."""
        if frames < self.frames:
            return self.field.resize(size).repeat_frames(self.frames // frames, first)
        if frames > self.frames:
            return self.field.pool_frames(frames // self.frames, first).resize(size)
        return self.field.resize(size)


class FlowRegression(nn.Module):
    """Coarse flow and its confidence, from the mid levels of a frame's and a reference's latents.

    Latents tell where everything is, those of references too: flow is what differs between them.
    Zero-initialised: before training nothing moves, and all references weigh the same.
    """

    def __init__(self, mid: int, hidden: int, steps: int = 1) -> None:
        """steps: within each latent, whose flow is told"""
        super().__init__()
        self.steps = steps
        self.video_proj = nn.Linear(mid, hidden)
        self.reference_proj = nn.Linear(mid, hidden, bias=False)
        self.conv = SpatialConvolution(hidden, hidden, 3)
        self.out = SpatialConvolution(hidden, 3 * steps, 3)
        for parameter in self.out.parameters():
            nn.init.zeros_(parameter)

    def prepare_references(self, mid: Tensor) -> Tensor:
        """Project references' mid level, (batch, references, h, w, mid), once for a profile."""
        projected: Tensor = self.reference_proj(rms_norm(mid))
        return projected

    def forward(self, x: Tensor, motion: Tensor, first: bool) -> FlowField:
        """Take latents' mid level (batch, latents, h, w, mid) and the projected references'.

        `first` if a clip begins with it: of its first latent there is only the last step.
        """
        video = self.video_proj(rms_norm(x))[:, :, None]
        both = functional.silu(video + motion[:, None])  # (batch, time, references, h, w, hidden)
        hidden = functional.silu(self.conv(both.flatten(1, 2)))
        found = as_float32(self.out(hidden)).view(*both.shape[:-1], self.steps, 3)
        # (batch, latents, references, h, w, steps, 3) to (batch, time, references, h, w, 3)
        each = found.movedim(5, 2).flatten(1, 2)[:, self.steps - 1 if first else 0 :]
        x_cells, y_cells, confidence = each.unbind(-1)
        height, width = x.shape[2:4]
        return FlowField(
            torch.stack([x_cells * (2 / width), y_cells * (2 / height)], 3), confidence
        )


class FlowRefinement(nn.Module):
    """Corrects flow and confidence for the next level, from a level's video and warped features.

    So the finest level, the most expensive one, needs no refinement of its own. Zero-initialised:
    nothing is corrected at first.
    """

    def __init__(self, channels: int, width: int, hidden: int, finer: StageConfig) -> None:
        """`finer` is the next level."""
        super().__init__()
        self.temporal_factor, self.spatial_factor = finer.temporal_factor, finer.spatial_factor
        self.video_proj = nn.Linear(width, hidden)
        self.reference_proj = nn.Linear(channels, hidden)
        self.out = SpatialConvolution(hidden, 3 * self.temporal_factor * self.spatial_factor**2, 3)
        for parameter in self.out.parameters():
            nn.init.zeros_(parameter)

    def forward(
        self, x: Tensor, warped: Tensor, correction: FlowField | None, first: bool
    ) -> FlowField:
        """Compare the level's features (batch, time, h, w, width) with the warped references'.

        `first` if a clip begins with them.
        """
        space, time = self.spatial_factor, self.temporal_factor
        video = pointwise_conv(x, self.video_proj.weight, self.video_proj.bias)[:, :, None]
        reference = pointwise_conv(warped, self.reference_proj.weight, self.reference_proj.bias)
        hidden = functional.silu(reference.add_(video))
        update = as_float32(self.out(hidden.flatten(1, 2)))
        height, width = space * x.shape[2], space * x.shape[3]
        cells = update.view(*hidden.shape[:-1], time, space, space, 3)
        # (batch, time, references, h, w, frame, row, column, 3) to (..., 3, height, width)
        fine = cells.permute(0, 1, 5, 2, 8, 3, 6, 4, 7).flatten(7, 8).flatten(5, 6).flatten(1, 2)
        x_pixels, y_pixels, confidence = fine[:, time - 1 if first else 0 :].unbind(3)
        flow = torch.stack([x_pixels * (2 / width), y_pixels * (2 / height)], 3)
        return FlowField(flow, confidence).add(
            correction.upsample(space, time, first) if correction else None
        )


class Stretch(nn.Module):
    """Adds to a video how the flow stretches what references show. Zero-initialised."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.proj = nn.Linear(GRADIENTS, width, bias=False)
        nn.init.zeros_(self.proj.weight)

    def forward(self, x: Tensor, field: FlowField) -> Tensor:
        """Take a video (batch, time, h, w, width) and a flow field of its size."""
        return x + self.proj(field.stretch().to(x))  # type: ignore[no-any-return]


class SkipLevel(nn.Module):
    """The skip connection of one level of D2: warps reference features, adds their blend."""

    def __init__(self, channels: int, width: int, refinement: FlowRefinement | None = None) -> None:
        """`refinement` is for the next level, if there is one."""
        super().__init__()
        self.refinement = refinement
        self.proj = nn.Linear(channels, width, bias=False)

    def add_blended(self, x: Tensor, warped: Tensor, weight: Tensor) -> Tensor:
        """Add warped features (batch, time, references, h, w, channels), blended, to a video.

        The video may be changed in place: at the last level a copy costs as much as the product.
        """
        # A single reference has all the weight: most streams have one.
        single = warped.shape[2] == 1
        blended = warped[:, :, 0] if single else (warped * weight[..., None].to(warped)).sum(2)
        video = x.flatten(0, -2)
        factors = blended.flatten(0, -2).to(video), self.proj.weight.t().to(video)
        return video.addmm_(*factors).view_as(x)

    def warp_maps(self, field: FlowField, maps: Tensor) -> Tensor:
        """Warp maps (batch, references, channels, h, w) along a flow field of the same size.

        The result has channels last, (batch, time, references, h, w, channels).
        """
        return warp(maps, field.flow).movedim(3, -1).to(maps.dtype).contiguous()


class WarpedSkip(nn.Module):
    """Coarse flow at the mid level, and the reference maps that each level of D2 warps.

    The last level warps pixels, the others features of E1 at their resolution.
    """

    def __init__(self, config: VaeConfig, skip: WarpedSkipConfig) -> None:
        super().__init__()
        steps = skip.regressed_steps
        self.flow_regression = FlowRegression(config.d1[-1].width, skip.flow_channels, steps)
        self.frames = config.frames_per_latent // steps
        self.head_upsampling = config.head_upsampling
        self.source_levels = _source_levels(config)
        self.feature_projs: TypedModuleList[nn.Linear] = TypedModuleList(
            nn.Linear(config.e1[source].width, skip.feature_channels)
            for source in self.source_levels
        )

    def forward(self, x: Tensor, references: SkipReferences, first: bool) -> RegressedFlow:
        """See `FlowRegression`."""
        return RegressedFlow(self.flow_regression(x, references.motion, first), self.frames)

    def prepare_references(
        self, levels: list[Tensor], mid: Tensor, photos: Tensor
    ) -> SkipReferences:
        """Prepare references from E1's feature pyramid, D1 of their latents, and the photos.

        `levels` as from `Encoder.features`, `mid` (batch, references, h, w, channels), `photos`
        (batch, references, 3, h, w).
        """
        maps = [
            proj(levels[source]).movedim(-1, 2)
            for source, proj in zip(self.source_levels, self.feature_projs, strict=True)
        ]
        pixels = functional.avg_pool2d(photos.flatten(0, 1), self.head_upsampling)
        coarse = pixels.reshape(*photos.shape[:3], *pixels.shape[2:])
        return SkipReferences(self.flow_regression.prepare_references(mid), (*maps, coarse))


def _source_levels(config: VaeConfig) -> list[int]:
    """Return for each level of D2 but the last the level of E1 of the same resolution.

    Raises:
        ValueError: there is none.
    """
    strides = list(accumulate((stage.spatial_factor for stage in config.e1), mul))
    finer = accumulate((stage.spatial_factor for stage in config.d2[:-1]), mul)
    wanted = [config.mid_stride // factor for factor in finer]
    if missing := [stride for stride in wanted if stride not in strides]:
        raise ValueError(
            f"E1 has no level at 1/{missing[0]} of the resolution, but D2 has, and the warped skip "
            f"joins them; E1 has {strides}"
        )
    return [strides.index(stride) for stride in wanted]
