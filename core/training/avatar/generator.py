"""Stage `generator`: drawing latents from sound and references, on a VAE that is done."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional

from core.model.attention import block_starts
from core.model.avatar import Avatar
from core.model.flow import clean_from, disturbed, draw_times, noised, velocity
from core.model.generator import Conditions, Context, Generator
from core.model.generator_config import LARGEST_BLOCK
from core.training.avatar.latents import seen
from core.training.avatar.learner import under
from core.training.avatar.lips import LipReader, drawing_loss, lips, reading_loss
from core.training.avatar.samples import heard, live, sample_rows
from core.training.avatar.stage import Clip, Length, length_at
from core.training.metrics.validation_metrics import lip_sync_metrics


@dataclass(frozen=True)
class GeneratorRecipe:
    """How clips, noise and conditions are drawn, and what each part of the loss counts."""

    context: float = 0.7
    """Most noise on clean pasts (2606.01620)."""
    clean: float = 0.5
    """Share of steps whose past is clean; in the others it is as noisy as the present."""
    corruption: float = 0.1
    """Noise in keys and values of a noisy past (2512.04677)."""
    nothing: float = 0.1
    """Chance of neither sound nor references, which guidance needs."""
    deaf: float = 0.05
    """Chance of no sound alone."""
    blind: float = 0.05
    """Chance of no references alone."""
    lips: float = 0.5
    """What the places of lips count; 0: no lips are read."""
    lengths: tuple[Length, ...] = (Length(0.0, 33), Length(0.3, 65), Length(0.7, 125))


class GeneratorTask(NamedTuple):
    """A step's clips, noise, and what is known."""

    latents: Tensor
    noise: Tensor
    time: Tensor
    """(batch, latents)"""
    starts: Tensor
    features: Tensor
    given: Conditions
    """But for the sound, which learned layers have yet to hear."""
    context: Context | None
    lips: Tensor
    """(batch, latents, points, 2)"""


class Drawing(nn.Module):
    """The generator, and who reads lips beside it."""

    def __init__(self, generator: Generator, reads: bool) -> None:
        super().__init__()
        self.generator = generator
        self.reader = LipReader(generator.config) if reads else None


class GeneratorStage:
    """Teaches an avatar's generator; its VAE and scale stay. See `Stage`."""

    def __init__(self, avatar: Avatar, recipe: GeneratorRecipe) -> None:
        self.avatar, self.recipe = avatar, recipe
        self.network = Drawing(avatar.generator, recipe.lips > 0)
        self._config = avatar.generator.config
        avatar.vae.requires_grad_(False).eval()

    def frames(self, share: float) -> int:
        """See `Stage`."""
        return length_at(self.recipe.lengths, share)

    def tasks(self, clip: Clip, random: np.random.Generator) -> Sequence[GeneratorTask]:
        """See `Stage`."""
        return [self.task(clip, random)]

    def task(self, clip: Clip, random: np.random.Generator) -> GeneratorTask:
        """Encode clips, and draw noise, times, blocks, and what is hidden."""
        latents, references = seen(self.avatar, clip)
        batch, count = latents.shape[:2]
        sizes, clean = block_sizes(count, random), random.random() < self.recipe.clean
        given = self._conditions(references, count)
        context = self._context(latents) if clean else None
        return GeneratorTask(
            latents,
            torch.randn_like(latents),
            self._times(batch, sizes, shared=not clean).to(latents),
            block_starts(sizes).to(latents.device),
            clip.said.features.float(),
            given,
            context,
            lips(clip.landmarks, self.avatar.config.vae.time),
        )

    def terms(self, task: GeneratorTask) -> Mapping[str, Tensor]:
        """See `Stage`."""
        network, time = self.network, task.time[..., None, None, None]
        point = noised(task.latents, task.noise, time)
        noisy = task.context is None
        said = network.generator(
            point,
            task.time,
            task.given._replace(audio=heard(network.generator, task.features)),
            task.starts,
            task.context,
            history=self._config.history if noisy else None,
            corruption=self.recipe.corruption if noisy else 0.0,
        ).float()
        terms = {"flow": functional.mse_loss(said, velocity(task.latents, task.noise))}
        if network.reader:
            drawn = clean_from(point, said, time)
            wrong = drawing_loss(network.reader, drawn, task.lips, task.time)
            terms["reading"] = reading_loss(network.reader, task.latents, task.lips)
            terms["lips"] = self.recipe.lips * wrong
        return terms

    def rows(self, mean: nn.Module, clip: Clip) -> Sequence[Tensor]:
        """References; the clip; the clip through the latent; what is drawn for its sound."""
        assert isinstance(mean, Drawing)
        return sample_rows(self.avatar, mean.generator, self._config.sampling, clip)

    def figures(self, mean: nn.Module, clip: Clip) -> Mapping[str, float]:
        """See `Stage`: how wrong velocities are halfway to noise, and what drawn lips do."""
        assert isinstance(mean, Drawing)
        latents, references = seen(self.avatar, clip)
        batch, count = latents.shape[:2]
        time = latents.new_full((batch, count), 0.5)
        noise = torch.randn(latents.shape, generator=torch.Generator().manual_seed(0)).to(latents)
        everything = torch.ones(references.shape[:2], dtype=torch.bool, device=latents.device)
        first = (torch.arange(count, device=latents.device) == 0).expand(batch, -1)
        audio = heard(mean.generator, clip.said.features.float())
        given = Conditions(audio, everything[:, 0], references, everything, first)
        starts = block_starts([1] * count).to(latents.device)
        context = Context(latents, torch.zeros_like(time))
        point = noised(latents, noise, time[..., None, None, None])
        said = mean.generator(point, time, given, starts, context).float()
        wrong = float(functional.mse_loss(said, velocity(latents, noise)))
        features, sampling = clip.said.features.float(), self._config.sampling
        drawn = live(mean.generator, sampling, references, features, count)
        return {"flow": wrong, **lip_sync_metrics(self.avatar, drawn, clip)}

    def fixed(self) -> Mapping[str, Tensor]:
        """See `Stage`."""
        return kept(self.avatar)

    def _times(self, batch: int, sizes: Sequence[int], shared: bool) -> Tensor:
        """Return (batch, latents): a time for each block or, if `shared`, for each clip."""
        shape = (batch, 1 if shared else len(sizes))
        times = draw_times(shape, self._config.sampling.shift).expand(batch, len(sizes))
        return times.repeat_interleave(torch.tensor(sizes), 1)

    def _context(self, latents: Tensor) -> Context:
        shape = (len(latents), 1, 1, 1, 1)
        level = self.recipe.context * torch.rand(shape, device=latents.device)
        past = disturbed(latents, level, torch.randn_like(latents))
        return Context(past, latents.new_zeros(latents.shape[:2]))

    def _conditions(self, references: Tensor, count: int) -> Conditions:
        """Hide sound and references, or some of these, at random."""
        recipe, device = self.recipe, references.device
        batch, most = references.shape[:2]
        chance = torch.rand(batch, device=device)
        nothing = chance < recipe.nothing
        deaf = nothing | ((chance >= recipe.nothing) & (chance < recipe.nothing + recipe.deaf))
        blind = nothing | (chance >= 1 - recipe.blind)
        shown = torch.rand(batch, 1, device=device) * most  # the first one always, if any
        present = (torch.arange(most, device=device) <= shown) & ~blind[:, None]
        first = (torch.arange(count, device=device) == 0).expand(batch, -1)
        silence = references.new_zeros(batch, count, 0)
        return Conditions(silence, ~deaf, references, present, first)


def kept(avatar: Avatar) -> Mapping[str, Tensor]:
    """Return what a generator stands on: the VAE in half precision, and the scale."""
    vae = {f"vae.{name}": tensor.half() for name, tensor in avatar.vae.state_dict().items()}
    return {**vae, "mean": avatar.mean, "deviation": avatar.deviation}


def restored(avatar: Avatar, fixed: Mapping[str, Tensor]) -> None:
    """Put back what `kept` gave."""
    avatar.vae.load_state_dict({k: t.float() for k, t in under(fixed, "vae.").items()})
    avatar.mean.copy_(fixed["mean"])
    avatar.deviation.copy_(fixed["deviation"])


def block_sizes(count: int, random: np.random.Generator) -> list[int]:
    """Return sizes of blocks that fill `count` latents: all alike, or each at random."""
    alike = int(random.integers(1, LARGEST_BLOCK + 1)) if random.random() < 0.5 else None
    sizes: list[int] = []
    while (left := count - sum(sizes)) > 0:
        size = alike or int(random.integers(1, LARGEST_BLOCK + 1))
        sizes.append(min(left, size))
    return sizes
