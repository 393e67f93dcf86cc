"""Stage `vae`: train the causal video VAE with none to three reference photos."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple, Protocol

import numpy as np
from torch import Tensor, nn

from core.model.vae.causal_vae import CausalVideoVae
from core.model.vae.decoder import DecoderOutput
from core.model.vae.flow_field import Composition, Matting, resize_bilinear, size_of
from core.neural.opened_photo import show_instead_of_paint
from core.training.avatar.flow_supervision import (
    FlowTarget,
    flow_change_loss,
    flow_errors,
    flow_loss,
    mask_loss,
    selection_loss,
)
from core.training.metrics.image_metrics import ms_ssim, psnr
from core.training.metrics.lip_opening import SHUT, lip_opening
from core.training.trainer.clip_batch import (
    ClipBatch,
    LengthPhase,
    ReferencedClip,
    SizePhase,
    clip_length_at,
    clip_size_at,
    frames_in,
)

OPENED = 1
"""Of the references of a model that knows it: the first photo, its mouth opened."""


class PerceptualLoss(Protocol):
    """A perceptual loss: distance of deep features, ours or LPIPS for those who have it."""

    def __call__(self, made: Tensor, true: Tensor) -> Tensor:
        """Compare images (n, 3, h, w) in [-1, 1]; return a scalar, differentiable by `made`."""
        ...


@dataclass(frozen=True)
class VaeRecipe:
    """Loss weights, and how clips and references are drawn."""

    mouth_weight: float = 4.0
    """Extra weight of the mouth's places in the losses of pixels and flow."""
    eye_weight: float = 2.0
    lid_weight: float = 0.0
    """Extra weight of places in the eyes that the first reference hides, as a share of their own:
    lids fall rarely, and are small."""
    unseen_weight: float = 0.0
    """Extra weight of places in the mouth that no reference shows, as a share of its own."""
    shut_weight: float = 0.0
    """The same of mouths whose lips are shut: they are fewer, and nothing may gape."""
    kl_weight: float = 1e-4
    flow_weight: float = 0.05
    flow_change_weight: float = 0.0
    """Of the flow's change from frame to frame."""
    selection_weight: float = 0.0
    """Of how much worse the references are that are chosen than the best."""
    mask_weight: float = 0.0
    """Of the skip's mask against what references truly show."""
    change_weight: float = 0.0
    """Of the change from frame to frame: what stands still shall not flicker."""
    perceptual_weight: float = 0.2
    paints: bool = True
    """Whether what no reference shows is painted; where one is the opened photo, live, it is
    not."""
    reference_count_weights: tuple[float, ...] = (0.1, 0.4, 0.25, 0.25)
    """Relative probability of zero references, of one, and so on."""
    clip_lengths: tuple[LengthPhase, ...] = (
        LengthPhase(0.0, 5),
        LengthPhase(0.4, 13),
        LengthPhase(0.75, 25),
    )
    frame_sizes: tuple[SizePhase, ...] = (SizePhase(0.0, 0.5), SizePhase(0.5, 1.0))
    """Half of the VAE's size first, then all of it: 256, then 512 pixels (2606.01620)."""


class VaeBatch(NamedTuple):
    """Clips with a random number of references, and their targets."""

    frames: Tensor
    references: Tensor
    matting: Matting
    flow_target: FlowTarget
    pixel_weight: Tensor
    """Of the L1 loss, (batch, time, 1, h, w)."""


class VaeStage:
    """Reconstruction, KL, flow and perceptual losses of a VAE; a `TrainingStage`."""

    def __init__(
        self,
        vae: CausalVideoVae,
        recipe: VaeRecipe,
        perceptual_loss: PerceptualLoss | None = None,
    ) -> None:
        self.network, self.recipe = vae, recipe
        self._perceptual_loss = perceptual_loss

    def clip_length(self, progress: float) -> int:
        """See `TrainingStage`."""
        return clip_length_at(self.recipe.clip_lengths, progress)

    def clip_size(self, progress: float) -> int:
        """See `TrainingStage`."""
        config = self.network.config
        return clip_size_at(self.recipe.frame_sizes, progress, config.size, config.spatial_stride)

    def count_frames(self, clip: ClipBatch) -> int:
        """See `TrainingStage`."""
        return frames_in(clip)

    def micro_batches(self, clip: ClipBatch, random: np.random.Generator) -> Sequence[VaeBatch]:
        """See `TrainingStage`."""
        return [make_vae_batch(self.recipe, clip, random)]

    def losses(self, micro_batch: VaeBatch) -> Mapping[str, Tensor]:
        """See `TrainingStage`."""
        output = self.network(micro_batch.frames, micro_batch.references, micro_batch.matting)
        kl = self.recipe.kl_weight * output.posterior.kl_divergence()
        reconstruction = reconstruction_losses(
            self.recipe, self._perceptual_loss, micro_batch, output.frames, output.decoded
        )
        return {"kl": kl, **reconstruction}

    def sample_images(self, ema: nn.Module, clip: ClipBatch) -> Sequence[Tensor]:
        """References; the clip; its reconstruction with zero, one and all references."""
        return reconstruction_images(ema, clip)

    def metrics(self, ema: nn.Module, clip: ClipBatch) -> Mapping[str, float]:
        """See `TrainingStage`."""
        return reconstruction_metrics(ema, clip)

    def frozen_state(self) -> Mapping[str, Tensor]:
        """See `TrainingStage`."""
        return {}


def make_vae_batch(recipe: VaeRecipe, clip: ClipBatch, random: np.random.Generator) -> VaeBatch:
    """Draw the number of references (the first ones are kept) and weight pixels."""
    weights = np.asarray(recipe.reference_count_weights[: clip.references.shape[1] + 1])
    count = int(random.choice(len(weights), p=weights / weights.sum()))
    flow, valid = clip.flow[:, :, :count].float(), clip.flow_valid[:, :, :count].float()
    shut = (lip_opening(clip.landmarks[..., :2]) < SHUT)[:, :, None, None, None]
    mouth = recipe.mouth_weight * clip.mouth_mask * (1 + recipe.shut_weight * shut)
    if recipe.unseen_weight and count:
        unseen = 1 - valid.amax(2, keepdim=True)
        mouth = mouth * (1 + recipe.unseen_weight * resize_bilinear(unseen, size_of(mouth)))
    eyes = recipe.eye_weight * clip.eye_mask
    if recipe.lid_weight and count:
        eyes = eyes * (1 + recipe.lid_weight * (1 - valid[:, :, :1]))
    importance = (1 + mouth + eyes).float()
    weight = resize_bilinear(importance, size_of(clip.frames))
    target = FlowTarget(flow, valid, importance)
    references, matting = clip.references[:, :count], clip.matting.of_first(count)
    return VaeBatch(clip.frames, references, matting, target, weight)


def reconstruction_losses(
    recipe: VaeRecipe,
    perceptual_loss: PerceptualLoss | None,
    batch: VaeBatch,
    frames: Tensor,
    decoded: DecoderOutput,
) -> dict[str, Tensor]:
    """Return the weighted L1, flow and perceptual losses of decoded frames."""
    error = (frames.float() - batch.frames).abs() * batch.pixel_weight
    losses = {"l1": error.mean() / batch.pixel_weight.mean()}
    if recipe.change_weight and frames.shape[1] > 1:
        losses["change"] = recipe.change_weight * change_loss(frames.float(), batch)
    if fields := decoded.flow_fields:
        errors = flow_errors(fields, batch.flow_target, fields[0].flow.shape[-1])
        losses["flow"] = recipe.flow_weight * flow_loss(errors)
        if recipe.flow_change_weight and frames.shape[1] > 1:
            losses["flow_change"] = recipe.flow_change_weight * flow_change_loss(errors)
        if recipe.selection_weight and batch.references.shape[1] > 1:
            losses["selection"] = recipe.selection_weight * selection_loss(errors)
        if recipe.mask_weight:
            losses["mask"] = recipe.mask_weight * mask_loss(
                decoded.composition.mask, batch.flow_target
            )
    if perceptual_loss:
        pair = (part.flatten(0, 1) for part in (frames, batch.frames))
        losses["perceptual"] = recipe.perceptual_weight * perceptual_loss(*pair)
    return losses


def compose_frames(
    vae: CausalVideoVae, layers: Composition, batch: ReferencedClip, paints: bool
) -> Tensor:
    """Composite frames as large as the references; unless it `paints`, what no photo shows is the
    opened one's, if that is there."""
    photos = batch.references
    if not paints and photos.shape[1] > OPENED:
        layers = show_instead_of_paint(layers, OPENED)
    return vae.compose(layers, photos, size_of(photos), batch.matting)


def change_loss(frames: Tensor, batch: VaeBatch) -> Tensor:
    """Return the weighted L1 loss of the change from frame to frame, of two frames and more."""
    weight = batch.pixel_weight[:, 1:]
    error = (frames.diff(dim=1) - batch.frames.diff(dim=1)).abs() * weight
    return error.mean() / weight.mean()


class SomeReferences(NamedTuple):
    """Some of the references of some clips."""

    references: Tensor
    matting: Matting


def reconstruct(
    vae: nn.Module, frames: Tensor, batch: ReferencedClip, paints: bool = True
) -> Tensor:
    """Encode frames, decode them with a batch's references, and compose them."""
    assert isinstance(vae, CausalVideoVae)
    _, decoded = vae.autoencode(frames, batch.references)
    return compose_frames(vae, decoded.composition, batch, paints)


def reconstruction_images(vae: nn.Module, clip: ClipBatch, paints: bool = True) -> Sequence[Tensor]:
    """References; the clip; its reconstruction with zero, one and all references."""
    counts = sorted({0, 1, clip.references.shape[1]})
    matting, rows = clip.matting.of_first_clip(), [clip.references[0], clip.frames[0]]
    for count in counts:
        photos = SomeReferences(clip.references[:1, :count], matting.of_first(count))
        rows.append(reconstruct(vae, clip.frames[:1], photos, paints)[0])
    return rows


def reconstruction_metrics(
    vae: nn.Module, clip: ClipBatch, paints: bool = True
) -> Mapping[str, float]:
    """Return PSNR with zero, one and all references; mouth PSNR and MS-SSIM with one."""
    metrics: dict[str, float] = {}
    true, size = clip.frames.flatten(0, 1), size_of(clip.frames)
    for count in sorted({0, 1, clip.references.shape[1]}):
        photos = SomeReferences(clip.references[:, :count], clip.matting.of_first(count))
        made = reconstruct(vae, clip.frames, photos, paints).flatten(0, 1)
        metrics[f"psnr_{count}ref"] = float(psnr(made, true).mean())
        if count == 1:
            mouth = resize_bilinear(clip.mouth_mask, size).flatten(0, 1)
            metrics["psnr_mouth"] = float(psnr(made, true, mouth).mean())
            metrics["ms_ssim"] = float(ms_ssim(made, true).mean())
    return metrics
