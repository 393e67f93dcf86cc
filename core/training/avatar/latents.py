"""The VAE, no longer learning, as the generator's eyes: clips to latents at its scale."""

from typing import NamedTuple

import torch
from torch import Tensor

from core.model.avatar import Avatar
from core.training.avatar.stage import Clip, Clips

LEAST = 1e-3
"""Deviation of a channel that says nothing."""


class Seen(NamedTuple):
    """What a generator learns from a clip's pictures, at its scale."""

    latents: Tensor
    """(batch, latents, channels, grid, grid)"""
    references: Tensor
    """(batch, references, channels, grid, grid)"""


@torch.no_grad()
def seen(avatar: Avatar, clip: Clip) -> Seen:
    """Encode a clip and its references; each of these is a video of one frame."""
    latents = avatar.vae.encode(clip.frames)[0].mean
    return Seen(avatar.drawable(latents.float()), encoded(avatar, clip.references))


@torch.no_grad()
def encoded(avatar: Avatar, references: Tensor) -> Tensor:
    """Encode references (batch, references, 3, h, w), each by itself, to the generator's scale."""
    alone = references.flatten(0, 1)[:, None]
    latents = avatar.vae.encode(alone)[0].mean
    photos = latents.view(*references.shape[:2], *latents.shape[2:])
    return avatar.drawable(photos.float())


@torch.no_grad()
def measure(avatar: Avatar, clips: Clips, batch: int, frames: int, draws: int) -> None:
    """Set the scale at which the generator sees latents, from those of some clips."""
    channels = avatar.config.vae.channels
    values = []
    for _ in range(draws):
        mean = avatar.vae.encode(clips.draw(batch, frames).frames)[0].mean
        values.append(mean.float().transpose(0, 2).reshape(channels, -1))
    every = torch.cat(values, 1)
    avatar.mean.copy_(every.mean(1)[:, None, None])
    avatar.deviation.copy_(every.std(1).clamp(min=LEAST)[:, None, None])
