"""Levels of resolution: a change on the way in, residual blocks, and what both remember."""

from collections.abc import Callable, Iterator
from typing import NamedTuple, TypeAlias

from torch import Tensor, nn

from core.model.module_list import TypedModuleList
from core.model.vae.layers import ResidualBlock
from core.model.vae.resampling import (
    SpatialDownsample,
    SpatialUpsample,
    TemporalDownsample,
    TemporalUpsample,
)
from core.model.vae.vae_config import StageConfig


class StageState(NamedTuple):
    """What a stage remembers of the frames so far."""

    resampling: Tensor
    blocks: tuple[Tensor, ...]


StageStates: TypeAlias = tuple[StageState, ...]


class ResolutionStage(nn.Module):
    """One level: time, then space, then residual blocks."""

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
        self.blocks: TypedModuleList[ResidualBlock] = TypedModuleList(
            ResidualBlock(config.width, config.temporal_kernel, config.depthwise)
            for _ in range(config.depth)
        )

    def forward(
        self,
        x: Tensor,
        state: StageState | None,
        add_reference: Callable[[Tensor], Tensor] | None = None,
    ) -> tuple[Tensor, StageState]:
        """Take (batch, time, height, width, channels of the level before); None starts a clip.

        `hint` adds to the video before the blocks.
        """
        step = state.resampling if state else None
        if self.temporal is None:
            step = x[:, :0]
        else:
            x, step = self.temporal(x, step)
        x = self.spatial(x)
        x = x if add_reference is None else add_reference(x)
        before = state.blocks if state else [None] * len(self.blocks)
        after = []
        for block, past in zip(self.blocks, before, strict=True):
            x, past = block(x, past)
            after.append(past)
        return x, StageState(step, tuple(after))


class ResolutionStages(TypedModuleList[ResolutionStage]):
    """Levels in a row."""

    def forward(self, x: Tensor, states: StageStates | None) -> tuple[list[Tensor], StageStates]:
        """Return what each level gives, the last one last."""
        levels, after = [], []
        for stage, state in self.with_states(states):
            x, state = stage(x, state)
            levels.append(x)
            after.append(state)
        return levels, tuple(after)

    def with_states(
        self, states: StageStates | None
    ) -> Iterator[tuple[ResolutionStage, StageState | None]]:
        """Return each level with what it remembers."""
        return zip(self, states or [None] * len(self), strict=True)


def downsampling_stages(
    inputs: int, configs: tuple[StageConfig, ...], shortcuts: bool
) -> ResolutionStages:
    """Return levels that get coarser, from `inputs` channels."""

    def stage(before: int, to: StageConfig) -> ResolutionStage:
        time = (
            TemporalDownsample(before, to.temporal_factor, shortcuts)
            if to.temporal_factor > 1
            else None
        )
        return ResolutionStage(
            to,
            time,
            SpatialDownsample(before, to.width, to.spatial_factor, to.resampling_kernel, shortcuts),
        )

    before = _before(inputs, configs)
    return ResolutionStages(stage(*pair) for pair in zip(before, configs, strict=True))


def upsampling_stages(
    inputs: int, configs: tuple[StageConfig, ...], shortcuts: bool
) -> ResolutionStages:
    """Return levels that get finer, from `inputs` channels."""

    def stage(before: int, to: StageConfig) -> ResolutionStage:
        time = (
            TemporalUpsample(before, to.temporal_factor, shortcuts)
            if to.temporal_factor > 1
            else None
        )
        return ResolutionStage(
            to,
            time,
            SpatialUpsample(before, to.width, to.spatial_factor, to.resampling_kernel, shortcuts),
        )

    before = _before(inputs, configs)
    return ResolutionStages(stage(*pair) for pair in zip(before, configs, strict=True))


def _before(inputs: int, configs: tuple[StageConfig, ...]) -> list[int]:
    return [inputs, *(config.width for config in configs[:-1])]
