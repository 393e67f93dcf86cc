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
from core.model.generator.flow_transformer import Conditions, Context, Generator
from core.model.generator.generator_config import MAX_BLOCK
from core.model.generator.rectified_flow import (
    add_context_noise,
    interpolate,
    predict_clean,
    sample_timesteps,
    velocity_target,
)
from core.training.avatar.latents import encode_clip
from core.training.avatar.lip_probe import LipProbe, lip_loss, lip_targets, probe_loss
from core.training.avatar.samples import embed_audio, sample_clip_images, sample_streaming
from core.training.metrics.validation_metrics import lip_sync_metrics
from core.training.trainer.optimization import strip_prefix
from core.training.trainer.stage import ClipBatch, LengthPhase, clip_length_at


@dataclass(frozen=True)
class GeneratorRecipe:
    """How clips, noise and conditions are drawn, and what each part of the loss counts."""

    context_noise: float = 0.7
    """Most noise on clean pasts (2606.01620)."""
    clean_context: float = 0.5
    """Share of steps whose past is clean; in the others it is as noisy as the present."""
    history_corruption: float = 0.1
    """Noise in keys and values of a noisy past (2512.04677)."""
    cfg_dropout: float = 0.1
    """Chance of neither sound nor references, which guidance needs."""
    audio_dropout: float = 0.05
    """Chance of no sound alone."""
    reference_dropout: float = 0.05
    """Chance of no references alone."""
    lip_weight: float = 0.5
    """What the places of lips count; 0: no lips are read."""
    clip_lengths: tuple[LengthPhase, ...] = (
        LengthPhase(0.0, 33),
        LengthPhase(0.3, 65),
        LengthPhase(0.7, 125),
    )


class GeneratorBatch(NamedTuple):
    """A step's clips, noise, and what is known."""

    latents: Tensor
    noise: Tensor
    time: Tensor
    """(batch, latents)"""
    starts: Tensor
    features: Tensor
    conditions: Conditions
    """But for the sound, which learned layers have yet to hear."""
    context: Context | None
    lip_landmarks: Tensor
    """(batch, latents, points, 2)"""


class GeneratorWithProbe(nn.Module):
    """The generator, and who reads lips beside it."""

    def __init__(self, generator: Generator, with_probe: bool) -> None:
        super().__init__()
        self.generator = generator
        self.lip_probe = LipProbe(generator.config) if with_probe else None


class GeneratorStage:
    """Teaches an avatar's generator; its VAE and scale stay. See `Stage`."""

    def __init__(self, avatar: Avatar, recipe: GeneratorRecipe) -> None:
        self.avatar, self.recipe = avatar, recipe
        self.network = GeneratorWithProbe(avatar.generator, recipe.lip_weight > 0)
        self._config = avatar.generator.config
        avatar.vae.requires_grad_(False).eval()

    def clip_length(self, progress: float) -> int:
        """See `Stage`."""
        return clip_length_at(self.recipe.clip_lengths, progress)

    def micro_batches(
        self, clip: ClipBatch, random: np.random.Generator
    ) -> Sequence[GeneratorBatch]:
        """See `Stage`."""
        return [self.micro_batch(clip, random)]

    def micro_batch(self, clip: ClipBatch, random: np.random.Generator) -> GeneratorBatch:
        """Encode clips, and draw noise, times, blocks, and what is hidden."""
        latents, references = encode_clip(self.avatar, clip)
        batch, count = latents.shape[:2]
        sizes, clean = block_sizes(count, random), random.random() < self.recipe.clean_context
        conditions = self._conditions(references, count)
        context = self._context(latents) if clean else None
        return GeneratorBatch(
            latents,
            torch.randn_like(latents),
            self._times(batch, sizes, shared=not clean).to(latents),
            block_starts(sizes).to(latents.device),
            clip.speech.features.float(),
            conditions,
            context,
            lip_targets(clip.landmarks, self.avatar.config.vae.frames_per_latent),
        )

    def losses(self, micro_batch: GeneratorBatch) -> Mapping[str, Tensor]:
        """See `Stage`."""
        network, time = self.network, micro_batch.time[..., None, None, None]
        point = interpolate(micro_batch.latents, micro_batch.noise, time)
        noisy = micro_batch.context is None
        said = network.generator(
            point,
            micro_batch.time,
            micro_batch.conditions._replace(
                audio=embed_audio(network.generator, micro_batch.features)
            ),
            micro_batch.starts,
            micro_batch.context,
            history=self._config.history if noisy else None,
            corruption=self.recipe.history_corruption if noisy else 0.0,
        ).float()
        terms = {
            "flow": functional.mse_loss(
                said, velocity_target(micro_batch.latents, micro_batch.noise)
            )
        }
        if network.lip_probe:
            drawn = predict_clean(point, said, time)
            wrong = lip_loss(network.lip_probe, drawn, micro_batch.lip_landmarks, micro_batch.time)
            terms["reading"] = probe_loss(
                network.lip_probe, micro_batch.latents, micro_batch.lip_landmarks
            )
            terms["lips"] = self.recipe.lip_weight * wrong
        return terms

    def sample_images(self, ema: nn.Module, clip: ClipBatch) -> Sequence[Tensor]:
        """References; the clip; the clip through the latent; what is drawn for its sound."""
        assert isinstance(ema, GeneratorWithProbe)
        return sample_clip_images(self.avatar, ema.generator, self._config.sampling, clip)

    def metrics(self, ema: nn.Module, clip: ClipBatch) -> Mapping[str, float]:
        """See `Stage`: how wrong velocities are halfway to noise, and what drawn lips do."""
        assert isinstance(ema, GeneratorWithProbe)
        latents, references = encode_clip(self.avatar, clip)
        batch, count = latents.shape[:2]
        time = latents.new_full((batch, count), 0.5)
        noise = torch.randn(latents.shape, generator=torch.Generator().manual_seed(0)).to(latents)
        everything = torch.ones(references.shape[:2], dtype=torch.bool, device=latents.device)
        first = (torch.arange(count, device=latents.device) == 0).expand(batch, -1)
        audio = embed_audio(ema.generator, clip.speech.features.float())
        conditions = Conditions(audio, everything[:, 0], references, everything, first)
        starts = block_starts([1] * count).to(latents.device)
        context = Context(latents, torch.zeros_like(time))
        point = interpolate(latents, noise, time[..., None, None, None])
        said = ema.generator(point, time, conditions, starts, context).float()
        wrong = float(functional.mse_loss(said, velocity_target(latents, noise)))
        features, sampling = clip.speech.features.float(), self._config.sampling
        drawn = sample_streaming(ema.generator, sampling, references, features, count)
        return {"flow": wrong, **lip_sync_metrics(self.avatar, drawn, clip)}

    def frozen_state(self) -> Mapping[str, Tensor]:
        """See `Stage`."""
        return frozen_avatar_state(self.avatar)

    def _times(self, batch: int, sizes: Sequence[int], shared: bool) -> Tensor:
        """Return (batch, latents): a time for each block or, if `shared`, for each clip."""
        shape = (batch, 1 if shared else len(sizes))
        times = sample_timesteps(shape, self._config.sampling.shift).expand(batch, len(sizes))
        return times.repeat_interleave(torch.tensor(sizes), 1)

    def _context(self, latents: Tensor) -> Context:
        shape = (len(latents), 1, 1, 1, 1)
        level = self.recipe.context_noise * torch.rand(shape, device=latents.device)
        past = add_context_noise(latents, level, torch.randn_like(latents))
        return Context(past, latents.new_zeros(latents.shape[:2]))

    def _conditions(self, references: Tensor, count: int) -> Conditions:
        """Hide sound and references, or some of these, at random."""
        recipe, device = self.recipe, references.device
        batch, most = references.shape[:2]
        chance = torch.rand(batch, device=device)
        unconditional = chance < recipe.cfg_dropout
        no_audio = unconditional | (
            (chance >= recipe.cfg_dropout) & (chance < recipe.cfg_dropout + recipe.audio_dropout)
        )
        no_reference = unconditional | (chance >= 1 - recipe.reference_dropout)
        shown = torch.rand(batch, 1, device=device) * most  # the first one always, if any
        present = (torch.arange(most, device=device) <= shown) & ~no_reference[:, None]
        first = (torch.arange(count, device=device) == 0).expand(batch, -1)
        silence = references.new_zeros(batch, count, 0)
        return Conditions(silence, ~no_audio, references, present, first)


def frozen_avatar_state(avatar: Avatar) -> Mapping[str, Tensor]:
    """Return what a generator stands on: the VAE in half precision, and the scale."""
    vae = {f"vae.{name}": tensor.half() for name, tensor in avatar.vae.state_dict().items()}
    return {**vae, "mean": avatar.mean, "deviation": avatar.std}


def load_frozen_avatar(avatar: Avatar, frozen: Mapping[str, Tensor]) -> None:
    """Put back what `kept` gave."""
    avatar.vae.load_state_dict({k: t.float() for k, t in strip_prefix(frozen, "vae.").items()})
    avatar.mean.copy_(frozen["mean"])
    avatar.std.copy_(frozen["deviation"])


def block_sizes(count: int, random: np.random.Generator) -> list[int]:
    """Return sizes of blocks that fill `count` latents: all alike, or each at random."""
    uniform = int(random.integers(1, MAX_BLOCK + 1)) if random.random() < 0.5 else None
    sizes: list[int] = []
    while (left := count - sum(sizes)) > 0:
        size = uniform or int(random.integers(1, MAX_BLOCK + 1))
        sizes.append(min(left, size))
    return sizes
