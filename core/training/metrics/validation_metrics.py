"""Validation of a generator in training: lip-sync of the frames its samples decode to."""

from collections.abc import Mapping

import torch
from torch import Tensor

from core.model.avatar import Avatar
from core.model.vae.flow_field import Composition, compose
from core.perception.face.finder import FaceFinder
from core.training.metrics.batch_landmarks import BatchLandmarkDetector
from core.training.metrics.correlation import best_lag_correlation
from core.training.metrics.lip_sync import MAX_LAG, MS_PER_FRAME
from core.training.trainer.stage import ClipBatch

MIN_FRAMES = 2 * MAX_LAG + 2
"""Frames of a clip from which the best lag can be sought."""


@torch.no_grad()
def lip_sync_metrics(avatar: Avatar, latents: Tensor, clip: ClipBatch) -> Mapping[str, float]:
    """Decode sampled latents with the first reference and correlate the lips with what is said.

    latents: (batch, latents, channels, grid, grid) at the generator's scale. Clips too short for
    that give no metrics.
    """
    if clip.frames.shape[1] <= MIN_FRAMES:
        return {}
    photos, device = clip.references[:, :1], latents.device
    decoded = avatar.vae.decode(avatar.denormalize(latents), avatar.vae.encode_references(photos))[
        0
    ].composition
    with torch.autocast(device.type, enabled=False):
        layers = Composition(*(part.float() for part in decoded))
        frames = compose(layers, photos.float(), (photos.shape[3], photos.shape[4]))
        detector = BatchLandmarkDetector(FaceFinder(), device)
        pairs = [
            (
                detector.detect(drawn[1:].clamp(-1, 1), near)
                .mouth_opening()
                .cpu()
                .double()
                .numpy(),
                opening[1:].cpu().double().numpy(),
            )
            for drawn, near, opening in zip(
                frames, clip.landmarks[:, 0], clip.speech.opening, strict=True
            )
        ]
    best = best_lag_correlation(pairs, MAX_LAG)
    return {"lips": best.correlation, "late": MS_PER_FRAME * best.lag}
