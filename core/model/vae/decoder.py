"""The decoder: D1 to the mid level, D_ref looks at the references, D2 on to what makes pixels."""

from collections.abc import Iterator, Sequence
from functools import partial
from itertools import pairwise
from typing import NamedTuple

from torch import Tensor, nn
from torch.nn import functional

from core.model.module_list import TypedModuleList
from core.model.vae.flow_field import Composition, FlowField
from core.model.vae.layers import SpatialConvolution, as_float32
from core.model.vae.reference_attention import CrossKeyValues, ReferenceAttention
from core.model.vae.resampling import channels_to_planes, match_channels, rgb_divisible
from core.model.vae.stages import StageStates, upsampling_stages
from core.model.vae.vae_config import RGB_CHANNELS, VaeConfig
from core.model.vae.warped_skip import FlowRefinement, Match, SkipLevel, SkipReferences, WarpedSkip

INITIAL_MASK_LOGIT = 1.0
"""Logit of the mask before training."""


class DecoderReferences(NamedTuple):
    """What is computed once for a profile, from none to three references."""

    key_values: tuple[CrossKeyValues, ...]
    """For each block of D_ref."""
    skip: SkipReferences | None


class DecoderState(NamedTuple):
    """What a decoder remembers of the latents so far."""

    d1: StageStates
    d2: StageStates


class DecoderOutput(NamedTuple):
    """What a decoder makes of latents."""

    composition: Composition
    match: Match | None
    """Without the warped skip, or without references: None."""
    flow_fields: tuple[FlowField, ...]
    """Of each level of D2, the last one that of the composition."""


class PixelHead(nn.Module):
    """The last change of resolution: to what is painted and, with the skip, the mask.

    Its channels are (row, column, plane) of the pixels that a place becomes.
    """

    def __init__(self, width: int, factor: int, mask: bool, shortcut: bool) -> None:
        super().__init__()
        self.factor, self.has_shortcut = factor, shortcut
        planes = RGB_CHANNELS + mask
        self.conv = SpatialConvolution(width, planes * factor**2, 3)
        weight, bias = self.conv.conv.weight, self.conv.conv.bias
        assert bias is not None
        nn.init.zeros_(weight.view(-1, planes, width, 3, 3)[:, RGB_CHANNELS:])
        nn.init.constant_(bias.view(-1, planes)[:, RGB_CHANNELS:], INITIAL_MASK_LOGIT)

    def forward(self, x: Tensor) -> tuple[Tensor, Tensor]:
        """Return residual (batch, time, 3, h, w) and mask (batch, time, 1 or 0, h, w)."""
        y = self.conv(x)
        if self.has_shortcut:
            y = y + self.shortcut(x)
        residual, mask = channels_to_planes(as_float32(y), self.factor).tensor_split(
            [RGB_CHANNELS], 2
        )
        return residual, mask.sigmoid()

    def shortcut(self, x: Tensor) -> Tensor:
        """Return the shortcut: (..., channels) with as many channels as the convolution's."""
        cell = self.factor**2
        carried = x[..., : rgb_divisible(x.shape[-1])]
        colours = (
            match_channels(carried, RGB_CHANNELS * cell)
            .reshape(*x.shape[:-1], RGB_CHANNELS, cell)
            .mT
        )
        masks = self.conv.conv.out_channels // cell - RGB_CHANNELS
        return functional.pad(colours, (0, masks)).flatten(-2)


class D2(nn.Module):
    """Mid level to nearly pixels, with or without what the skip sees at each level."""

    def __init__(self, config: VaeConfig) -> None:
        super().__init__()
        self.stages = upsampling_stages(config.d1[-1].width, config.d2, config.shortcuts)
        self.coarsest = config.d2[0]
        self.levels: TypedModuleList[SkipLevel] = TypedModuleList(_skip_levels(config))

    def forward(
        self, x: Tensor, field: FlowField | None, maps: Sequence[Tensor], states: StageStates | None
    ) -> tuple[Tensor, tuple[FlowField, ...], StageStates]:
        """Take the mid level and where it lies in the references, if there are any.

        Returns features, each level's field, and what the stages remember.
        """
        if field is None:
            levels, after = self.stages(x, states)
            return levels[-1], (), after
        field = field.upsample(
            self.coarsest.spatial_factor, self.coarsest.temporal_factor, first=states is None
        )
        fields, after = [field], []
        steps = zip(self.stages.with_states(states), self.levels, maps, strict=True)
        for (stage, state), level, pictures in steps:
            seen = level.warp_maps(fields[-1], pictures)
            hint = partial(level.add_blended, seen=seen, weight=fields[-1].reference_weights())
            x, now = stage(x, state, hint)
            after.append(now)
            if level.refinement:
                fields.append(level.refinement(x, seen, fields[-1], first=state is None))
        return x, tuple(fields), tuple(after)


class Decoder(nn.Module):
    """Latents and references to the parts of frames."""

    def __init__(self, config: VaeConfig) -> None:
        super().__init__()
        mid = config.d1[-1].width
        self.d1 = upsampling_stages(config.latent_channels, config.d1, config.shortcuts)
        self.reference_attention = ReferenceAttention(
            mid, config.e1[-1].width, config.reference_attention
        )
        self.skip = WarpedSkip(config, config.skip) if config.skip else None
        self.d2 = D2(config)
        last = config.d2[-1].width
        self.head = PixelHead(
            last, config.head_upsampling, config.skip is not None, config.shortcuts
        )

    def prepare_references(self, levels: list[Tensor], photos: Tensor) -> DecoderReferences:
        """Prepare references from what E1 and the camera see in them; see `Skip.offer`."""
        skip = self.skip.prepare_references(levels, photos) if self.skip else None
        return DecoderReferences(self.reference_attention.key_values(levels[-1]), skip)

    def forward(
        self, z: Tensor, references: DecoderReferences, state: DecoderState | None
    ) -> tuple[DecoderOutput, DecoderState]:
        """Take latents (batch, latents, h, w, channels)."""
        levels, d1 = self.d1(z, state.d1 if state else None)
        x = self.reference_attention(levels[-1], references.key_values)
        match = self._match(x, references.skip)
        x, fields, d2 = self.d2(
            x,
            match.flow_field if match else None,
            references.skip.maps if references.skip else (),
            state.d2 if state else None,
        )
        residual, mask = self.head(x)
        field = fields[-1] if fields else _empty_flow_field(residual)
        layers = Composition(residual, mask, field.flow, field.reference_weights())
        return DecoderOutput(layers, match, fields), DecoderState(d1, d2)

    def _match(self, x: Tensor, references: SkipReferences | None) -> Match | None:
        if self.skip is None or references is None or not references.keys.shape[1]:
            return None
        match: Match = self.skip(x, references)
        return match


def _skip_levels(config: VaeConfig) -> Iterator[SkipLevel]:
    """Return what carries features of references at each level of D2, and pixels at the last."""
    if skip := config.skip:
        for stage, finer in pairwise(config.d2):
            refinement = FlowRefinement(
                skip.feature_channels, stage.width, skip.hidden_channels, finer
            )
            yield SkipLevel(skip.feature_channels, stage.width, refinement)
        yield SkipLevel(RGB_CHANNELS, config.d2[-1].width)


def _empty_flow_field(frames: Tensor) -> FlowField:
    """Return a field without references for (batch, time, 3, h, w)."""
    batch, time, _, height, width = frames.shape
    return FlowField(
        frames.new_zeros(batch, time, 0, 2, height, width),
        frames.new_zeros(batch, time, 0, height, width),
    )
