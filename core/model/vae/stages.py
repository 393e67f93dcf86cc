"""Stages of the VAE: resampling in time and space on the way in, then residual blocks."""

from collections.abc import Callable, Iterator
from typing import NamedTuple, TypeAlias

from torch import Tensor, nn

from core.model.module_list import TypedModuleList
from core.model.vae.layers import CausalResidualBlock
from core.model.vae.resampling import (
    SpatialDownsample,
    SpatialUpsample,
    TemporalDownsample,
    TemporalUpsample,
)
from core.model.vae.vae_config import StageConfig


class StageState(NamedTuple):
    """Past input frames of a stage's causal layers; see `core.model.vae.layers`."""

    resampling: Tensor
    blocks: tuple[Tensor, ...]


StageStates: TypeAlias = tuple[StageState, ...]


class ResolutionStage(nn.Module):
    """One level of resolution: temporal resampling, spatial resampling, residual blocks."""

    def __init__(
        self,
        config: StageConfig,
        temporal: TemporalDownsample | TemporalUpsample | None,
        spatial: SpatialDownsample | SpatialUpsample,
    ) -> None:
        super().__init__()
        self.config = config
        self.temporal: nn.Module | None = temporal
        self.spatial: nn.Module = spatial
        self.blocks: TypedModuleList[CausalResidualBlock] = TypedModuleList(
            CausalResidualBlock(config.width, config.temporal_kernel, config.depthwise)
            for _ in range(config.depth)
        )

    def forward(
        self,
        x: Tensor,
        state: StageState | None,
        add_reference: Callable[[Tensor], Tensor] | None = None,
    ) -> tuple[Tensor, StageState]:
        """Take (batch, time, height, width, channels of the level before); None starts a clip.

        `add_reference` adds reference features to the video before the blocks.
        """
        past = state.resampling if state else None
        if self.temporal is None:
            past = x[:, :0]
        else:
            x, past = self.temporal(x, past)
        x = self.spatial(x)
        x = x if add_reference is None else add_reference(x)
        pasts = state.blocks if state else [None] * len(self.blocks)
        next_pasts = []
        for block, block_past in zip(self.blocks, pasts, strict=True):
            x, next_past = block(x, block_past)
            next_pasts.append(next_past)
        return x, StageState(past, tuple(next_pasts))


class ResolutionStages(TypedModuleList[ResolutionStage]):
    """Stages in sequence; returns the feature pyramid."""

    def forward(self, x: Tensor, states: StageStates | None) -> tuple[list[Tensor], StageStates]:
        """Return the output of each level, in order, and the next states."""
        levels, next_states = [], []
        for stage, state in self.with_states(states):
            x, next_state = stage(x, state)
            levels.append(x)
            next_states.append(next_state)
        return levels, tuple(next_states)

    def with_states(
        self, states: StageStates | None
    ) -> Iterator[tuple[ResolutionStage, StageState | None]]:
        """Return each stage with its state; None where a clip begins."""
        return zip(self, states or [None] * len(self), strict=True)


def downsampling_stages(
    inputs: int, configs: tuple[StageConfig, ...], shortcuts: bool
) -> ResolutionStages:
    """Return stages of decreasing resolution, from `inputs` channels."""

    def stage(width: int, to: StageConfig) -> ResolutionStage:
        space, time, kernel = to.spatial_factor, to.temporal_factor, to.resampling_kernel
        temporal = TemporalDownsample(width, time, shortcuts) if time > 1 else None
        spatial = SpatialDownsample(width, to.width, space, kernel, shortcuts)
        return ResolutionStage(to, temporal, spatial)

    return ResolutionStages(map(stage, _input_widths(inputs, configs), configs))


def upsampling_stages(
    inputs: int, configs: tuple[StageConfig, ...], shortcuts: bool
) -> ResolutionStages:
    """Return stages of increasing resolution, from `inputs` channels."""

    def stage(width: int, to: StageConfig) -> ResolutionStage:
        space, time, kernel = to.spatial_factor, to.temporal_factor, to.resampling_kernel
        temporal = TemporalUpsample(width, time, shortcuts) if time > 1 else None
        spatial = SpatialUpsample(width, to.width, space, kernel, shortcuts)
        return ResolutionStage(to, temporal, spatial)

    return ResolutionStages(map(stage, _input_widths(inputs, configs), configs))


def _input_widths(inputs: int, configs: tuple[StageConfig, ...]) -> list[int]:
    return [inputs, *(config.width for config in configs[:-1])]
