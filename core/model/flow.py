"""Rectified flow: the straight path from data to noise, and the way back in a few steps."""

from collections.abc import Callable, Sequence
from itertools import pairwise
from typing import TypeVar

import torch
from torch import Tensor

T = TypeVar("T", float, Tensor)


def noised(clean: Tensor, noise: Tensor, time: Tensor) -> Tensor:
    """Return the point at `time` on the line from clean, 0, to noise, 1; shapes broadcast."""
    return (1 - time) * clean + time * noise


def velocity(clean: Tensor, noise: Tensor) -> Tensor:
    """Return what a generator learns to say at any point of the line."""
    return noise - clean


def clean_from(point: Tensor, velocity: Tensor, time: Tensor | float) -> Tensor:
    """Return the end of the line that passes `point` at `time` with `velocity`."""
    return point - time * velocity


def shifted(time: T, shift: float) -> T:
    """Move times in [0, 1] towards noise; the ends stay."""
    return shift * time / (shift * time + (1 - time))


def schedule(steps: int, shift: float) -> tuple[float, ...]:
    """Return the steps + 1 times of the way back, from 1 to 0."""
    return tuple(shifted(1 - step / steps, shift) for step in range(steps + 1))


def draw_times(shape: Sequence[int], shift: float, random: torch.Generator | None = None) -> Tensor:
    """Return times for training, logit-normal before the shift: most where most is learned."""
    device = random.device if random is not None else None
    return shifted(torch.randn(tuple(shape), generator=random, device=device).sigmoid(), shift)


def descend(
    velocity: Callable[[Tensor, int], Tensor], noise: Tensor, times: Sequence[float]
) -> Tensor:
    """Go from noise at times[0] along velocity(point, step) to times[-1], by Euler's steps."""
    point = noise
    for step, (now, then) in enumerate(pairwise(times)):
        point = point + (then - now) * velocity(point, step)
    return point


def guided(pair: Tensor, guidance: float) -> Tensor:
    """Return velocities with the conditions' effect weighted.

    `pair` is (2 * batch, ...): with conditions, then without.
    """
    given, without = pair.chunk(2)
    return without + guidance * (given - without)


def disturbed(context: Tensor, level: Tensor, noise: Tensor) -> Tensor:
    """Return past latents as uncertain as a generator's own, for training.

    2606.01620 draws `level` from 0 to 0.7. The noise is added and nothing is scaled, as errors
    are; the generator is not told how much there is, for nobody can tell it later.
    """
    return context + level * noise
