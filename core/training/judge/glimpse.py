"""A first glimpse at the lips of what a generator draws, while it still learns."""

from collections.abc import Mapping

import torch
from torch import Tensor

from core.model.avatar import Avatar
from core.model.field import Composition, compose
from core.perception.face import FaceFinder
from core.training.avatar.stage import Clip
from core.training.judge.conduct import MS, REACH
from core.training.judge.curves import agreement
from core.training.judge.mesh import Meshes

LEAST = 2 * REACH + 2
"""Frames of lips that can be compared with anything."""


@torch.no_grad()
def lip_figures(avatar: Avatar, drawn: Tensor, clip: Clip) -> Mapping[str, float]:
    """Return how lips drawn for clips go with what is said there, seen with the first reference.

    drawn: (batch, latents, channels, grid, grid) at the generator's scale. Clips too short to be
    compared give nothing.
    """
    if clip.frames.shape[1] <= LEAST:
        return {}
    photos, device = clip.references[:, :1], drawn.device
    decoded = avatar.vae.decode(avatar.decodable(drawn), avatar.vae.refer(photos))[0].layers
    with torch.autocast(device.type, enabled=False):
        layers = Composition(*(part.float() for part in decoded))
        frames = compose(layers, photos.float(), (photos.shape[3], photos.shape[4]))
        meshes = Meshes(FaceFinder(), device)
        pairs = [
            (
                meshes.find(one[1:].clamp(-1, 1), about).opening().cpu().double().numpy(),
                said[1:].cpu().double().numpy(),
            )
            for one, about, said in zip(
                frames, clip.landmarks[:, 0], clip.said.opening, strict=True
            )
        ]
    found = agreement(pairs, REACH)
    return {"lips": found.correlation, "late": MS * found.lag}
