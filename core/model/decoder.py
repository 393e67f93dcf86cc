"""The decoder: D1 to the mid level, D_ref looks at the references, D2 on to what makes pixels."""

from collections.abc import Iterator, Sequence
from functools import partial
from itertools import pairwise
from typing import NamedTuple

from torch import Tensor, nn
from torch.nn import functional

from core.model.field import Composition, Field
from core.model.guidance import Guidance, ReferenceKeys
from core.model.layers import Row, SpatialConvolution, precise
from core.model.shortcuts import matched, unfold_planes, whole_colours
from core.model.skip import Match, Refinement, Skip, SkipLevel, SkipReferences
from core.model.stages import StageStates, up_stages
from core.model.vae_config import COLOURS, VaeConfig

MOSTLY_SHOWN = 1.0
"""Logit of the mask before training."""


class References(NamedTuple):
    """What is computed once for a profile, from none to three references."""

    guidance: tuple[ReferenceKeys, ...]
    """For each block of D_ref."""
    skip: SkipReferences | None


class DecoderState(NamedTuple):
    """What a decoder remembers of the latents so far."""

    d1: StageStates
    d2: StageStates


class Decoded(NamedTuple):
    """What a decoder makes of latents."""

    layers: Composition
    match: Match | None
    """Without the warped skip, or without references: None."""
    fields: tuple[Field, ...]
    """Of each level of D2, the last one that of the composition."""


class Head(nn.Module):
    """The last change of resolution: to what is painted and, with the skip, the mask.

    Its channels are (row, column, plane) of the pixels that a place becomes.
    """

    def __init__(self, width: int, factor: int, mask: bool, shortcut: bool) -> None:
        super().__init__()
        self.factor, self.shortcut = factor, shortcut
        planes = COLOURS + mask
        self.mix = SpatialConvolution(width, planes * factor**2, 3)
        weight, bias = self.mix.mix.weight, self.mix.mix.bias
        assert bias is not None
        nn.init.zeros_(weight.view(-1, planes, width, 3, 3)[:, COLOURS:])
        nn.init.constant_(bias.view(-1, planes)[:, COLOURS:], MOSTLY_SHOWN)

    def forward(self, x: Tensor) -> tuple[Tensor, Tensor]:
        """Return residual (batch, time, 3, h, w) and mask (batch, time, 1 or 0, h, w)."""
        y = self.mix(x)
        if self.shortcut:
            y = y + self.repeated(x)
        residual, mask = unfold_planes(precise(y), self.factor).tensor_split([COLOURS], 2)
        return residual, mask.sigmoid()

    def repeated(self, x: Tensor) -> Tensor:
        """Return the shortcut: (..., channels) with as many channels as the convolution's."""
        cell = self.factor**2
        carried = x[..., : whole_colours(x.shape[-1])]
        colours = matched(carried, COLOURS * cell).reshape(*x.shape[:-1], COLOURS, cell).mT
        masks = self.mix.mix.out_channels // cell - COLOURS
        return functional.pad(colours, (0, masks)).flatten(-2)


class D2(nn.Module):
    """Mid level to nearly pixels, with or without what the skip sees at each level."""

    def __init__(self, config: VaeConfig) -> None:
        super().__init__()
        self.stages = up_stages(config.d1[-1].width, config.d2, config.shortcuts)
        self.coarsest = config.d2[0]
        self.levels: Row[SkipLevel] = Row(_skip_levels(config))

    def forward(
        self, x: Tensor, field: Field | None, maps: Sequence[Tensor], states: StageStates | None
    ) -> tuple[Tensor, tuple[Field, ...], StageStates]:
        """Take the mid level and where it lies in the references, if there are any.

        Returns features, each level's field, and what the stages remember.
        """
        if field is None:
            levels, after = self.stages(x, states)
            return levels[-1], (), after
        field = field.finer(self.coarsest.space, self.coarsest.time, first=states is None)
        fields, after = [field], []
        steps = zip(self.stages.with_states(states), self.levels, maps, strict=True)
        for (stage, state), level, pictures in steps:
            seen = level.seen(fields[-1], pictures)
            hint = partial(level.hinted, seen=seen, weight=fields[-1].weight())
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
        self.d1 = up_stages(config.channels, config.d1, config.shortcuts)
        self.guidance = Guidance(mid, config.e1[-1].width, config.guidance)
        self.skip = Skip(config, config.skip) if config.skip else None
        self.d2 = D2(config)
        last = config.d2[-1].width
        self.head = Head(last, config.finish, config.skip is not None, config.shortcuts)

    def offer(self, levels: list[Tensor], photos: Tensor) -> References:
        """Prepare references from what E1 and the camera see in them; see `Skip.offer`."""
        skip = self.skip.offer(levels, photos) if self.skip else None
        return References(self.guidance.offer(levels[-1]), skip)

    def forward(
        self, z: Tensor, references: References, state: DecoderState | None
    ) -> tuple[Decoded, DecoderState]:
        """Take latents (batch, latents, h, w, channels)."""
        levels, d1 = self.d1(z, state.d1 if state else None)
        x = self.guidance(levels[-1], references.guidance)
        match = self._match(x, references.skip)
        x, fields, d2 = self.d2(
            x,
            match.field if match else None,
            references.skip.maps if references.skip else (),
            state.d2 if state else None,
        )
        residual, mask = self.head(x)
        field = fields[-1] if fields else _nowhere(residual)
        layers = Composition(residual, mask, field.flow, field.weight())
        return Decoded(layers, match, fields), DecoderState(d1, d2)

    def _match(self, x: Tensor, references: SkipReferences | None) -> Match | None:
        if self.skip is None or references is None or not references.keys.shape[1]:
            return None
        match: Match = self.skip(x, references)
        return match


def _skip_levels(config: VaeConfig) -> Iterator[SkipLevel]:
    """Return what carries features of references at each level of D2, and pixels at the last."""
    if skip := config.skip:
        for stage, finer in pairwise(config.d2):
            refinement = Refinement(skip.features, stage.width, skip.hidden, finer)
            yield SkipLevel(skip.features, stage.width, refinement)
        yield SkipLevel(COLOURS, config.d2[-1].width)


def _nowhere(frames: Tensor) -> Field:
    """Return a field without references for (batch, time, 3, h, w)."""
    batch, time, _, height, width = frames.shape
    return Field(
        frames.new_zeros(batch, time, 0, 2, height, width),
        frames.new_zeros(batch, time, 0, height, width),
    )
