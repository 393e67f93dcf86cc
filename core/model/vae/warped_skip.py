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
from core.model.vae.flow_field import FlowField, repeat_frames, resize_bilinear, size_of, warp
from core.model.vae.layers import SpatialConvolution, as_float32, pointwise_conv, rms_norm
from core.model.vae.vae_config import StageConfig, VaeConfig, WarpedSkipConfig


class SkipReferences(NamedTuple):
    """What the skip needs of the references, computed once for a profile."""

    motion: Tensor
    """Features of each reference's own latent, (batch, references, h, w, channels)."""
    places: Tensor | None
    """Where things are in each, see `Placement`."""
    maps: tuple[Tensor, ...]
    """To be warped, for each level of D2, (batch, references, channels, h, w)."""


SEEN_CELLS = 2
"""Rows, and columns, of a latent as `Placement` sees it."""
PLACES = 4
"""Rows, and columns, of places that it tells."""
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

    def __init__(self, latent: int, mid: int, appearance: int, config: WarpedSkipConfig) -> None:
        """latent: its channels; mid, appearance: those of the mid level of decoder and encoder"""
        super().__init__()
        hidden, self.steps = config.flow_channels, config.regressed_steps
        self.video_proj = nn.Linear(mid, hidden)
        self.reference_proj = nn.Linear(mid, hidden, bias=False)
        self.conv = SpatialConvolution(hidden, hidden, 3)
        self.blocks: TypedModuleList[FlowBlock] = TypedModuleList(
            FlowBlock(hidden) for _ in range(config.flow_blocks)
        )
        self.out = SpatialConvolution(hidden, 3 * self.steps, 3)
        for parameter in self.out.parameters():
            nn.init.zeros_(parameter)
        self.appearance_proj = (
            nn.Linear(appearance, hidden, bias=False) if config.sees_appearance else None
        )
        if self.appearance_proj:
            nn.init.zeros_(self.appearance_proj.weight)
        self.placement = (
            Placement(latent, config.placement_channels) if config.placement_channels else None
        )
        self.carry = CarriedFlow(hidden, self.steps) if config.carries_flow else None

    def prepare_references(
        self, z: Tensor, mid: Tensor, appearance: Tensor
    ) -> tuple[Tensor, Tensor | None]:
        """Prepare references, once for a profile; return what `SkipReferences` says.

        `mid` is the mid level of their latents z, (batch, references, h, w, mid), `appearance` that
        of the encoder, which has seen them.
        """
        projected: Tensor = self.reference_proj(rms_norm(mid))
        if self.appearance_proj:
            projected = projected + self.appearance_proj(rms_norm(appearance))
        return projected, self.placement(z) if self.placement else None

    def forward(
        self, z: Tensor, x: Tensor, references: SkipReferences, last: Tensor | None
    ) -> tuple[FlowField, Tensor]:
        """Take latents (batch, latents, h, w, channels) and their mid level (batch, latents, ...).

        `last` is what the call before returned beside the field, None where a clip begins: of its
        first latent there is only the last step.
        """
        first, motion = last is None, references.motion
        video = self.video_proj(rms_norm(x))[:, :, None]
        both = functional.silu(video + motion[:, None])  # (batch, time, references, h, w, hidden)
        hidden = functional.silu(self.conv(both.flatten(1, 2)))
        for block in self.blocks:
            hidden = block(hidden)
        found = as_float32(self.out(hidden)).view(*both.shape[:-1], self.steps, 3)
        # (batch, latents, references, h, w, steps, 3) to (batch, latents, steps, references, ...)
        x_cells, y_cells, confidence = found.movedim(5, 2).unbind(-1)
        height, width = x.shape[2:4]
        flow = torch.stack([x_cells * (2 / width), y_cells * (2 / height)], 4)
        if self.placement and references.places is not None:
            moved = as_float32(references.places[:, None] - self.placement(z)[:, :, None])
            flow = flow + resize_bilinear(moved, (height, width))[:, :, None]
        if self.carry:
            flow, last = self.carry(flow, hidden, last)
        else:
            last = flow[:, -1, -1]
        skipped = self.steps - 1 if first else 0
        each = FlowField(*(part.flatten(1, 2)[:, skipped:] for part in (flow, confidence)))
        return each, last


class Placement(nn.Module):
    """Tells from a whole latent where things are, coarsely: flow is by what that differs.

    The mid level tells at each place what is there; where a head as a whole is, is said nowhere in
    particular. Zero-initialised: nothing moves before training.
    """

    def __init__(self, channels: int, hidden: int) -> None:
        super().__init__()
        self.hidden = nn.Linear(channels * SEEN_CELLS**2, hidden)
        self.out = nn.Linear(hidden, 2 * PLACES**2)
        for parameter in self.out.parameters():
            nn.init.zeros_(parameter)

    def forward(self, z: Tensor) -> Tensor:
        """Map latents (batch, n, h, w, channels) to places (batch, n, 2, PLACES, PLACES)."""
        planes = z.movedim(-1, 2)
        if size_of(planes) != (SEEN_CELLS, SEEN_CELLS):
            pooled = functional.adaptive_avg_pool2d(planes.flatten(0, 1), SEEN_CELLS)
            planes = pooled.view(*planes.shape[:3], SEEN_CELLS, SEEN_CELLS)
        places: Tensor = self.out(functional.silu(self.hidden(planes.flatten(2))))
        return places.view(*places.shape[:2], 2, PLACES, PLACES)


class FlowBlock(nn.Module):
    """Adds what a convolution sees around each place to features (..., h, w, channels).

    Zero-initialised: nothing at first.
    """

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.conv = SpatialConvolution(channels, channels, 3)
        self.out = nn.Linear(channels, channels)
        for parameter in self.out.parameters():
            nn.init.zeros_(parameter)

    def forward(self, x: Tensor) -> Tensor:
        return x + self.out(functional.silu(self.conv(x)))  # type: ignore[no-any-return]


class CarriedFlow(nn.Module):
    """Carries flow on from latent to latent, so that what moves slowly moves in every frame.

    A latent tells where a head is far better than by how little it moves within four frames. So a
    share of what a latent's mean flow differs by from that of the latent before is added to each
    step: before training as if everything went on as it moves, from the middle of one latent to
    that of the next. Lips, whose steps are told well, learn a share of their own.
    """

    def __init__(self, hidden: int, steps: int) -> None:
        super().__init__()
        self.share = SpatialConvolution(hidden, steps, 3)
        weight, bias = self.share.conv.weight, self.share.conv.bias
        assert bias is not None
        nn.init.zeros_(weight)
        with torch.no_grad():
            bias.copy_((torch.arange(steps) - (steps - 1) / 2) / steps)

    def forward(self, flow: Tensor, hidden: Tensor, last: Tensor | None) -> tuple[Tensor, Tensor]:
        """Take flow (batch, latents, steps, references, 2, h, w), and the regression's features.

        `last`: mean flow of the latent before, (batch, references, 2, h, w), as it is returned of
        the last one; None where a clip begins, whose first latent's last step stands alone.
        """
        mean = flow.mean(2)
        if last is None:
            mean = torch.cat([flow[:, :1, -1], mean[:, 1:]], 1)
            last = mean[:, 0]
        moved = mean - torch.cat([last[:, None], mean[:, :-1]], 1)
        # (batch, latents * references, h, w, steps) to (batch, latents, steps, references, 1, ...)
        batch, latents, _, references = flow.shape[:4]
        told = as_float32(self.share(hidden))
        share = told.view(batch, latents, references, *told.shape[2:]).movedim(-1, 2)
        return flow + share.unsqueeze(4) * moved[:, :, None], mean[:, -1]


class Correction(NamedTuple):
    """What refines a level's flow."""

    field: FlowField
    """To be added."""
    scale: Tensor | None
    """What flow is multiplied by before, less one, (batch, time, references, 1, h, w)."""

    def __call__(self, field: FlowField) -> FlowField:
        """Correct a field of the same size."""
        if self.scale is not None:
            field = field._replace(flow=field.flow * (1 + self.scale))
        return field.add(self.field)

    def add_upsampled(
        self, coarser: "Correction | None", space: int, time: int, first: bool
    ) -> "Correction":
        """Add that of a coarser level, by factors; `first` if a clip begins with it."""
        if coarser is None:
            return self
        field, scale = self.field.add(coarser.field.upsample(space, time, first)), self.scale
        if scale is not None and coarser.scale is not None:
            finer = resize_bilinear(coarser.scale, size_of(scale))
            scale = scale + repeat_frames(finer, time, first)
        return Correction(field, scale)


class FlowRefinement(nn.Module):
    """Corrects flow and confidence for the next level, from a level's video and warped features.

    So the finest level, the most expensive one, needs no refinement of its own. Zero-initialised:
    nothing is corrected at first.
    """

    def __init__(
        self, channels: int, width: int, hidden: int, finer: StageConfig, scales: bool = False
    ) -> None:
        """`finer` is the next level; scales: whether flow is scaled as well"""
        super().__init__()
        self.temporal_factor, self.spatial_factor = finer.temporal_factor, finer.spatial_factor
        self.video_proj = nn.Linear(width, hidden)
        self.reference_proj = nn.Linear(channels, hidden)
        cells = self.temporal_factor * self.spatial_factor**2
        self.out = SpatialConvolution(hidden, 3 * cells, 3)
        self.scale = SpatialConvolution(hidden, cells, 3) if scales else None
        for part in filter(None, (self.out, self.scale)):
            for parameter in part.parameters():
                nn.init.zeros_(parameter)

    def forward(
        self, x: Tensor, warped: Tensor, correction: Correction | None, first: bool
    ) -> Correction:
        """Compare the level's features (batch, time, h, w, width) with the warped references'.

        `first` if a clip begins with them.
        """
        space, time = self.spatial_factor, self.temporal_factor
        video = pointwise_conv(x, self.video_proj.weight, self.video_proj.bias)[:, :, None]
        reference = pointwise_conv(warped, self.reference_proj.weight, self.reference_proj.bias)
        hidden = functional.silu(reference.add_(video))
        height, width = space * x.shape[2], space * x.shape[3]
        x_pixels, y_pixels, confidence = self._finer(self.out, hidden, first).unbind(3)
        flow = torch.stack([x_pixels * (2 / width), y_pixels * (2 / height)], 3)
        scale = self._finer(self.scale, hidden, first) if self.scale else None
        found = Correction(FlowField(flow, confidence), scale)
        return found.add_upsampled(correction, space, time, first)

    def _finer(self, conv: SpatialConvolution, hidden: Tensor, first: bool) -> Tensor:
        """Return (batch, time, references, planes, height, width) of the next level."""
        space, time = self.spatial_factor, self.temporal_factor
        update = as_float32(conv(hidden.flatten(1, 2)))
        cells = update.view(*hidden.shape[:-1], time, space, space, -1)
        # (batch, time, references, h, w, frame, row, column, planes)
        fine = cells.permute(0, 1, 5, 2, 8, 3, 6, 4, 7).flatten(7, 8).flatten(5, 6).flatten(1, 2)
        return fine[:, time - 1 if first else 0 :]


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
        self.flow_regression = FlowRegression(
            config.latent_channels, config.d1[-1].width, config.e1[-1].width, skip
        )
        self.frames = config.frames_per_latent // skip.regressed_steps
        self.head_upsampling = config.head_upsampling
        self.source_levels = _source_levels(config)
        self.feature_projs: TypedModuleList[nn.Linear] = TypedModuleList(
            nn.Linear(config.e1[source].width, skip.feature_channels)
            for source in self.source_levels
        )

    def forward(
        self, z: Tensor, x: Tensor, references: SkipReferences, last: Tensor | None
    ) -> tuple[RegressedFlow, Tensor]:
        """See `FlowRegression`."""
        field, last = self.flow_regression(z, x, references, last)
        return RegressedFlow(field, self.frames), last

    def prepare_references(
        self, levels: list[Tensor], z: Tensor, mid: Tensor, photos: Tensor
    ) -> SkipReferences:
        """Prepare references from E1's feature pyramid, their latents, D1 of these, and the photos.

        `levels` as from `Encoder.features`, `z` and `mid` (batch, references, h, w, channels),
        `photos` (batch, references, 3, h, w).
        """
        maps = [
            proj(levels[source]).movedim(-1, 2)
            for source, proj in zip(self.source_levels, self.feature_projs, strict=True)
        ]
        pixels = functional.avg_pool2d(photos.flatten(0, 1), self.head_upsampling)
        coarse = pixels.reshape(*photos.shape[:3], *pixels.shape[2:])
        motion, places = self.flow_regression.prepare_references(z, mid, levels[-1])
        return SkipReferences(motion, places, (*maps, coarse))


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
