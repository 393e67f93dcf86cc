"""The VAE decoder: D1 up to the mid level, reference attention, D2 with the warped skip, head."""

from collections.abc import Iterator, Sequence
from functools import partial
from itertools import pairwise
from typing import NamedTuple

from torch import Tensor, nn
from torch.nn import functional

from core.model.module_list import TypedModuleList
from core.model.vae.flow_field import Composition, FlowField, size_of
from core.model.vae.layers import SpatialConvolution, as_float32, rms_norm
from core.model.vae.reference_attention import CrossKeyValues, ReferenceAttention
from core.model.vae.resampling import channels_to_planes, match_channels, rgb_divisible
from core.model.vae.stages import StageStates, upsampling_stages
from core.model.vae.vae_config import RGB_CHANNELS, VaeConfig
from core.model.vae.warped_skip import (
    FlowRefinement,
    RegressedFlow,
    SkipLevel,
    SkipReferences,
    Stretch,
    WarpedSkip,
)

INITIAL_MASK_LOGIT = 1.0
"""Logit of the skip's mask before training: references mostly show."""
MID_SCALE = 0.25
"""Standard deviation of the mid level with the warped skip: what latents tell guides, and does not
drown, the pixels that references give."""


class DecoderReferences(NamedTuple):
    """What the decoder needs of none to three references, computed once for a profile."""

    key_values: tuple[CrossKeyValues, ...]
    """For each block of the reference attention."""
    skip: SkipReferences | None
    latents: Tensor
    """The references' own, (batch, references, channels, h, w)."""


class DecoderState(NamedTuple):
    """Past input frames of all causal layers of the decoder, and the flow of the last latent."""

    d1: StageStates
    d2: StageStates
    flow: Tensor | None
    """(batch, references, 2, h, w) at the mid level; None without the skip or references."""


class DecoderOutput(NamedTuple):
    """Parts of the frames, and where the references were found."""

    composition: Composition
    flow_fields: tuple[FlowField, ...]
    """Of each level of D2, from coarse to fine; the last one is that of the composition. Without
    the warped skip, or without references: none."""


class PixelHead(nn.Module):
    """The output head: last upsampling to the RGB residual and, with the skip, the mask.

    The convolution's channels are (row, column, plane) of the pixels that a place becomes.
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
        planes = channels_to_planes(as_float32(y), self.factor)
        residual, mask = planes.tensor_split([RGB_CHANNELS], 2)
        return residual, mask.sigmoid()

    def shortcut(self, x: Tensor) -> Tensor:
        """Return (..., channels) with as many channels as the convolution's."""
        cell = self.factor**2
        rgb = match_channels(x[..., : rgb_divisible(x.shape[-1])], RGB_CHANNELS * cell)
        pixels = rgb.reshape(*x.shape[:-1], RGB_CHANNELS, cell).mT
        masks = self.conv.conv.out_channels // cell - RGB_CHANNELS
        return functional.pad(pixels, (0, masks)).flatten(-2)


class D2(nn.Module):
    """Stages D2: mid level to nearly pixels, with or without the warped skip at each level."""

    def __init__(self, config: VaeConfig) -> None:
        super().__init__()
        self.stages = upsampling_stages(config.d1[-1].width, config.d2, config.shortcuts)
        self.frames_per_latent = config.frames_per_latent
        shows = config.skip is not None and config.skip.shows_stretch
        self.stretch = Stretch(config.d2[-1].width) if shows else None
        self.levels: TypedModuleList[SkipLevel] = TypedModuleList(_skip_levels(config))

    def forward(
        self,
        x: Tensor,
        flow: RegressedFlow | None,
        maps: Sequence[Tensor],
        states: StageStates | None,
    ) -> tuple[Tensor, tuple[FlowField, ...], StageStates]:
        """Take the mid level and the regressed flow to the references, if there are any.

        Returns features, the flow field of each level, and the stages' next states.
        """
        if flow is None:
            levels, next_states = self.stages(x, states)
            return levels[-1], (), next_states
        first, correction, fields, next_states = states is None, None, [], []
        frames, (height, width) = self.frames_per_latent, size_of(flow.field.flow)
        steps = zip(self.stages.with_states(states), self.levels, maps, strict=True)
        for (stage, state), level, reference_maps in steps:
            frames //= stage.config.temporal_factor
            height, width = (stage.config.spatial_factor * side for side in (height, width))
            field = flow.at_level(frames, (height, width), first)
            field = correction(field) if correction else field
            fields.append(field)
            warped = level.warp_maps(field, reference_maps)
            skip = partial(level.add_blended, warped=warped, weight=field.reference_weights())
            x, next_state = stage(x, state, skip)
            next_states.append(next_state)
            if level.refinement:
                correction = level.refinement(x, warped, correction, first)
        if self.stretch:
            x = self.stretch(x, fields[-1])
        return x, tuple(fields), tuple(next_states)


class Decoder(nn.Module):
    """Latents and references to the parts of which frames are composed."""

    def __init__(self, config: VaeConfig) -> None:
        super().__init__()
        mid, mid_reference = config.d1[-1].width, config.e1[-1].width
        attention, head_factor = config.reference_attention, config.head_upsampling
        self.d1 = upsampling_stages(config.latent_channels, config.d1, config.shortcuts)
        self.reference_attention = ReferenceAttention(mid, mid_reference, attention)
        self.skip = WarpedSkip(config, config.skip) if config.skip else None
        self.d2 = D2(config)
        last = config.d2[-1].width
        self.head = PixelHead(last, head_factor, config.skip is not None, config.shortcuts)

    def prepare_references(
        self, levels: list[Tensor], z: Tensor, photos: Tensor
    ) -> DecoderReferences:
        """Prepare references: E1's feature pyramid as from `Encoder.features`, their latents
        (batch, references, h, w, channels), and the photos (batch, references, 3, h, w)."""
        key_values = self.reference_attention.key_values(levels[-1])
        return DecoderReferences(key_values, self.prepare_skip(levels, z, photos), z.movedim(-1, 2))

    def prepare_skip(
        self, levels: list[Tensor], z: Tensor, photos: Tensor
    ) -> SkipReferences | None:
        """Prepare what the skip alone needs of references, see `prepare_references`."""
        if self.skip is None:
            return None
        upsampled, _ = self.d1(z.flatten(0, 1)[:, None], None)  # each is a video of one frame
        mid = upsampled[-1][:, 0].unflatten(0, z.shape[:2])
        return self.skip.prepare_references(levels, z, mid, photos)

    def forward(
        self, z: Tensor, references: DecoderReferences, state: DecoderState | None
    ) -> tuple[DecoderOutput, DecoderState]:
        """Take latents (batch, latents, h, w, channels)."""
        levels, d1 = self.d1(z, state.d1 if state else None)
        mid = levels[-1]
        flow, last_flow = self._flow(z, mid, references.skip, state.flow if state else None)
        x = self.reference_attention(
            MID_SCALE * rms_norm(mid) if self.skip else mid, references.key_values
        )
        maps = references.skip.maps if references.skip else ()
        x, flows, d2 = self.d2(x, flow, maps, state.d2 if state else None)
        residual, mask = self.head(x)
        field = flows[-1] if flows else _empty_flow_field(residual)
        composition = Composition(residual, mask, field.flow, field.reference_weights())
        return DecoderOutput(composition, flows), DecoderState(d1, d2, last_flow)

    def _flow(
        self, z: Tensor, mid: Tensor, references: SkipReferences | None, last: Tensor | None
    ) -> tuple[RegressedFlow | None, Tensor | None]:
        if self.skip is None or references is None or not references.motion.shape[1]:
            return None, None
        flow, last = self.skip(z, mid, references, last)
        return flow, last


def _skip_levels(config: VaeConfig) -> Iterator[SkipLevel]:
    """Build the skip of each level of D2: of reference features, of pixels at the last."""
    if skip := config.skip:
        for stage, finer in pairwise(config.d2):
            channels, hidden = skip.feature_channels, skip.hidden_channels
            refinement = FlowRefinement(channels, stage.width, hidden, finer, skip.scales_flow)
            yield SkipLevel(channels, stage.width, refinement)
        yield SkipLevel(RGB_CHANNELS, config.d2[-1].width)


def _empty_flow_field(frames: Tensor) -> FlowField:
    """Return a flow field without references for (batch, time, 3, h, w)."""
    batch, time, _, height, width = frames.shape
    return FlowField(
        frames.new_zeros(batch, time, 0, 2, height, width),
        frames.new_zeros(batch, time, 0, height, width),
    )
