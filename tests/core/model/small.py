"""Generators small enough to test, with random weights, for a fresh one predicts zero."""

from dataclasses import replace
from typing import Any

import torch
from torch import Tensor

from core.model.generator.flow_transformer import Conditions, Generator
from core.model.generator.generator_config import AudioConfig, GeneratorConfig, Sampling
from tests.draws import filled

SMALL = GeneratorConfig(
    grid=2,
    width=32,
    layers=2,
    heads=2,
    mlp_ratio=2,
    audio=AudioConfig(feature_size=5, hidden=8, width=6, past_frames=2),
    sampling=Sampling(block=2, steps=2, shift=3.0, cfg_scale=1.0),
    latent_channels=4,
    window=8,
    history=4,
    sink_distance=6,
    rotary_period=32,
)


def generator(seed: int = 0) -> Generator:
    """Return a generator in which every part matters, in double precision."""
    return filled(Generator(SMALL).double().eval(), seed, matrices=0.3)


def latents(count: int, batch: int = 2) -> Tensor:
    """Return noise shaped like latents, (batch, count, channels, grid, grid)."""
    return torch.randn(
        batch, count, SMALL.latent_channels, SMALL.grid, SMALL.grid, dtype=torch.float64
    )


def audio(count: int, batch: int = 2) -> Tensor:
    """Return random audio embeddings, (batch, count, width)."""
    return torch.randn(batch, count, SMALL.audio.width, dtype=torch.float64)


def conditions(count: int, batch: int = 2, references: int = 2) -> Conditions:
    """Return conditions of a clip from its start, with all references present."""
    is_first = torch.arange(count).expand(batch, -1) == 0
    has_reference = torch.ones(batch, references, dtype=torch.bool)
    has_audio = torch.ones(batch, dtype=torch.bool)
    return Conditions(
        audio(count, batch), has_audio, latents(references, batch), has_reference, is_first
    )


def sampled(**changes: Any) -> Sampling:
    """Return the small generator's sampling with changes."""
    return replace(SMALL.sampling, **changes)
