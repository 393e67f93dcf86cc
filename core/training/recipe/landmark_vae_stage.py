"""Stages `geometry` to `motion`: the VAE with exact teachers, part after part.

Where a frame's places lie in a reference follows from the landmarks of both, so geometry is learned
first, without a picture: latents from landmarks, D1, and the coarse flow. Pictures come next, with
flows that are nearly right from the first step: reference attention, D2, masks, mouths and lids;
the encoder learns meanwhile to read the references' latents. Then all is trained together, from
latents of the encoder and of landmarks, so that both serve. Then the decoder alone learns to do
without paint, as it has to live. At last its coarse flow alone learns how things move from frame to
frame, which the pictures' losses hardly see.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal

import numpy as np
import torch
from torch import Tensor, nn

from core.model.vae.flow_field import FlowField
from core.training.avatar.flow_supervision import (
    flow_change_loss,
    flow_errors,
    flow_loss,
    selection_loss,
)
from core.training.avatar.vae import (
    PerceptualLoss,
    VaeRecipe,
    make_vae_batch,
    reconstruction_losses,
)
from core.training.recipe.landmark_latents import open_eyes
from core.training.recipe.landmark_vae import (
    LandmarkClipBatch,
    LandmarkVae,
    LandmarkVaeBatch,
    References,
    coarse_flow,
)
from core.training.recipe.landmark_vae_metrics import (
    decode_clip,
    geometry_metrics,
    picture_metrics,
)
from core.training.trainer.clip_batch import (
    ClipBatch,
    LengthPhase,
    SizePhase,
    clip_length_at,
    frames_in,
)

FLOW = "vae.decoder.skip.flow_regression."
GEOMETRY = ("landmarks.", "vae.decoder.d1.", FLOW)
"""Prefixes of what the stage `geometry` trains."""
Trained = Literal["latents", "landmarks", "geometry", "pictures", "joint", "decoder", "motion"]
"""`latents`: those of landmarks are found anew for a decoder that is there, and stays as it is;
`landmarks`: what reads flow from its mid level goes on learning, for parts of it are new."""
ENCODED_CLIPS = 4
"""One clip of so many is encoded where latents of landmarks are held to the encoder's, or where
flow is learned from both."""
PICTURELESS: Mapping[Trained, tuple[str, ...]] = MappingProxyType(
    {
        "latents": ("landmarks.",),
        "landmarks": ("landmarks.", FLOW),
        "geometry": GEOMETRY,
        "motion": (FLOW,),
    }
)
"""Stages that paint no pictures, and prefixes of what they train."""


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
        encoded = self.recipe.trains in ("joint", "decoder")
        decoding = self.network.decode(
            micro_batch, encoded, self.recipe.latent_noise, self.recipe.vae.paints
        )
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
        if recipe.trains in ("latents", "landmarks"):
            losses["latent"] = self._distance_to_encoder(z, batch)
        return losses

    def _motion_losses(self, batch: LandmarkVaeBatch) -> Mapping[str, Tensor]:
        network, vae = self.network, self.recipe.vae
        with torch.no_grad():
            z = network.landmarks.encode(batch.landmarks)
            z[::ENCODED_CLIPS] = network.vae.encode(batch.vae.frames[::ENCODED_CLIPS])[0].mean
        seen = References(batch.reference_landmarks, batch.vae.references)
        flow = coarse_flow(network, z, seen, self.recipe.latent_noise, read=True)
        return coarse_losses(vae, flow, batch)

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
        paints = self.recipe.vae.paints
        rows.extend(
            decode_clip(ema, clip, live, encoded, paints)[:, -1] for encoded in (False, True)
        )
        return rows

    @torch.no_grad()
    def metrics(self, ema: nn.Module, clip: LandmarkClipBatch) -> Mapping[str, float]:
        """See `TrainingStage`: flow in cells, and PSNR from landmarks and of the encoder."""
        assert isinstance(ema, LandmarkVae)
        if self.recipe.trains in PICTURELESS:
            return dict(geometry_metrics(ema, clip))
        return dict(picture_metrics(ema, clip, self.recipe.vae.paints))

    def frozen_state(self) -> Mapping[str, Tensor]:
        """See `TrainingStage`."""
        return {}


def coarse_losses(
    recipe: VaeRecipe, flow: FlowField, batch: LandmarkVaeBatch
) -> Mapping[str, Tensor]:
    """Return the weighted losses of a coarse flow alone."""
    errors = flow_errors([flow], batch.vae.flow_target, flow.flow.shape[-1])
    return {
        "flow": recipe.flow_weight * flow_loss(errors),
        "flow_change": recipe.flow_change_weight * flow_change_loss(errors),
        "selection": recipe.selection_weight * selection_loss(errors),
    }


def trains(stage: Trained, parameter: str) -> bool:
    """Whether a stage trains a parameter of `LandmarkVae`, by its name."""
    if parameter.startswith("vae.encoder.log_variance"):
        return False  # latents are as exact as their teacher
    if stage in PICTURELESS:
        return parameter.startswith(PICTURELESS[stage])
    if stage == "decoder":
        return parameter.startswith("vae.decoder.")
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
