"""The warped reference skip: pixels that a reference already shows are moved, not painted anew.

Matching says where each place of the latent lies in each reference: a coarse flow, and a confidence
by which references are blended. Each level of D2 sees what the references show along that flow, and
refines it, at last for each frame.
"""

from contextlib import AbstractContextManager, nullcontext
from itertools import accumulate
from operator import mul
from typing import NamedTuple

import torch
from torch import Tensor, nn
from torch.nn import functional

from core.model.grid import grid_coordinates, grid_rotation
from core.model.module_list import TypedModuleList
from core.model.rotary import apply_rotary
from core.model.vae.flow_field import FlowField, warp
from core.model.vae.layers import SpatialConvolution, as_float32, pointwise_conv, rms_norm
from core.model.vae.vae_config import StageConfig, VaeConfig, WarpedSkipConfig

INITIAL_LOGIT_SCALE = 24.0
"""Of matching before training; cells then match cells at the same place, and near by."""
MAX_LOGIT_SCALE = 80.0
"""Of matching ever: sums of its exponentials still fit into 32 bits."""


class SkipReferences(NamedTuple):
    """What the skip needs of the references, computed once for a profile."""

    keys: Tensor
    """To be matched with, (batch, references, tokens, channels)."""
    maps: tuple[Tensor, ...]
    """To be carried along at each level of D2, (batch, references, channels, h, w)."""


class Match(NamedTuple):
    """Where the mid level's places lie in the references."""

    flow_field: FlowField
    logits: Tensor
    """Logits of each token for each token of each reference, (batch, time, tokens, references,
    tokens); to be told the truth in training."""


class ReferenceMatching(nn.Module):
    """Compares places of the mid level with those of references.

    Before training all look alike but for where they are: each place matches itself.
    """

    def __init__(self, mid: int, features: int, channels: int) -> None:
        super().__init__()
        self.query, self.key = nn.Linear(mid, channels), nn.Linear(features, channels)
        for mix in (self.query, self.key):
            nn.init.normal_(mix.weight, std=0.1 * mix.in_features**-0.5)
            nn.init.ones_(mix.bias)
        self.log_logit_scale = nn.Parameter(torch.tensor(INITIAL_LOGIT_SCALE).log())

    def keys(self, features: Tensor) -> Tensor:
        """Return what to match with of (batch, references, h, w, channels)."""
        return self._unit_vectors(self.key(rms_norm(features)))

    def forward(self, x: Tensor, keys: Tensor) -> Match:
        """Match the mid level (batch, time, h, w, channels)."""
        batch, time, height, width, _ = x.shape
        queries = self._unit_vectors(self.query(rms_norm(x)))  # (batch, time, tokens, channels)
        with _without_autocast(x.device):
            scale = as_float32(self.log_logit_scale).exp().clamp(max=MAX_LOGIT_SCALE)
            likeness = scale * as_float32(queries).flatten(1, 2) @ as_float32(keys).flatten(1, 2).mT
            likeness = likeness.view(batch, time, height * width, *keys.shape[1:3])
            here = grid_coordinates(height, width, x.device).to(likeness)
            # One product gives the mean place and the sum; neither overflows, see SHARPEST.
            sums = likeness.exp() @ functional.pad(here.flatten(0, 1), (0, 1), value=1.0)
        seen = sums.permute(0, 1, 3, 4, 2).reshape(batch, time, -1, 3, height, width)
        there, total = seen.tensor_split([2], 3)  # (batch, time, references, 2 and 1, h, w)
        flow = there / total - here.movedim(-1, 0)
        return Match(FlowField(flow, total[:, :, :, 0].log()), likeness)

    def _unit_vectors(self, x: Tensor) -> Tensor:
        """Return (batch, n, h, w, channels) as unit vectors (batch, n, tokens, channels)."""
        height, width, channels = x.shape[2:]
        rotation = grid_rotation(height, width, channels, x.device)
        return apply_rotary(functional.normalize(x.flatten(2, 3), dim=-1), rotation)


class FlowRefinement(nn.Module):
    """A level compares video and references, and says how the field goes on at the next level.

    So the finest level, the dearest, looks along a field that is done. Fields stay as they are
    until this is trained.
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

    def forward(self, x: Tensor, seen: Tensor, field: FlowField, first: bool) -> FlowField:
        """Compare the level's features (batch, time, h, w, width) with what is seen.

        `first` if a clip begins with them.
        """
        video = pointwise_conv(x, self.video_proj.weight, self.video_proj.bias)[:, :, None]
        reference = pointwise_conv(seen, self.reference_proj.weight, self.reference_proj.bias)
        compared = functional.silu(reference.add_(video))
        change = as_float32(self.out(compared.flatten(1, 2)))
        height, width = self.spatial_factor * x.shape[2], self.spatial_factor * x.shape[3]
        cells = change.view(
            *compared.shape[:-1], self.temporal_factor, self.spatial_factor, self.spatial_factor, 3
        )
        # (batch, time, references, h, w, frame, row, column, 3) to (..., 3, height, width)
        fine = cells.permute(0, 1, 5, 2, 8, 3, 6, 4, 7).flatten(7, 8).flatten(5, 6).flatten(1, 2)
        along, down, surer = fine[:, self.temporal_factor - 1 if first else 0 :].unbind(3)
        moved = torch.stack([along * (2 / width), down * (2 / height)], 3)
        field = field.upsample(self.spatial_factor, self.temporal_factor, first)
        return FlowField(field.flow + moved, field.confidence + surer)


class SkipLevel(nn.Module):
    """What references show at one level of D2."""

    def __init__(self, channels: int, width: int, refinement: FlowRefinement | None = None) -> None:
        """`refinement` is for the next level, if there is one."""
        super().__init__()
        self.refinement = refinement
        self.proj = nn.Linear(channels, width, bias=False)

    def add_blended(self, x: Tensor, seen: Tensor, weight: Tensor) -> Tensor:
        """Add a blend of what is seen, (batch, time, references, h, w, channels), to a video.

        It may be changed in place: at the last level each copy is as dear as the product.
        """
        # The only reference has all the weight: most streams have one.
        alone = seen.shape[2] == 1
        blended = seen[:, :, 0] if alone else (seen * weight[..., None].to(seen)).sum(2)
        video = x.flatten(0, -2)
        alike = blended.flatten(0, -2).to(video), self.proj.weight.t().to(video)
        return video.addmm_(*alike).view_as(x)

    def warp_maps(self, field: FlowField, maps: Tensor) -> Tensor:
        """Return maps (batch, references, channels, h, w) along a field of the same size.

        The result has channels last, (batch, time, references, h, w, channels).
        """
        return warp(maps, field.flow).movedim(3, -1).to(maps.dtype).contiguous()


class WarpedSkip(nn.Module):
    """Matching at the mid level, and what of the references each level of D2 may carry along.

    The last level carries pixels, the others features that E1 sees at their resolution.
    """

    def __init__(self, config: VaeConfig, skip: WarpedSkipConfig) -> None:
        super().__init__()
        mid = config.e1[-1].width
        self.matching = ReferenceMatching(config.d1[-1].width, mid, skip.matching_channels)
        self.head_upsampling = config.head_upsampling
        self.source_levels = _source_levels(config)
        self.feature_projs: TypedModuleList[nn.Linear] = TypedModuleList(
            nn.Linear(config.e1[source].width, skip.feature_channels)
            for source in self.source_levels
        )

    def forward(self, x: Tensor, references: SkipReferences) -> Match:
        """See `Matching`."""
        match: Match = self.matching(x, references.keys)
        return match

    def prepare_references(self, levels: list[Tensor], photos: Tensor) -> SkipReferences:
        """Prepare references from what E1's levels and the camera see in them.

        `levels` as from `Encoder.features`, `photos` (batch, references, 3, h, w).
        """
        maps = [
            feature(levels[source]).movedim(-1, 2)
            for source, feature in zip(self.source_levels, self.feature_projs, strict=True)
        ]
        pixels = functional.avg_pool2d(photos.flatten(0, 1), self.head_upsampling)
        coarse = pixels.reshape(*photos.shape[:3], *pixels.shape[2:])
        return SkipReferences(self.matching.keys(levels[-1]), (*maps, coarse))


def _without_autocast(device: torch.device) -> AbstractContextManager[None]:
    """Return a context without autocast: places need more than its eight bits."""
    if not torch.amp.is_autocast_available(device.type):  # tensors without data, for one
        return nullcontext()
    exactly: AbstractContextManager[None] = torch.autocast(device.type, enabled=False)
    return exactly


def _source_levels(config: VaeConfig) -> list[int]:
    """Return which level of E1 is as fine as each level of D2 but the last.

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
