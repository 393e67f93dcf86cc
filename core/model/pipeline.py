"""Timestep-forcing pipeline parallelism: each denoising step on a device of its own.

Rank k draws step k of every block, with its own memory of the noisy past, and sends only latents
to rank k + 1; the last rank gets finished latents and decodes them (2512.04677, Algorithm 4). While
it decodes block i, rank k denoises block i + steps - k: a stream is as fast as its slowest rank,
not as the sum of all steps.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import NamedTuple, Protocol

import torch
from torch import Tensor, distributed

from core.model.cache import Memory, TimestepForcingCache, initial_memory, open_views
from core.model.flow import schedule
from core.model.generator import Generator
from core.model.generator_config import Sampling
from core.model.rollout import BlockVelocity, offered, renewed_by
from core.model.transformer import Moment


class Line(Protocol):
    """How ranks hand tensors to each other."""

    @property
    def rank(self) -> int:
        """Return which one this is."""
        ...

    def send(self, tensor: Tensor, to: int) -> None:
        """Hand a tensor on, without waiting until it is taken."""
        ...

    def settle(self) -> None:
        """Wait until all that was sent is taken."""
        ...

    def receive(self, like: Tensor, source: int) -> Tensor:
        """Wait for a tensor of the shape and kind of another."""
        ...

    def share(self, tensor: Tensor, source: int) -> Tensor:
        """Give everybody the tensor of one rank; all ranks call it."""
        ...


class DistributedLine:
    """Satisfies `Line` by torch.distributed, NCCL on GPUs, Gloo elsewhere; see torchrun."""

    def __init__(self) -> None:
        self.rank = distributed.get_rank()
        self._sending: tuple[Tensor, distributed.Work | None] | None = None

    def send(self, tensor: Tensor, to: int) -> None:
        """See `Line`; one tensor is under way at most."""
        self.settle()
        whole = tensor.contiguous()
        self._sending = (whole, distributed.isend(whole, to))

    def settle(self) -> None:
        """See `Line`; what is forgotten on its way never arrives."""
        if self._sending and self._sending[1]:
            self._sending[1].wait()
        self._sending = None

    def receive(self, like: Tensor, source: int) -> Tensor:
        """See `Line`."""
        tensor = torch.empty_like(like)
        distributed.recv(tensor, source)
        return tensor

    def share(self, tensor: Tensor, source: int) -> Tensor:
        """See `Line`."""
        whole = tensor.contiguous()
        distributed.broadcast(whole, source)
        return whole


class StationState(NamedTuple):
    """What one step remembers of a stream; spent by the next block."""

    memory: Memory
    moment: Moment
    fresh: bool


@dataclass(frozen=True)
class Station:
    """One denoising step of a stream, with a memory of its own."""

    generator: Generator
    policy: TimestepForcingCache
    sampling: Sampling
    step: int

    @torch.no_grad()
    def start(self, references: Tensor, present: Tensor) -> StationState:
        """Begin with (batch, references, channels, grid, grid), present (batch, references)."""
        offer = offered(self.generator, self.sampling, references, present)
        memory = initial_memory(self.generator.config, self.policy, 1, offer)
        moment = self.generator.moment(references.new_full((1, 1), self._times[0]))
        return StationState(memory, moment, fresh=True)

    @torch.no_grad()
    def pass_on(
        self, point: Tensor, audio: Tensor, state: StationState
    ) -> tuple[Tensor, StationState]:
        """Take a block, (batch, block, channels, grid, grid), one step further."""
        memory, (now, then) = state.memory, self._times
        seat = self.policy.seat(memory.drawn, point.shape[1])
        views = open_views(self.generator, memory, seat)[0]
        block = BlockVelocity(self.generator, self.sampling.guidance, audio, state.fresh)
        point = point + (then - now) * block.velocity(point, state.moment, views)
        memory = memory._replace(drawn=seat.start + point.shape[1])
        return point, state._replace(memory=memory, fresh=False)

    @torch.no_grad()
    def renewed(self, first: Tensor, state: StationState) -> StationState:
        """Let the stream's own first latent, (batch, 1, ...), replace the references."""
        memory = renewed_by(self.generator, self.sampling, state.memory, first)
        return state._replace(memory=memory)

    @property
    def _times(self) -> tuple[float, float]:
        times = schedule(self.sampling.steps, self.sampling.shift)
        return list(pairwise(times))[self.step]


def denoise(
    station: Station,
    state: StationState,
    audio: Iterable[Tensor],
    noise: Iterator[Tensor],
    line: Line,
) -> None:
    """Do one step of every block of a stream: what ranks 0 to steps - 1 do.

    audio: what each block hears, (batch, block, width); noise: the blocks to begin with, of which
    the other ranks only take the shape.
    """
    for index, (sound, point) in enumerate(zip(audio, noise, strict=True)):
        if index == 1 and station.policy.renews:  # before anything that waits for other ranks
            first = line.share(torch.empty_like(point[:, :1]), station.sampling.steps)
            state = station.renewed(first, state)
        if line.rank > 0:
            point = line.receive(point, line.rank - 1)
        point, state = station.pass_on(point, sound, state)
        line.send(point, line.rank + 1)
    line.settle()


def finished(noise: Iterable[Tensor], renews: bool, line: Line) -> Iterator[Tensor]:
    """Give the finished latents of each block, on the last rank, where they are decoded.

    noise: blocks of the same shapes and kind. The first latent goes back to all other ranks.
    """
    for index, like in enumerate(noise):
        latents = line.receive(like, line.rank - 1)
        if index == 0 and renews:
            line.share(latents[:, :1], line.rank)
        yield latents
