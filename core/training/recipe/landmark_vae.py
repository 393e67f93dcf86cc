"""The VAE whose latents landmarks tell as well, and its coarse flow."""

from typing import NamedTuple, Protocol

import torch
from torch import Tensor, nn

from core.model.avatar import AvatarConfig
from core.model.vae.causal_vae import CausalVideoVae
from core.model.vae.decoder import DecoderOutput
from core.model.vae.flow_field import FlowField
from core.training.avatar.vae import VaeBatch, compose_frames
from core.training.recipe.landmark_latents import LandmarkAutoencoder
from core.training.trainer.clip_batch import ClipBatch, ClipSource, PhotographedClip

MIN_LATENT_STD = 1e-3


class LandmarkClipBatch(ClipBatch, PhotographedClip, Protocol):
    """Clips whose references' landmarks are known too."""


class LandmarkVaeBatch(NamedTuple):
    """A batch of the VAE, and the landmarks of its frames and references."""

    vae: VaeBatch
    landmarks: Tensor
    reference_landmarks: Tensor


class LandmarkVae(nn.Module):
    """A VAE, and the autoencoder of landmarks that gives its latents."""

    def __init__(self, config: AvatarConfig) -> None:
        super().__init__()
        vae = config.vae
        self.vae = CausalVideoVae(vae)
        self.landmarks = LandmarkAutoencoder(
            vae.latent_channels, vae.size // vae.spatial_stride, vae.frames_per_latent
        )
        self.latent_mean: Tensor
        self.latent_std: Tensor
        self.register_buffer("latent_mean", torch.zeros(vae.latent_channels, 1, 1))
        self.register_buffer("latent_std", torch.ones(vae.latent_channels, 1, 1))

    @torch.no_grad()
    def fit_latent_scale(self, source: ClipSource, batch_size: int, batches: int) -> None:
        """Measure mean and standard deviation, by channel, of latents from landmarks."""
        span = self.landmarks.span
        found = [
            self.landmarks.encode(source.next_batch(batch_size, 1 + span).landmarks[..., :2])
            for _ in range(batches)
        ]
        values = torch.cat(found).transpose(0, 2).flatten(1)
        self.latent_mean.copy_(values.mean(1)[:, None, None])
        self.latent_std.copy_(values.std(1).clamp(min=MIN_LATENT_STD)[:, None, None])

    def decode(
        self, frames: "LandmarkVaeBatch", encoded: bool, noise: float, paints: bool = True
    ) -> "Decoding":
        """Decode clips with their references, all references' latents also read by the encoder.

        `encoded`: latents of references are the encoder's, and those of every other clip too;
        otherwise all come from landmarks, with some noise.
        """
        vae, batch = self.vae, frames.vae
        z = self.landmarks.encode(frames.landmarks).detach()
        reference_z = self.landmarks.encode_photos(frames.reference_landmarks).detach()
        levels = vae.encoder.features(batch.references.movedim(2, -1))
        read = vae.encoder.reference_latents(levels[-1])  # (batch, references, h, w, channels)
        photos = frames.reference_landmarks.flatten(0, 1)[:, None]
        errors = []
        if read.numel():
            alone = read.movedim(-1, 2).flatten(0, 1)[:, None]
            errors.append(self._error(alone, reference_z.flatten(0, 1)[:, None], photos))
        used, used_references = self._noisy(z, noise), self._noisy(reference_z, noise)
        if encoded:
            mean = vae.encode(batch.frames[::2])[0].mean
            errors.append(self._error(mean, z[::2], frames.landmarks[::2]))
            used[::2] = mean
            used_references = read.movedim(-1, 2)
        prepared = vae.decoder.prepare_references(
            levels, used_references.movedim(2, -1), batch.references
        )
        output, _ = vae.decode(used, prepared)
        composed = compose_frames(vae, output.composition, batch, paints)
        error = torch.stack(errors).mean() if errors else composed.new_zeros(())
        return Decoding(composed, output, error)

    def _noisy(self, latents: Tensor, noise: float) -> Tensor:
        return latents + noise * self.latent_std * torch.randn_like(latents)

    def _error(self, made: Tensor, true: Tensor, landmarks: Tensor) -> Tensor:
        """Return the mean squared error of latents as a share of their variance, and that of what
        is read from them: lips are a small part of the variance."""
        square = ((made - true) / self.latent_std).square().mean()
        return square + self.landmarks.reading_loss(made, landmarks)


class Decoding(NamedTuple):
    """What `LandmarkVae.decode` gives."""

    frames: Tensor
    decoded: DecoderOutput
    latent_error: Tensor
    """Of the encoder: as a share of the latents' variance, and of what is read from them."""


class References(NamedTuple):
    """Photos of a batch of people."""

    landmarks: Tensor
    """(batch, references, 478, 2)"""
    pictures: Tensor
    """(batch, references, 3, h, w)"""


def coarse_flow(
    network: LandmarkVae,
    z: Tensor,
    references: References,
    noise: float = 0.0,
    read: bool = False,
) -> FlowField:
    """Return the coarse flow of latents to references; the encoder that sees them is frozen.

    `read`: references' latents are the encoder's, as they are live, and not those of landmarks.
    """
    decoder, encoder = network.vae.decoder, network.vae.encoder
    assert decoder.skip is not None
    with torch.no_grad():
        seen = encoder.features(references.pictures.movedim(2, -1))
    reference_z = (
        encoder.reference_latents(seen[-1]).detach().movedim(-1, 2)
        if read
        else network.landmarks.encode_photos(references.landmarks)
    )
    z, reference_z = (part + noise * torch.randn_like(part) for part in (z, reference_z))
    z, reference_z = z.movedim(2, -1), reference_z.movedim(2, -1)
    known = decoder.prepare_skip(seen, reference_z, references.pictures)
    mid = decoder.d1(z, None)[0][-1]
    field: FlowField = decoder.skip.flow_regression(z, mid, known, None)[0]
    return field
