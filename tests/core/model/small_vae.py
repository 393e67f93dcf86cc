"""A VAE small enough to be tried in milliseconds, with weights that do something everywhere."""

from dataclasses import replace
from typing import TypeVar

import torch
from torch import Tensor, nn

from core.model.vae.causal_vae import CausalVideoVae
from core.model.vae.vae_config import (
    ReferenceAttentionConfig,
    StageConfig,
    VaeConfig,
    WarpedSkipConfig,
)
from tests.draws import filled, uniform

N = TypeVar("N", bound=nn.Module)

SMALL = VaeConfig(
    size=32,
    e1=(
        StageConfig(8, spatial_factor=2, resampling_kernel=3),
        StageConfig(12, spatial_factor=2, temporal_factor=2, resampling_kernel=3),
        StageConfig(16, depth=2, spatial_factor=2, temporal_factor=2, resampling_kernel=3),
    ),
    e2=(StageConfig(12, spatial_factor=2, resampling_kernel=3),),
    d1=(StageConfig(12), StageConfig(16, spatial_factor=2)),
    reference_attention=ReferenceAttentionConfig(width=16, heads=2, blocks=2, patch_size=2),
    skip=WarpedSkipConfig(
        flow_channels=8,
        feature_channels=4,
        hidden_channels=4,
        regressed_steps=4,
        shows_stretch=True,
        carries_flow=True,
        flow_blocks=1,
        placement_channels=6,
        sees_appearance=True,
        scales_flow=True,
        layered=True,
    ),
    d2=(
        StageConfig(16, depth=2),
        StageConfig(8, spatial_factor=2, temporal_factor=2, resampling_kernel=3),
        StageConfig(6, spatial_factor=2, temporal_factor=2, temporal_kernel=2),
    ),
    head_upsampling=2,
    latent_channels=8,
)
"""Latents of 2x2 for frames of 32x32."""
PLAIN = replace(SMALL, skip=None, shortcuts=False)
"""Neither skip nor shortcuts."""


def randomised(network: N) -> N:
    """Give every weight a value, in double precision."""
    return filled(network.double().eval())


def noise(*shape: int, seed: int = 0) -> Tensor:
    """Return numbers in [-1, 1]."""
    return uniform(*shape, seed=seed)


def small_vae(config: VaeConfig = SMALL) -> CausalVideoVae:
    """Return a VAE in double precision, so that what should be equal is."""
    return randomised(CausalVideoVae(config))


def faded(height: int, width: int) -> Tensor:
    """Return a smooth picture (3, height, width) that is nowhere like elsewhere."""
    y = torch.linspace(0, 1, height, dtype=torch.float64)[:, None]
    x = torch.linspace(0, 1, width, dtype=torch.float64)
    return torch.stack([torch.sin(3 * x + y), torch.cos(2 * y - x), (x - y).expand(height, width)])
