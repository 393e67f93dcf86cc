"""Rectified flow: the straight path from data to noise, and the way back in a few steps."""

from collections.abc import Callable, Sequence
from itertools import pairwise
from typing import TypeVar

import torch
from torch import Tensor

T = TypeVar("T", float, Tensor)


def interpolate(clean: Tensor, noise: Tensor, timestep: Tensor) -> Tensor:
    """Return the point at `time` on the line from clean, 0, to noise, 1; shapes broadcast."""
    return (1 - timestep) * clean + timestep * noise


def velocity_target(clean: Tensor, noise: Tensor) -> Tensor:
    """Return what a generator learns to say at any point of the line."""
    return noise - clean


def predict_clean(point: Tensor, velocity: Tensor, timestep: Tensor | float) -> Tensor:
    """Return the end of the line that passes `point` at `time` with `velocity`."""
    return point - timestep * velocity


def shift_timestep(timestep: T, shift: float) -> T:
    """Move times in [0, 1] towards noise; the ends stay."""
    return shift * timestep / (shift * timestep + (1 - timestep))


def timestep_schedule(steps: int, shift: float) -> tuple[float, ...]:
    """Return the steps + 1 times of the way back, from 1 to 0."""
    return tuple(shift_timestep(1 - step / steps, shift) for step in range(steps + 1))


def sample_timesteps(
    shape: Sequence[int], shift: float, random: torch.Generator | None = None
) -> Tensor:
    """Return times for training, logit-normal before the shift: most where most is learned."""
    device = random.device if random is not None else None
    return shift_timestep(
        torch.randn(tuple(shape), generator=random, device=device).sigmoid(), shift
    )


def euler_sample(
    velocity: Callable[[Tensor, int], Tensor], noise: Tensor, timesteps: Sequence[float]
) -> Tensor:
    """Go from noise at times[0] along velocity(point, step) to times[-1], by Euler's steps."""
    point = noise
    for step, (now, then) in enumerate(pairwise(timesteps)):
        point = point + (then - now) * velocity(point, step)
    return point


def apply_cfg(pair: Tensor, cfg_scale: float) -> Tensor:
    """Return velocities with the conditions' effect weighted.

    `pair` is (2 * batch, ...): with conditions, then without.
    """
    given, without = pair.chunk(2)
    return without + cfg_scale * (given - without)


def add_context_noise(context: Tensor, level: Tensor, noise: Tensor) -> Tensor:
    """Return past latents as uncertain as a generator's own, for training.

    2606.01620 draws `level` from 0 to 0.7. The noise is added and nothing is scaled, as errors
    are; the generator is not told how much there is, for nobody can tell it later.
    """
    return context + level * noise
