"""Stage `vae`: frames to latents and back, with none to three references."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple, Protocol

import numpy as np
from torch import Tensor, nn

from core.model.vae.causal_vae import CausalVideoVae
from core.model.vae.decoder import DecoderOutput
from core.model.vae.flow_field import resize_bilinear
from core.training.avatar.flow_supervision import FlowTarget, flow_loss, matching_loss
from core.training.metrics.image_metrics import ms_ssim, psnr
from core.training.trainer.stage import ClipBatch, LengthPhase, clip_length_at


class PerceptualLoss(Protocol):
    """Says how unlike pictures look: our own face embedding network, LPIPS for those who have it."""

    def __call__(self, made: Tensor, true: Tensor) -> Tensor:
        """Compare pictures (n, 3, h, w) in [-1, 1]: one number, whose gradient `made` follows."""
        ...


@dataclass(frozen=True)
class VaeRecipe:
    """What each part of the loss counts, and how clips are drawn."""

    mouth_weight: float = 4.0
    """How much more pixels of mouths count than others."""
    eye_weight: float = 2.0
    kl_weight: float = 1e-4
    matching_weight: float = 0.02
    flow_weight: float = 0.05
    perceptual_weight: float = 0.2
    reference_count_weights: tuple[float, ...] = (0.1, 0.4, 0.25, 0.25)
    """Chance of none, one and so on."""
    clip_lengths: tuple[LengthPhase, ...] = (
        LengthPhase(0.0, 5),
        LengthPhase(0.4, 13),
        LengthPhase(0.75, 25),
    )


class VaeBatch(NamedTuple):
    """A step's clips with as many references as there shall be."""

    frames: Tensor
    references: Tensor
    flow_target: FlowTarget
    pixel_weight: Tensor
    """Of pixels, (batch, time, 1, h, w)."""


class VaeStage:
    """Teaches a VAE; see `core.training.trainer.stage.Stage`."""

    def __init__(
        self,
        vae: CausalVideoVae,
        recipe: VaeRecipe,
        perceptual_loss: PerceptualLoss | None = None,
    ) -> None:
        self.network, self.recipe = vae, recipe
        self._perceptual_loss = perceptual_loss

    def clip_length(self, progress: float) -> int:
        """See `Stage`."""
        return clip_length_at(self.recipe.clip_lengths, progress)

    def micro_batches(self, clip: ClipBatch, random: np.random.Generator) -> Sequence[VaeBatch]:
        """See `Stage`."""
        return [make_vae_batch(self.recipe, clip, random)]

    def losses(self, micro_batch: VaeBatch) -> Mapping[str, Tensor]:
        """See `Stage`."""
        made = self.network(micro_batch.frames, micro_batch.references)
        spread = self.recipe.kl_weight * made.posterior.kl_divergence()
        seen = reconstruction_losses(
            self.recipe, self._perceptual_loss, micro_batch, made.frames, made.decoded
        )
        return {"spread": spread, **seen}

    def sample_images(self, ema: nn.Module, clip: ClipBatch) -> Sequence[Tensor]:
        """References; the clip; what becomes of it without, with one and with all references."""
        return reconstruction_images(ema, clip)

    def metrics(self, ema: nn.Module, clip: ClipBatch) -> Mapping[str, float]:
        """See `Stage`."""
        return reconstruction_metrics(ema, clip)

    def frozen_state(self) -> Mapping[str, Tensor]:
        """See `Stage`."""
        return {}


def make_vae_batch(recipe: VaeRecipe, clip: ClipBatch, random: np.random.Generator) -> VaeBatch:
    """Draw how many references there shall be, the first ones; and weigh pixels."""
    chance = np.asarray(recipe.reference_count_weights[: clip.references.shape[1] + 1])
    count = int(random.choice(len(chance), p=chance / chance.sum()))
    more = recipe.mouth_weight * clip.mouth_mask + recipe.eye_weight * clip.eye_mask
    weight = 1 + resize_bilinear(more, (clip.frames.shape[3], clip.frames.shape[4]))
    truth = FlowTarget(clip.flow[:, :, :count].float(), clip.flow_valid[:, :, :count].float())
    return VaeBatch(clip.frames, clip.references[:, :count], truth, weight)


def reconstruction_losses(
    recipe: VaeRecipe,
    perceptual_loss: PerceptualLoss | None,
    batch: VaeBatch,
    frames: Tensor,
    decoded: DecoderOutput,
) -> dict[str, Tensor]:
    """Return what is wrong with decoded frames, and with where they looked, weighted."""
    wrong = (frames.float() - batch.frames).abs() * batch.pixel_weight
    losses = {"pixels": wrong.mean() / batch.pixel_weight.mean()}
    if match := decoded.match:
        cells = match.flow_field.flow.shape[-1]
        losses["match"] = recipe.matching_weight * matching_loss(match, batch.flow_target)
        losses["flow"] = recipe.flow_weight * flow_loss(
            decoded.flow_fields, batch.flow_target, cells
        )
    if perceptual_loss:
        pair = (part.flatten(0, 1) for part in (frames, batch.frames))
        losses["looks"] = recipe.perceptual_weight * perceptual_loss(*pair)
    return losses


def reconstruction_images(vae: nn.Module, clip: ClipBatch) -> Sequence[Tensor]:
    """References; the clip; what a VAE makes of it without, with one and with all references."""
    counts = sorted({0, 1, clip.references.shape[1]})
    made = [vae(clip.frames[:1], clip.references[:1, :count]).frames[0] for count in counts]
    return [clip.references[0], clip.frames[0], *made]


def reconstruction_metrics(vae: nn.Module, clip: ClipBatch) -> Mapping[str, float]:
    """Return PSNR without, with one and with all references; the rest with one."""
    metrics: dict[str, float] = {}
    true, size = clip.frames.flatten(0, 1), (clip.frames.shape[3], clip.frames.shape[4])
    for count in sorted({0, 1, clip.references.shape[1]}):
        made = vae(clip.frames, clip.references[:, :count]).frames.flatten(0, 1)
        metrics[f"PSNR of {count}"] = float(psnr(made, true).mean())
        if count == 1:
            mouth = resize_bilinear(clip.mouth_mask, size).flatten(0, 1)
            metrics["mouth"] = float(psnr(made, true, mouth).mean())
            metrics["structure"] = float(ms_ssim(made, true).mean())
    return metrics
