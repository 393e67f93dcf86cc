"""Weights and noise that are the same on every machine.

torch's are not: what it draws depends on the processor, and what a network begins with on how it
was put together.
"""

from typing import TypeVar

import numpy as np
import torch
from torch import Tensor, nn

N = TypeVar("N", bound=nn.Module)


def normal(*shape: int, seed: int = 0) -> Tensor:
    """Return normal numbers in double precision."""
    return torch.from_numpy(np.random.default_rng(seed).standard_normal(shape))


def uniform(*shape: int, seed: int = 0) -> Tensor:
    """Return numbers in [-1, 1) in double precision."""
    return torch.from_numpy(np.random.default_rng(seed).uniform(-1, 1, shape))


@torch.no_grad()
def filled(
    network: N,
    seed: int = 0,
    share: float = 1.0,
    vectors: float = 0.3,
    matrices: float | None = None,
) -> N:
    """Give every parameter a value, in their order; layers that do nothing would hide errors.

    Matrices get a deviation of `share` over the root of their inputs, or of `matrices` if that is
    given; vectors one of `vectors`.
    """
    random = np.random.default_rng(seed)
    for parameter in network.parameters():
        deviation = vectors
        if parameter.ndim > 1:
            deviation = matrices or share / parameter[0].numel() ** 0.5
        drawn = deviation * random.standard_normal(tuple(parameter.shape))
        parameter.copy_(torch.from_numpy(np.asarray(drawn)))
    return network
