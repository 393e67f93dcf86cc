"""Stage `vae`: frames to latents and back, with none to three references."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple, Protocol

import numpy as np
from torch import Tensor, nn

from core.model.decoder import Decoded
from core.model.field import resized
from core.model.vae import CausalVideoVae
from core.training.avatar.stage import Clip, Length, length_at
from core.training.avatar.truth import Truth, flow_loss, matching_loss
from core.training.metrics.image_metrics import ms_ssim, psnr


class Perceptual(Protocol):
    """Says how unlike pictures look: our own perception network, LPIPS for those who have it."""

    def __call__(self, made: Tensor, true: Tensor) -> Tensor:
        """Compare pictures (n, 3, h, w) in [-1, 1]: one number, whose gradient `made` follows."""
        ...


@dataclass(frozen=True)
class VaeRecipe:
    """What each part of the loss counts, and how clips are drawn."""

    mouth: float = 4.0
    """How much more pixels of mouths count than others."""
    eyes: float = 2.0
    divergence: float = 1e-4
    matching: float = 0.02
    flow: float = 0.05
    perceptual: float = 0.2
    references: tuple[float, ...] = (0.1, 0.4, 0.25, 0.25)
    """Chance of none, one and so on."""
    lengths: tuple[Length, ...] = (Length(0.0, 5), Length(0.4, 13), Length(0.75, 25))


class VaeTask(NamedTuple):
    """A step's clips with as many references as there shall be."""

    frames: Tensor
    references: Tensor
    truth: Truth
    weight: Tensor
    """Of pixels, (batch, time, 1, h, w)."""


class VaeStage:
    """Teaches a VAE; see `core.training.avatar.stage.Stage`."""

    def __init__(
        self,
        vae: CausalVideoVae,
        recipe: VaeRecipe,
        perceptual: Perceptual | None = None,
    ) -> None:
        self.network, self.recipe = vae, recipe
        self._perceptual = perceptual

    def frames(self, share: float) -> int:
        """See `Stage`."""
        return length_at(self.recipe.lengths, share)

    def tasks(self, clip: Clip, random: np.random.Generator) -> Sequence[VaeTask]:
        """See `Stage`."""
        return [vae_task(self.recipe, clip, random)]

    def terms(self, task: VaeTask) -> Mapping[str, Tensor]:
        """See `Stage`."""
        made = self.network(task.frames, task.references)
        spread = self.recipe.divergence * made.posterior.divergence()
        seen = decoding_terms(self.recipe, self._perceptual, task, made.frames, made.decoded)
        return {"spread": spread, **seen}

    def rows(self, mean: nn.Module, clip: Clip) -> Sequence[Tensor]:
        """References; the clip; what becomes of it without, with one and with all references."""
        return reconstruction_rows(mean, clip)

    def figures(self, mean: nn.Module, clip: Clip) -> Mapping[str, float]:
        """See `Stage`."""
        return reconstruction_figures(mean, clip)

    def fixed(self) -> Mapping[str, Tensor]:
        """See `Stage`."""
        return {}


def vae_task(recipe: VaeRecipe, clip: Clip, random: np.random.Generator) -> VaeTask:
    """Draw how many references there shall be, the first ones; and weigh pixels."""
    chance = np.asarray(recipe.references[: clip.references.shape[1] + 1])
    count = int(random.choice(len(chance), p=chance / chance.sum()))
    more = recipe.mouth * clip.mouth + recipe.eyes * clip.eyes
    weight = 1 + resized(more, (clip.frames.shape[3], clip.frames.shape[4]))
    truth = Truth(clip.flow[:, :, :count].float(), clip.known[:, :, :count].float())
    return VaeTask(clip.frames, clip.references[:, :count], truth, weight)


def decoding_terms(
    recipe: VaeRecipe,
    perceptual: Perceptual | None,
    task: VaeTask,
    frames: Tensor,
    decoded: Decoded,
) -> dict[str, Tensor]:
    """Return what is wrong with decoded frames, and with where they looked, weighted."""
    wrong = (frames.float() - task.frames).abs() * task.weight
    terms = {"pixels": wrong.mean() / task.weight.mean()}
    if match := decoded.match:
        cells = match.field.flow.shape[-1]
        terms["match"] = recipe.matching * matching_loss(match, task.truth)
        terms["flow"] = recipe.flow * flow_loss(decoded.fields, task.truth, cells)
    if perceptual:
        pair = (part.flatten(0, 1) for part in (frames, task.frames))
        terms["looks"] = recipe.perceptual * perceptual(*pair)
    return terms


def reconstruction_rows(vae: nn.Module, clip: Clip) -> Sequence[Tensor]:
    """References; the clip; what a VAE makes of it without, with one and with all references."""
    counts = sorted({0, 1, clip.references.shape[1]})
    made = [vae(clip.frames[:1], clip.references[:1, :count]).frames[0] for count in counts]
    return [clip.references[0], clip.frames[0], *made]


def reconstruction_figures(vae: nn.Module, clip: Clip) -> Mapping[str, float]:
    """Return PSNR without, with one and with all references; the rest with one."""
    found: dict[str, float] = {}
    true, size = clip.frames.flatten(0, 1), (clip.frames.shape[3], clip.frames.shape[4])
    for count in sorted({0, 1, clip.references.shape[1]}):
        made = vae(clip.frames, clip.references[:, :count]).frames.flatten(0, 1)
        found[f"PSNR of {count}"] = float(psnr(made, true).mean())
        if count == 1:
            mouth = resized(clip.mouth, size).flatten(0, 1)
            found["mouth"] = float(psnr(made, true, mouth).mean())
            found["structure"] = float(ms_ssim(made, true).mean())
    return found
