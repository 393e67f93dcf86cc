"""Rectified flow: interpolation, timestep shift, Euler sampling, classifier-free guidance (CFG).

Timesteps run from 0, clean data, to 1, noise.
"""

from collections.abc import Callable, Sequence
from itertools import pairwise
from typing import TypeVar

import torch
from torch import Tensor

T = TypeVar("T", float, Tensor)


def interpolate(clean: Tensor, noise: Tensor, timestep: Tensor) -> Tensor:
    """Return the noisy point at `timestep` on the straight line from clean to noise."""
    return (1 - timestep) * clean + timestep * noise


def velocity_target(clean: Tensor, noise: Tensor) -> Tensor:
    """Return the velocity that a generator learns to predict, the same all along the line."""
    return noise - clean


def predict_clean(point: Tensor, velocity: Tensor, timestep: Tensor | float) -> Tensor:
    """Return the clean end of the line through `point` at `timestep` with `velocity`."""
    return point - timestep * velocity


def shift_timestep(timestep: T, shift: float) -> T:
    """Shift timesteps in [0, 1] towards noise; the ends stay."""
    return shift * timestep / (shift * timestep + (1 - timestep))


def timestep_schedule(steps: int, shift: float) -> tuple[float, ...]:
    """Return the steps + 1 shifted timesteps of sampling, from 1 to 0."""
    return tuple(shift_timestep(1 - step / steps, shift) for step in range(steps + 1))


def sample_timesteps(
    shape: Sequence[int], shift: float, random: torch.Generator | None = None
) -> Tensor:
    """Draw shifted logit-normal timesteps for training: most where most is learned."""
    device = random.device if random is not None else None
    normal = torch.randn(tuple(shape), generator=random, device=device)
    return shift_timestep(normal.sigmoid(), shift)


def euler_sample(
    velocity: Callable[[Tensor, int], Tensor], noise: Tensor, timesteps: Sequence[float]
) -> Tensor:
    """Integrate velocity(point, step) from noise at timesteps[0] to timesteps[-1], by Euler."""
    point = noise
    for step, (now, then) in enumerate(pairwise(timesteps)):
        point = point + (then - now) * velocity(point, step)
    return point


def apply_cfg(pair: Tensor, cfg_scale: float) -> Tensor:
    """Return velocities with classifier-free guidance.

    `pair` is (2 * batch, ...): conditional, then unconditional.
    """
    conditional, unconditional = pair.chunk(2)
    return unconditional + cfg_scale * (conditional - unconditional)


def add_context_noise(context: Tensor, level: Tensor, noise: Tensor) -> Tensor:
    """Add noise to clean context latents, against drift: a stream's own are not exact either.

    2606.01620 draws `level` from 0 to 0.7. The noise is added and nothing is scaled, as errors
    are; the generator is not told how much there is, for live nobody knows.
    """
    return context + level * noise
