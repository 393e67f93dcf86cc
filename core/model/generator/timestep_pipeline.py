"""Timestep-forcing pipeline parallelism: each denoising step on a device of its own.

Rank k does step k of every block, with its own KV cache of the noisy past, and sends only latents
to rank k + 1; the last rank gets finished latents and decodes them (2512.04677, Algorithm 4). While
it decodes block i, rank k denoises block i + steps - k: a stream is as fast as its slowest rank,
not as the sum of all steps.
"""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import pairwise
from typing import NamedTuple, Protocol, TypeAlias

import torch
from torch import Tensor, distributed

from core.model.generator.dit_block import Modulation
from core.model.generator.flow_transformer import Generator
from core.model.generator.generator_config import Sampling
from core.model.generator.kv_cache import (
    KVCache,
    TimestepForcingPolicy,
    cached_attention,
    initial_kv_cache,
)
from core.model.generator.rectified_flow import timestep_schedule
from core.model.generator.rollout import BlockVelocity, cfg_reference_key_values, replace_sink
from core.sentence import said


class RankLost(RuntimeError):
    """Another rank is gone, or does not answer."""


class RankLink(Protocol):
    """Communication between ranks; whatever does not arrive raises RankLost."""

    @property
    def rank(self) -> int:
        """Return this process's rank."""
        ...

    def send(self, tensor: Tensor, to: int) -> None:
        """Send a tensor, without waiting until it is received."""
        ...

    def flush(self) -> None:
        """Wait until all that was sent is received."""
        ...

    def receive(self, like: Tensor, source: int) -> Tensor:
        """Wait for a tensor of the shape and type of another."""
        ...

    def broadcast(self, tensor: Tensor, source: int) -> Tensor:
        """Return the tensor of rank `source`; all ranks call it."""
        ...


class DistributedRankLink:
    """Satisfies `RankLink` by torch.distributed, NCCL on GPUs, Gloo elsewhere; see torchrun.

    Where ranks share a GPU, they talk by Gloo, and tensors travel through the host.
    """

    def __init__(self) -> None:
        self.rank = distributed.get_rank()
        self._through_host = distributed.get_backend() == "gloo"
        self._sending: tuple[Tensor, distributed.Work | None] | None = None

    def send(self, tensor: Tensor, to: int) -> None:
        """See `RankLink`; one tensor is under way at most."""
        self.flush()
        whole = self._packed(tensor)
        with _losses():
            self._sending = (whole, distributed.isend(whole, to))

    def flush(self) -> None:
        """See `RankLink`; a tensor that is freed on its way never arrives."""
        if self._sending and self._sending[1]:
            with _losses():
                self._sending[1].wait()
        self._sending = None

    def receive(self, like: Tensor, source: int) -> Tensor:
        """See `RankLink`."""
        tensor = torch.empty_like(self._packed(like))
        with _losses():
            distributed.recv(tensor, source)
        return tensor.to(like.device)

    def broadcast(self, tensor: Tensor, source: int) -> Tensor:
        """See `RankLink`."""
        whole = self._packed(tensor)
        with _losses():
            distributed.broadcast(whole, source)
        return whole.to(tensor.device)

    def _packed(self, tensor: Tensor) -> Tensor:
        """Return a tensor as it travels."""
        return (tensor.cpu() if self._through_host else tensor).contiguous()


@contextmanager
def _losses() -> Iterator[None]:
    """Raise RankLost for what torch.distributed says of other processes."""
    try:
        yield
    except RuntimeError as error:
        raise RankLost(said("another rank of the pipeline is gone: {0}", error)) from error


class DenoisingRankState(NamedTuple):
    """State of one denoising step of a stream; spent by the next block."""

    cache: KVCache
    modulation: Modulation
    at_start: bool


DenoiseStep: TypeAlias = Callable[
    [Tensor, Tensor, DenoisingRankState], tuple[Tensor, DenoisingRankState]
]
"""See `DenoisingRank.denoise`."""


@dataclass(frozen=True)
class DenoisingRank:
    """One denoising step of a stream, with a KV cache of its own."""

    generator: Generator
    policy: TimestepForcingPolicy
    sampling: Sampling
    step: int

    @torch.no_grad()
    def start(self, references: Tensor, has_reference: Tensor) -> DenoisingRankState:
        """Begin a stream; see `Rollout.start`."""
        generator, sampling = self.generator, self.sampling
        key_values = cfg_reference_key_values(generator, sampling, references, has_reference)
        cache = initial_kv_cache(generator.config, self.policy, 1, key_values)
        modulation = generator.modulate_block(self._timesteps[0])
        return DenoisingRankState(cache, modulation, at_start=True)

    @torch.no_grad()
    def denoise(
        self, point: Tensor, audio: Tensor, state: DenoisingRankState
    ) -> tuple[Tensor, DenoisingRankState]:
        """Do this rank's Euler step of a block, (batch, block, channels, grid, grid).

        The first rank is given standard normal noise; see `Generator.scale_noise`.
        """
        if self.step == 0:
            point = self.generator.scale_noise(point, self.sampling)
        cache, (now, then) = state.cache, self._timesteps
        slots = self.policy.slots(cache.length, point.shape[1])
        patterns = cached_attention(self.generator, cache, slots)[0]
        block = BlockVelocity(self.generator, self.sampling.cfg_scale, audio, state.at_start)
        point = point + (then - now) * block.velocity(point, state.modulation, patterns)
        cache = cache._replace(length=slots.start + point.shape[1])
        return point, state._replace(cache=cache, at_start=False)

    @torch.no_grad()
    def replace_sink(self, first: Tensor, state: DenoisingRankState) -> DenoisingRankState:
        """Make the stream's own first latent, (batch, 1, ...), the only reference."""
        cache = replace_sink(self.generator, self.sampling, state.cache, first)
        return state._replace(cache=cache)

    @property
    def _timesteps(self) -> tuple[float, float]:
        times = timestep_schedule(self.sampling.steps, self.sampling.shift)
        return list(pairwise(times))[self.step]


def run_denoising_rank(
    rank: DenoisingRank,
    state: DenoisingRankState,
    audio: Iterable[Tensor],
    noise: Iterator[Tensor],
    link: RankLink,
    denoise: DenoiseStep | None = None,
) -> None:
    """Do one denoising step of every block of a stream: the loop of ranks 0 to steps - 1.

    audio: each block's embedding, (batch, block, width); noise: as many blocks or more, of which
    the ranks after the first take only the shape; denoise: in place of the rank's own, captured.
    """
    for index, block_audio in enumerate(audio):
        point = next(noise)
        if link.rank > 0:
            point = link.receive(point, link.rank - 1)
        point, state = (denoise or rank.denoise)(point, block_audio, state)
        link.send(point, link.rank + 1)
        if index == 0 and rank.policy.replaces_sink:  # also where no other block follows
            first = link.broadcast(torch.empty_like(point[:, :1]), rank.sampling.steps)
            state = rank.replace_sink(first, state)
    link.flush()


def receive_latents(
    noise: Iterable[Tensor], replaces_sink: bool, link: RankLink
) -> Iterator[Tensor]:
    """Yield the finished latents of each block: the loop of the last rank, which decodes them.

    noise: blocks of the same shapes and type. The first latent goes back to all other ranks.
    """
    for index, like in enumerate(noise):
        latents = link.receive(like, link.rank - 1)
        if index == 0 and replaces_sink:
            link.broadcast(latents[:, :1], link.rank)
        yield latents
