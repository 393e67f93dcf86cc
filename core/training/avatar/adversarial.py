"""Stage `adversarial`: the decoder's last percent, against a critic of patches.

The encoder stays, so latents mean what they meant, and a generator trained on them fits. Beside
the VAE's own losses the decoder is told what a PatchGAN thinks of its frames and what it sees in
them (feature matching); the critic learns at its own rate.
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
    discriminator_loss,
    generator_losses,
)
from core.training.avatar.vae import (
    PerceptualLoss,
    VaeBatch,
    VaeRecipe,
    make_vae_batch,
    reconstruction_images,
    reconstruction_losses,
    reconstruction_metrics,
)
from core.training.trainer.stage import ClipBatch, LengthPhase, clip_length_at

ENCODER = "encoder."
RECONSTRUCTION = VaeRecipe(clip_lengths=(LengthPhase(0.0, 13),))


@dataclass(frozen=True)
class AdversarialRecipe:
    """What each part of the loss counts."""

    reconstruction: VaeRecipe = RECONSTRUCTION
    """The VAE's own losses, references and lengths."""
    adversarial_weight: float = 0.02
    feature_weight: float = 0.2
    critic_widths: tuple[int, ...] = WIDTHS
    """Widths of its layers."""


class DecoderAndCritic(nn.Module):
    """Who learns: the decoder and, as its rival, the critic."""

    def __init__(self, decoder: Decoder, critic: PatchDiscriminator) -> None:
        super().__init__()
        self.decoder = decoder
        self.critic = critic


class AdversarialStage:
    """Teaches a VAE's decoder; its encoder stays. See `Stage`."""

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
        """See `Stage`."""
        return clip_length_at(self.recipe.reconstruction.clip_lengths, progress)

    def micro_batches(self, clip: ClipBatch, random: np.random.Generator) -> Sequence[VaeBatch]:
        """See `Stage`."""
        return [make_vae_batch(self.recipe.reconstruction, clip, random)]

    def losses(self, micro_batch: VaeBatch) -> Mapping[str, Tensor]:
        """See `Stage`."""
        recipe, critic = self.recipe, self.network.critic
        made = self.vae(micro_batch.frames, micro_batch.references)
        terms = reconstruction_losses(
            recipe.reconstruction, self._perceptual_loss, micro_batch, made.frames, made.decoded
        )
        pair = made.frames.flatten(0, 1), micro_batch.frames.flatten(0, 1)
        told = generator_losses(critic, *pair)
        return {
            **terms,
            "doubt": recipe.adversarial_weight * told["doubt"],
            "features": recipe.feature_weight * told["features"],
            "rival": discriminator_loss(critic, *pair),
        }

    def sample_images(self, ema: nn.Module, clip: ClipBatch) -> Sequence[Tensor]:
        """References; the clip; what becomes of it without, with one and with all references."""
        return reconstruction_images(self._vae_with_decoder(ema), clip)

    def metrics(self, ema: nn.Module, clip: ClipBatch) -> Mapping[str, float]:
        """See `Stage`: as the VAE's."""
        return reconstruction_metrics(self._vae_with_decoder(ema), clip)

    def frozen_state(self) -> Mapping[str, Tensor]:
        """See `Stage`: the encoder, in half precision."""
        weights = self.vae.encoder.state_dict()
        return {f"{ENCODER}{name}": tensor.half() for name, tensor in weights.items()}

    def _vae_with_decoder(self, ema: nn.Module) -> CausalVideoVae:
        """Return the VAE with the mean decoder."""
        assert isinstance(ema, DecoderAndCritic)
        with torch.device("meta"):
            vae = CausalVideoVae(self.vae.config)
        vae.encoder, vae.decoder = self.vae.encoder, ema.decoder
        return vae
