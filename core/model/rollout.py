"""Drawing latents without end: block after block, each from noise, sound and memory."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import torch
from torch import Tensor

from core.model.attention import View
from core.model.cache import CachePolicy, Memory, initial_memory, open_views, renewed
from core.model.flow import descend, guided, schedule
from core.model.generator import Generator, References
from core.model.generator_config import Sampling
from core.model.transformer import Moment


class RolloutState(NamedTuple):
    """What a stream has come to; spent by the next step, see `core.model.cache`."""

    memory: Memory
    moments: tuple[Moment, ...]
    """What the times mean at which the network is asked: those of the steps, and clean."""
    fresh: bool
    """Whether no block was drawn yet."""

    def copy(self) -> "RolloutState":
        """Return a state that shares nothing with this one."""
        return self._replace(memory=self.memory.copy())


@dataclass(frozen=True)
class Rollout:
    """Draws streams of latents. It remembers nothing itself, so it serves any number of them."""

    generator: Generator
    policy: CachePolicy
    sampling: Sampling

    @torch.no_grad()
    def start(self, references: Tensor, present: Tensor) -> RolloutState:
        """Begin with (batch, references, channels, grid, grid), present (batch, references)."""
        offer = offered(self.generator, self.sampling, references, present)
        steps = self.sampling.steps
        memory = initial_memory(self.generator.config, self.policy, steps, offer)
        moments = (self.generator.moment(references.new_full((1, 1), time)) for time in self._times)
        return RolloutState(memory, tuple(moments), fresh=True)

    @torch.no_grad()
    def step(
        self, noise: Tensor, audio: Tensor, state: RolloutState
    ) -> tuple[Tensor, RolloutState]:
        """Turn noise into the next block of latents, (batch, block, channels, grid, grid).

        `audio` is from `Generator.audio`, (batch, block, audio.width). A block may be smaller
        than `sampling.block`, from one step to the next.

        Raises:
            ValueError: it is larger.
        """
        memory, size = state.memory, noise.shape[1]
        if size > self.sampling.block:
            raise ValueError(f"a block of {size} latents, at most {self.sampling.block} fit")
        block = BlockVelocity(self.generator, self.sampling.guidance, audio, state.fresh)
        seat = self.policy.seat(memory.drawn, size)
        views = open_views(self.generator, memory, seat)

        def velocity(point: Tensor, step: int) -> Tensor:
            return block.velocity(point, state.moments[step], views[self.policy.level(step)])

        latents = descend(velocity, noise, self._times)
        settled = self.policy.settle(memory.drawn, size)
        if settled is not None:
            clean = open_views(self.generator, memory, settled)[0]
            block.velocity(latents, state.moments[-1], clean)
            seat = settled
        memory = memory._replace(drawn=seat.start + size)
        if state.fresh and self.policy.renews:
            memory = renewed_by(self.generator, self.sampling, memory, latents[:, :1])
        return latents, RolloutState(memory, state.moments, fresh=False)

    @property
    def _times(self) -> tuple[float, ...]:
        return schedule(self.sampling.steps, self.sampling.shift)


def offered(
    generator: Generator, sampling: Sampling, references: Tensor, present: Tensor
) -> References:
    """Return what references offer; with guidance there is a second half that knows none."""
    if sampling.guidance != 1:
        references = torch.cat([references, references])
        present = torch.cat([present, torch.zeros_like(present)])
    return generator.references(references, present)


def renewed_by(generator: Generator, sampling: Sampling, memory: Memory, first: Tensor) -> Memory:
    """Let the first latent drawn, (batch, 1, ...), be the only reference."""
    count = memory.references.present.shape[1]
    only = torch.arange(count, device=first.device).expand(len(first), -1) == 0
    many = first.expand(-1, count, -1, -1, -1)
    return renewed(memory, offered(generator, sampling, many, only))


class BlockVelocity:
    """A block's conditions, and the velocity they give; doubled where there is guidance."""

    def __init__(self, generator: Generator, guidance: float, audio: Tensor, fresh: bool) -> None:
        self._generator, self._guidance = generator, guidance
        self._copies = 1 if guidance == 1 else 2
        batch, block, _ = audio.shape
        heard = torch.arange(self._copies * batch, device=audio.device) < batch
        self._audio = generator.hear(torch.cat([audio] * self._copies), heard)
        first = torch.arange(block, device=audio.device) == (0 if fresh else -1)
        self._first = first.expand(len(heard), -1)

    def velocity(self, latents: Tensor, moment: Moment, views: Sequence[View]) -> Tensor:
        """Say where latents (batch, block, ...) must go at a moment, as seen from `views`."""
        x = torch.cat([latents] * self._copies)
        velocity, _ = self._generator.step(x, moment, self._audio, self._first, views)
        return velocity if self._copies == 1 else guided(velocity, self._guidance)
