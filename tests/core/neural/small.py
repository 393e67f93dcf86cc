"""An avatar model small enough to be tried in milliseconds; reference frames without a photo."""

from dataclasses import replace
from typing import Any

import numpy as np
import torch

from core.model.avatar import Avatar, AvatarConfig
from core.model.generator.generator_config import AudioConfig, Sampling
from core.neural.references import ReferenceFrames
from core.perception.speech.config import SpeechConfig
from core.perception.speech.encoder_torch import SpeechEncoder
from core.video import VideoFormat
from tests.core.model.small import SMALL as GENERATOR
from tests.core.model.small_vae import SMALL as VAE
from tests.draws import filled, uniform

FORMAT = VideoFormat(96, 64)
HEARING = SpeechConfig(feature_width=5)
CONFIG = AvatarConfig(
    VAE,
    replace(
        GENERATOR,
        latent_channels=VAE.latent_channels,
        audio=AudioConfig(feature_size=5, hidden=8, width=6, past_frames=2),
        sampling=Sampling(block=1, steps=2, shift=3.0, cfg_scale=1.0),
    ),
)


def avatar(seed: int = 0) -> Avatar:
    """Return a model in which every weight says something."""
    network = Avatar(CONFIG).eval().requires_grad_(False)
    filled(network.generator, seed, matrices=0.2, vectors=0.2)
    filled(network.vae, seed + 100, matrices=0.1, vectors=0.1)
    return network


def sampled(**changes: Any) -> Sampling:
    """Return the model's sampling with changes."""
    return replace(CONFIG.generator.sampling, **changes)


def encoder() -> SpeechEncoder:
    """Return an audio encoder with five features."""
    torch.manual_seed(1)
    return SpeechEncoder(HEARING).eval().requires_grad_(False)


def reference_frames(
    references: int = 1, side: int = 48, corner: tuple[int, int] = (20, 8)
) -> ReferenceFrames:
    """Return crops with smooth colours in a grey frame."""
    y, x = np.mgrid[0:side, 0:side] * (200 / side)
    squares = tuple(
        np.dstack([x, y, np.full_like(x, 40 * (n + 1))]).astype(np.uint8) for n in range(references)
    )
    seen = uniform(1, references, 3, VAE.size, VAE.size, seed=2).float()
    backdrop = np.full((FORMAT.height, FORMAT.width, 3), 90, np.uint8)
    return ReferenceFrames(seen, squares, backdrop, corner)
