"""Encode clips with the frozen VAE into normalised latents."""

from typing import NamedTuple

import torch
from torch import Tensor

from core.model.avatar import Avatar
from core.training.trainer.clip_batch import ClipBatch, ClipSource, LatentClip

MIN_STD = 1e-3
"""Standard deviation assumed of a constant channel."""


class EncodedClip(NamedTuple):
    """Normalised latents of clips and of their references."""

    latents: Tensor
    """(batch, latents, channels, grid, grid)"""
    references: Tensor
    """(batch, references, channels, grid, grid)"""


@torch.no_grad()
def encode_clip(avatar: Avatar, clip: ClipBatch | LatentClip) -> EncodedClip:
    """Return normalised latents of clips and of their references, each a video of one frame."""
    if isinstance(clip, LatentClip):
        return EncodedClip(avatar.normalize(clip.latents), avatar.normalize(clip.references))
    latents = avatar.vae.encode(clip.frames)[0].mean
    return EncodedClip(avatar.normalize(latents.float()), encode_references(avatar, clip))


@torch.no_grad()
def encode_references(avatar: Avatar, clip: ClipBatch | LatentClip) -> Tensor:
    """Return normalised latents of clips' references alone, each a video of one frame."""
    if isinstance(clip, LatentClip):
        return avatar.normalize(clip.references)
    videos = clip.references.flatten(0, 1)[:, None]
    latents = avatar.vae.encode(videos)[0].mean
    latents = latents.view(*clip.references.shape[:2], *latents.shape[2:])
    return avatar.normalize(latents.float())


@torch.no_grad()
def fit_latent_scale(
    avatar: Avatar, source: ClipSource, batch_size: int, frames: int, batches: int
) -> None:
    """Set the avatar's latent mean and standard deviation, by channel, from some batches."""
    channels = avatar.config.vae.latent_channels
    values = []
    for _ in range(batches):
        mean = avatar.vae.encode(source.next_batch(batch_size, frames).frames)[0].mean
        values.append(mean.float().transpose(0, 2).reshape(channels, -1))
    every = torch.cat(values, 1)
    avatar.mean.copy_(every.mean(1)[:, None, None])
    avatar.std.copy_(every.std(1).clamp(min=MIN_STD)[:, None, None])
