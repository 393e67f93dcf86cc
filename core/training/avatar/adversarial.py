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

from core.model.decoder import Decoder
from core.model.vae import CausalVideoVae
from core.training.avatar.patches import WIDTHS, PatchCritic, critic_loss, painting_terms
from core.training.avatar.stage import Clip, Length, length_at
from core.training.avatar.vae import (
    Perceptual,
    VaeRecipe,
    VaeTask,
    decoding_terms,
    reconstruction_figures,
    reconstruction_rows,
    vae_task,
)

ENCODER = "encoder."
PAINTING = VaeRecipe(lengths=(Length(0.0, 13),))


@dataclass(frozen=True)
class AdversarialRecipe:
    """What each part of the loss counts."""

    painting: VaeRecipe = PAINTING
    """The VAE's own losses, references and lengths."""
    doubt: float = 0.02
    features: float = 0.2
    critic: tuple[int, ...] = WIDTHS
    """Widths of its layers."""


class Contest(nn.Module):
    """Who learns: the decoder and, as its rival, the critic."""

    def __init__(self, decoder: Decoder, critic: PatchCritic) -> None:
        super().__init__()
        self.decoder = decoder
        self.rival = critic


class AdversarialStage:
    """Teaches a VAE's decoder; its encoder stays. See `Stage`."""

    def __init__(
        self,
        vae: CausalVideoVae,
        recipe: AdversarialRecipe,
        perceptual: Perceptual | None = None,
    ) -> None:
        self.vae, self.recipe = vae, recipe
        self._perceptual = perceptual
        vae.encoder.requires_grad_(False).eval()
        self.network = Contest(vae.decoder, PatchCritic(recipe.critic))

    def frames(self, share: float) -> int:
        """See `Stage`."""
        return length_at(self.recipe.painting.lengths, share)

    def tasks(self, clip: Clip, random: np.random.Generator) -> Sequence[VaeTask]:
        """See `Stage`."""
        return [vae_task(self.recipe.painting, clip, random)]

    def terms(self, task: VaeTask) -> Mapping[str, Tensor]:
        """See `Stage`."""
        recipe, critic = self.recipe, self.network.rival
        made = self.vae(task.frames, task.references)
        terms = decoding_terms(recipe.painting, self._perceptual, task, made.frames, made.decoded)
        pair = made.frames.flatten(0, 1), task.frames.flatten(0, 1)
        told = painting_terms(critic, *pair)
        return {
            **terms,
            "doubt": recipe.doubt * told["doubt"],
            "features": recipe.features * told["features"],
            "rival": critic_loss(critic, *pair),
        }

    def rows(self, mean: nn.Module, clip: Clip) -> Sequence[Tensor]:
        """References; the clip; what becomes of it without, with one and with all references."""
        return reconstruction_rows(self._with(mean), clip)

    def figures(self, mean: nn.Module, clip: Clip) -> Mapping[str, float]:
        """See `Stage`: as the VAE's."""
        return reconstruction_figures(self._with(mean), clip)

    def fixed(self) -> Mapping[str, Tensor]:
        """See `Stage`: the encoder, in half precision."""
        weights = self.vae.encoder.state_dict()
        return {f"{ENCODER}{name}": tensor.half() for name, tensor in weights.items()}

    def _with(self, mean: nn.Module) -> CausalVideoVae:
        """Return the VAE with the mean decoder."""
        assert isinstance(mean, Contest)
        with torch.device("meta"):
            vae = CausalVideoVae(self.vae.config)
        vae.encoder, vae.decoder = self.vae.encoder, mean.decoder
        return vae
