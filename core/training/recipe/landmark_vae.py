"""Stages `geometry` to `motion`: the VAE with exact teachers, part after part.

Where a frame's places lie in a reference follows from the landmarks of both, so geometry is learned
first, without a picture: latents from landmarks, D1, and the coarse flow. Pictures come next, with
flows that are nearly right from the first step: reference attention, D2, masks, mouths and lids;
the encoder learns meanwhile to read the references' latents. Then all is trained together, from
latents of the encoder and of landmarks, so that both serve. At last the coarse flow alone learns
how things move from frame to frame, which the pictures' losses hardly see.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal, NamedTuple, Protocol

import numpy as np
import torch
from torch import Tensor, nn

from core.model.avatar import AvatarConfig
from core.model.vae.causal_vae import CausalVideoVae
from core.model.vae.decoder import DecoderOutput
from core.model.vae.flow_field import FlowField, Matting, resize_bilinear, size_of
from core.training.avatar.flow_supervision import (
    FlowTarget,
    flow_change_loss,
    flow_errors,
    flow_loss,
    selection_loss,
)
from core.training.avatar.vae import (
    PerceptualLoss,
    VaeBatch,
    VaeRecipe,
    make_vae_batch,
    reconstruction_losses,
)
from core.training.metrics.image_metrics import psnr
from core.training.metrics.lip_opening import lip_opening
from core.training.recipe.landmark_latents import LandmarkAutoencoder, open_eyes
from core.training.trainer.clip_batch import (
    ClipBatch,
    ClipSource,
    LengthPhase,
    SizePhase,
    clip_length_at,
    frames_in,
)

MIN_LATENT_STD = 1e-3
FLOW = "vae.decoder.skip.flow_regression."
GEOMETRY = ("landmarks.", "vae.decoder.d1.", FLOW)
"""Prefixes of what the stage `geometry` trains."""
Trained = Literal["landmarks", "geometry", "pictures", "joint", "motion"]
"""`landmarks`: the geometry of a decoder that is there, for which latents are found anew; what
reads flow from its mid level goes on learning."""
ENCODED_CLIPS = 4
"""One clip of so many is encoded where latents of landmarks are held to the encoder's, or where
flow is learned from both."""
PICTURELESS: Mapping[Trained, tuple[str, ...]] = MappingProxyType(
    {"landmarks": ("landmarks.", FLOW), "geometry": GEOMETRY, "motion": (FLOW,)}
)
"""Stages that paint no pictures, and prefixes of what they train."""


class LandmarkClipBatch(ClipBatch, Protocol):
    """Clips whose references' landmarks are known too."""

    @property
    def reference_landmarks(self) -> Tensor:
        """(batch, references, 478, 2): x and y in [-1, 1] across the reference."""
        ...


PICTURES = VaeRecipe(
    reference_count_weights=(0.05, 0.2, 0.45, 0.2, 0.1),
    clip_lengths=(LengthPhase(0.0, 5),),
    frame_sizes=(SizePhase(0.0, 1.0),),
    mouth_weight=60.0,
    eye_weight=40.0,
    lid_weight=9.0,
    unseen_weight=3.0,
    shut_weight=2.0,
    flow_weight=0.5,
    flow_change_weight=2.0,
    selection_weight=2.0,
    mask_weight=0.5,
    change_weight=0.5,
)
"""How pictures are learned: what matters most is what moves, and what no photo shows."""


@dataclass(frozen=True)
class LandmarkVaeRecipe:
    """What a stage trains, and its loss weights."""

    trains: Trained
    latent_noise: float = 0.1
    """Standard deviation of the noise on latents from landmarks: they must not hide anything."""
    reading_weight: float = 1.0
    """Of the error of landmarks read from latents; geometry only."""
    prior_weight: float = 1e-3
    """Of the latents' square; geometry only."""
    latent_weight: float = 0.2
    """Of the distance between latents of encoder and landmarks; `landmarks` moves the latter."""
    vae: VaeRecipe = PICTURES


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

    def decode(self, frames: "LandmarkVaeBatch", encoded: bool, noise: float) -> "Decoding":
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
        size = size_of(batch.frames)
        composed = vae.compose(output.composition, batch.references, size, batch.matting)
        error = torch.stack(errors).mean() if errors else composed.new_zeros(())
        return Decoding(composed, output, error)

    def _noisy(self, latents: Tensor, noise: float) -> Tensor:
        return latents + noise * self.latent_std * torch.randn_like(latents)

    def _error(self, made: Tensor, true: Tensor, landmarks: Tensor) -> Tensor:
        """Return the mean squared error of latents as a share of their variance, and that of what
        is read from them: lips are a small part of the variance."""
        square = ((made - true) / self.latent_std).square().mean()
        return square + self.landmarks.reading_loss(made, landmarks)

    def forward(self, frames: Tensor, photos: Tensor, matting: Matting) -> Tensor:
        """Return the VAE's own reconstruction (batch, time, 3, h, w): encoded, decoded."""
        composed: Tensor = self.vae(frames, photos, matting).frames
        return composed


class Decoding(NamedTuple):
    """What `LandmarkVae.decode` gives."""

    frames: Tensor
    decoded: DecoderOutput
    latent_error: Tensor
    """Of the encoder: as a share of the latents' variance, and of what is read from them."""


class LandmarkVaeStage:
    """One of the stages that train a `LandmarkVae`; a `TrainingStage`."""

    def __init__(
        self,
        network: LandmarkVae,
        recipe: LandmarkVaeRecipe,
        perceptual_loss: PerceptualLoss | None = None,
    ) -> None:
        self.network, self.recipe = network, recipe
        self._perceptual_loss = perceptual_loss
        for name, parameter in network.named_parameters():
            parameter.requires_grad_(trains(recipe.trains, name))

    def clip_length(self, progress: float) -> int:
        """See `TrainingStage`."""
        return clip_length_at(self.recipe.vae.clip_lengths, progress)

    def clip_size(self, progress: float) -> None:
        """See `TrainingStage`: always the usual."""

    def count_frames(self, clip: ClipBatch) -> int:
        """See `TrainingStage`."""
        return frames_in(clip)

    def micro_batches(
        self, clip: LandmarkClipBatch, random: np.random.Generator
    ) -> Sequence[LandmarkVaeBatch]:
        """See `TrainingStage`."""
        return [landmark_batch(self.recipe.vae, clip, random)]

    def losses(self, micro_batch: LandmarkVaeBatch) -> Mapping[str, Tensor]:
        """See `TrainingStage`."""
        if self.recipe.trains == "motion":
            return self._motion_losses(micro_batch)
        if self.recipe.trains in PICTURELESS:
            return self._geometry_losses(micro_batch)
        encoded = self.recipe.trains == "joint"
        decoding = self.network.decode(micro_batch, encoded, self.recipe.latent_noise)
        reconstruction = reconstruction_losses(
            self.recipe.vae,
            self._perceptual_loss,
            micro_batch.vae,
            decoding.frames,
            decoding.decoded,
        )
        return {**reconstruction, "latent": self.recipe.latent_weight * decoding.latent_error}

    def _geometry_losses(self, batch: LandmarkVaeBatch) -> Mapping[str, Tensor]:
        network, recipe, target = self.network, self.recipe, batch.vae.flow_target
        z = network.landmarks.encode(batch.landmarks)
        losses = {
            "reading": recipe.reading_weight * self._mixed_reading(batch.landmarks),
            "prior": recipe.prior_weight * z.square().mean(),
        }
        if batch.reference_landmarks.shape[1]:
            seen = References(batch.reference_landmarks, batch.vae.references)
            flow = coarse_flow(network, z, seen, recipe.latent_noise)
            errors = flow_errors([flow], target, flow.flow.shape[-1])
            losses["flow"] = flow_loss(errors)
            losses["flow_change"] = flow_change_loss(errors)
            losses["selection"] = selection_loss(errors)
        if recipe.trains == "landmarks":
            losses["latent"] = self._distance_to_encoder(z, batch)
        return losses

    def _motion_losses(self, batch: LandmarkVaeBatch) -> Mapping[str, Tensor]:
        network, vae = self.network, self.recipe.vae
        with torch.no_grad():
            z = network.landmarks.encode(batch.landmarks)
            z[::ENCODED_CLIPS] = network.vae.encode(batch.vae.frames[::ENCODED_CLIPS])[0].mean
        seen = References(batch.reference_landmarks, batch.vae.references)
        flow = coarse_flow(network, z, seen, self.recipe.latent_noise, read=True)
        errors = flow_errors([flow], batch.vae.flow_target, flow.flow.shape[-1])
        return {
            "flow": vae.flow_weight * flow_loss(errors),
            "flow_change": vae.flow_change_weight * flow_change_loss(errors),
            "selection": vae.selection_weight * selection_loss(errors),
        }

    def _mixed_reading(self, landmarks: Tensor) -> Tensor:
        """Return the error of landmarks read from noisy latents, of half the clips in part those of
        another: there are few people beside all that could be (mixup, Zhang et al. 2018)."""
        network, noise = self.network.landmarks, self.recipe.latent_noise
        share = torch.rand(2, len(landmarks), 1, 1, 1, device=landmarks.device)
        mixed = torch.lerp(landmarks, landmarks.roll(1, 0), share[0] / 2 * (share[1] < 0.5))
        z = network.encode(mixed)
        return network.reading_loss(z + noise * torch.randn_like(z), mixed)

    def _distance_to_encoder(self, z: Tensor, batch: LandmarkVaeBatch) -> Tensor:
        """Return the squared distance to the encoder's latents, as a share of their variance.

        A generator that is there knows its encoder's latents: new ones shall lie where they do. But
        for blinks, which an encoder may not have learned to tell.
        """
        frames = batch.vae.frames[::ENCODED_CLIPS]  # pictures cost more than all the rest
        with torch.no_grad():
            mean = self.network.vae.encode(frames)[0].mean
        error = ((z[::ENCODED_CLIPS] - mean) / self.network.latent_std).square().mean((2, 3, 4))
        told = open_eyes(batch.landmarks[::ENCODED_CLIPS], self.network.landmarks.span).to(error)
        return self.recipe.latent_weight * (error * told).sum() / told.sum().clamp(min=1)

    @torch.no_grad()
    def sample_images(self, ema: nn.Module, clip: LandmarkClipBatch) -> Sequence[Tensor]:
        """References; the clip; decoded from landmarks; encoded and decoded."""
        assert isinstance(ema, LandmarkVae)
        if self.recipe.trains in PICTURELESS:
            return []
        rows = [clip.references[:, 0], clip.frames[:, -1]]
        live = 1 + ema.vae.config.opened  # the first photo comes with its mouth opened
        rows.extend(decode_clip(ema, clip, live, encoded)[:, -1] for encoded in (False, True))
        return rows

    @torch.no_grad()
    def metrics(self, ema: nn.Module, clip: LandmarkClipBatch) -> Mapping[str, float]:
        """See `TrainingStage`: flow in cells, and PSNR from landmarks and of the encoder."""
        assert isinstance(ema, LandmarkVae)
        if self.recipe.trains in PICTURELESS:
            return dict(geometry_metrics(ema, clip))
        return dict(picture_metrics(ema, clip))

    def frozen_state(self) -> Mapping[str, Tensor]:
        """See `TrainingStage`."""
        return {}


def trains(stage: Trained, parameter: str) -> bool:
    """Whether a stage trains a parameter of `LandmarkVae`, by its name."""
    if parameter.startswith("vae.encoder.log_variance"):
        return False  # latents are as exact as their teacher
    if stage in PICTURELESS:
        return parameter.startswith(PICTURELESS[stage])
    return not parameter.startswith("landmarks.")


def landmark_batch(
    recipe: VaeRecipe, clip: LandmarkClipBatch, random: np.random.Generator
) -> LandmarkVaeBatch:
    """Draw the number of references; see `make_vae_batch`."""
    batch = make_vae_batch(recipe, clip, random)
    count = batch.references.shape[1]
    return LandmarkVaeBatch(
        batch, clip.landmarks[..., :2], clip.reference_landmarks[:, :count, :, :2]
    )


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


def geometry_metrics(network: LandmarkVae, clip: LandmarkClipBatch) -> Iterator[tuple[str, float]]:
    """Give the coarse flow's error in cells, beside that of no flow."""
    landmarks = clip.landmarks[..., :2]
    z = network.landmarks.encode(landmarks)
    for count in sorted({1, clip.references.shape[1]}):
        maps = clip.flow[:, :, :count].float(), clip.flow_valid[:, :, :count].float()
        target = FlowTarget(*maps, torch.ones_like(clip.mouth_mask))
        in_mouth = FlowTarget(*maps, clip.mouth_mask.float())
        photos = clip.reference_landmarks[:, :count, :, :2], clip.references[:, :count]
        flow = coarse_flow(network, z, References(*photos))
        still = flow._replace(flow=torch.zeros_like(flow.flow))
        for name, field in (("flow", flow), ("still", still)):
            cells = field.flow.shape[-1]
            errors = flow_errors([field], target, cells)
            yield f"{name}_{count}ref", float(flow_loss(errors))
            yield f"{name}_change_{count}ref", float(flow_change_loss(errors))
            mouth = flow_loss(flow_errors([field], in_mouth, cells))
            yield f"{name}_mouth_{count}ref", float(mouth)
            if field is flow:
                yield f"selection_{count}ref", float(selection_loss(errors))
    yield "reading", float(network.landmarks.reading_loss(z, landmarks))
    true = lip_opening(landmarks)
    error = (network.landmarks.lip_opening(z) - true).square().mean() / true.var()
    yield "lips_reading", float(error)


def picture_metrics(network: LandmarkVae, clip: LandmarkClipBatch) -> Iterator[tuple[str, float]]:
    """Give PSNR (dB) from landmarks and the encoder, of the mouth, and of the photo unmoved."""
    size = size_of(clip.frames)
    true = clip.frames.flatten(0, 1)
    mouth = resize_bilinear(clip.mouth_mask, size).flatten(0, 1)
    photo = clip.references[:, :1].expand_as(clip.frames).flatten(0, 1)
    yield "psnr_photo", float(psnr(photo, true).mean())
    for count in range(clip.references.shape[1] + 1):
        made = decode_clip(network, clip, count, encoded=False).flatten(0, 1)
        yield f"psnr_{count}ref", float(psnr(made, true).mean())
        if count == 1:
            yield "psnr_mouth", float(psnr(made, true, mouth).mean())
    made = decode_clip(network, clip, 1, encoded=True).flatten(0, 1)
    yield "psnr_encoder", float(psnr(made, true).mean())
    yield "psnr_encoder_mouth", float(psnr(made, true, mouth).mean())


def decode_clip(network: LandmarkVae, clip: LandmarkClipBatch, count: int, encoded: bool) -> Tensor:
    """Return clips decoded with `count` references, of latents from landmarks or the encoder."""
    photos, matting = clip.references[:, :count], clip.matting.of_first(count)
    if encoded:
        return network(clip.frames, photos, matting)  # type: ignore[no-any-return]
    vae, landmarks = network.vae, network.landmarks
    z = landmarks.encode(clip.landmarks[..., :2])
    of_photos = landmarks.encode_photos(clip.reference_landmarks[:, :count, :, :2])
    output, _ = vae.decode(z, vae.encode_references(photos, of_photos))
    return vae.compose(output.composition, photos, size_of(clip.frames), matting)
