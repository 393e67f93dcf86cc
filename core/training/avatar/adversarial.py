"""Stage `adversarial`: fine-tune the VAE's decoder against a PatchGAN discriminator.

The encoder is frozen, so a generator trained on its latents still fits. To the VAE's own losses
come a hinge loss and feature matching; the discriminator, as critic, has its own learning rate.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor, nn

from core.model.vae.causal_vae import CausalVideoVae
from core.model.vae.decoder import Decoder
from core.training.avatar.discriminator import (
    WIDTHS,
    PatchDiscriminator,
    decoder_losses,
    discriminator_loss,
)
from core.training.avatar.vae import (
    PerceptualLoss,
    VaeBatch,
    VaeRecipe,
    compose_frames,
    make_vae_batch,
    reconstruction_images,
    reconstruction_losses,
    reconstruction_metrics,
)
from core.training.trainer.clip_batch import (
    ClipBatch,
    LengthPhase,
    SizePhase,
    clip_length_at,
    clip_size_at,
    frames_in,
)

ENCODER = "encoder."
RECONSTRUCTION = VaeRecipe(clip_lengths=(LengthPhase(0.0, 13),), frame_sizes=(SizePhase(0.0, 1.0),))


@dataclass(frozen=True)
class AdversarialRecipe:
    """Loss weights, and the shape of the discriminator."""

    reconstruction: VaeRecipe = RECONSTRUCTION
    """Of the VAE's own losses, its references and lengths of clips."""
    adversarial_weight: float = 0.02
    feature_weight: float = 0.2
    critic_widths: tuple[int, ...] = WIDTHS
    """Of the discriminator's layers."""


class DecoderAndCritic(nn.Module):
    """What is optimised: the decoder, and the discriminator as its critic."""

    def __init__(self, decoder: Decoder, critic: PatchDiscriminator) -> None:
        super().__init__()
        self.decoder = decoder
        self.critic = critic


class AdversarialStage:
    """GAN training of a VAE's decoder; the encoder is frozen. A `TrainingStage`."""

    def __init__(
        self,
        vae: CausalVideoVae,
        recipe: AdversarialRecipe,
        perceptual_loss: PerceptualLoss | None = None,
    ) -> None:
        self.vae, self.recipe = vae, recipe
        self._perceptual_loss = perceptual_loss
        vae.encoder.requires_grad_(False).eval()
        self.network = DecoderAndCritic(vae.decoder, PatchDiscriminator(recipe.critic_widths))

    def clip_length(self, progress: float) -> int:
        """See `TrainingStage`."""
        return clip_length_at(self.recipe.reconstruction.clip_lengths, progress)

    def clip_size(self, progress: float) -> int:
        """See `TrainingStage`."""
        phases, config = self.recipe.reconstruction.frame_sizes, self.vae.config
        return clip_size_at(phases, progress, config.size, config.spatial_stride)

    def count_frames(self, clip: ClipBatch) -> int:
        """See `TrainingStage`."""
        return frames_in(clip)

    def micro_batches(self, clip: ClipBatch, random: np.random.Generator) -> Sequence[VaeBatch]:
        """See `TrainingStage`."""
        return [make_vae_batch(self.recipe.reconstruction, clip, random)]

    def losses(self, micro_batch: VaeBatch) -> Mapping[str, Tensor]:
        """See `TrainingStage`."""
        recipe, critic = self.recipe, self.network.critic
        own = recipe.reconstruction
        _, decoded = self.vae.autoencode(micro_batch.frames, micro_batch.references)
        frames = compose_frames(self.vae, decoded.composition, micro_batch, own.paints)
        reconstruction = reconstruction_losses(
            own, self._perceptual_loss, micro_batch, frames, decoded
        )
        pair = frames.flatten(0, 1), micro_batch.frames.flatten(0, 1)
        gan = decoder_losses(critic, *pair)
        return {
            **reconstruction,
            "adversarial": recipe.adversarial_weight * gan.adversarial,
            "feature_matching": recipe.feature_weight * gan.feature_matching,
            "critic": discriminator_loss(critic, *pair),
        }

    def sample_images(self, ema: nn.Module, clip: ClipBatch) -> Sequence[Tensor]:
        """References; the clip; its reconstruction with zero, one and all references."""
        return reconstruction_images(
            self._vae_with_decoder(ema), clip, self.recipe.reconstruction.paints
        )

    def metrics(self, ema: nn.Module, clip: ClipBatch) -> Mapping[str, float]:
        """See `TrainingStage`: as the VAE's."""
        return reconstruction_metrics(
            self._vae_with_decoder(ema), clip, self.recipe.reconstruction.paints
        )

    def frozen_state(self) -> Mapping[str, Tensor]:
        """See `TrainingStage`: the encoder, in half precision."""
        weights = self.vae.encoder.state_dict()
        return {f"{ENCODER}{name}": tensor.half() for name, tensor in weights.items()}

    def _vae_with_decoder(self, ema: nn.Module) -> CausalVideoVae:
        """Return the VAE with the EMA decoder."""
        assert isinstance(ema, DecoderAndCritic)
        with torch.device("meta"):
            vae = CausalVideoVae(self.vae.config)
        vae.encoder, vae.decoder = self.vae.encoder, ema.decoder
        return vae
