"""Levels of resolution: a change on the way in, residual blocks, and what both remember."""

from collections.abc import Callable, Iterator
from typing import NamedTuple, TypeAlias

from torch import Tensor, nn

from core.model.layers import ResidualBlock, Row
from core.model.shortcuts import SpaceDown, SpaceUp, TimeDown, TimeUp
from core.model.vae_config import StageConfig


class StageState(NamedTuple):
    """What a stage remembers of the frames so far."""

    step: Tensor
    blocks: tuple[Tensor, ...]


StageStates: TypeAlias = tuple[StageState, ...]


class Stage(nn.Module):
    """One level: time, then space, then residual blocks."""

    def __init__(
        self, config: StageConfig, time: TimeDown | TimeUp | None, space: SpaceDown | SpaceUp
    ) -> None:
        super().__init__()
        self.config = config
        self.time: nn.Module | None = time
        self.space: nn.Module = space
        self.blocks: Row[ResidualBlock] = Row(
            ResidualBlock(config.width, config.memory, config.separable)
            for _ in range(config.depth)
        )

    def forward(
        self, x: Tensor, state: StageState | None, hint: Callable[[Tensor], Tensor] | None = None
    ) -> tuple[Tensor, StageState]:
        """Take (batch, time, height, width, channels of the level before); None starts a clip.

        `hint` adds to the video before the blocks.
        """
        step = state.step if state else None
        if self.time is None:
            step = x[:, :0]
        else:
            x, step = self.time(x, step)
        x = self.space(x)
        x = x if hint is None else hint(x)
        before = state.blocks if state else [None] * len(self.blocks)
        after = []
        for block, past in zip(self.blocks, before, strict=True):
            x, past = block(x, past)
            after.append(past)
        return x, StageState(step, tuple(after))


class Stages(Row[Stage]):
    """Levels in a row."""

    def forward(self, x: Tensor, states: StageStates | None) -> tuple[list[Tensor], StageStates]:
        """Return what each level gives, the last one last."""
        levels, after = [], []
        for stage, state in self.with_states(states):
            x, state = stage(x, state)
            levels.append(x)
            after.append(state)
        return levels, tuple(after)

    def with_states(self, states: StageStates | None) -> Iterator[tuple[Stage, StageState | None]]:
        """Return each level with what it remembers."""
        return zip(self, states or [None] * len(self), strict=True)


def down_stages(inputs: int, configs: tuple[StageConfig, ...], shortcuts: bool) -> Stages:
    """Return levels that get coarser, from `inputs` channels."""

    def stage(before: int, to: StageConfig) -> Stage:
        time = TimeDown(before, to.time, shortcuts) if to.time > 1 else None
        return Stage(to, time, SpaceDown(before, to.width, to.space, to.kernel, shortcuts))

    before = _before(inputs, configs)
    return Stages(stage(*pair) for pair in zip(before, configs, strict=True))


def up_stages(inputs: int, configs: tuple[StageConfig, ...], shortcuts: bool) -> Stages:
    """Return levels that get finer, from `inputs` channels."""

    def stage(before: int, to: StageConfig) -> Stage:
        time = TimeUp(before, to.time, shortcuts) if to.time > 1 else None
        return Stage(to, time, SpaceUp(before, to.width, to.space, to.kernel, shortcuts))

    before = _before(inputs, configs)
    return Stages(stage(*pair) for pair in zip(before, configs, strict=True))


def _before(inputs: int, configs: tuple[StageConfig, ...]) -> list[int]:
    return [inputs, *(config.width for config in configs[:-1])]
