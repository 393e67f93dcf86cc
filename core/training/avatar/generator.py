"""Stage `generator`: flow matching in the latent space of the frozen VAE."""

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
from core.training.avatar.latents import EncodedClip, encode_clip
from core.training.avatar.lip_probe import LipProbe, lip_loss, lip_targets, probe_loss
from core.training.avatar.samples import embed_audio, sample_clip_images, sample_streaming
from core.training.metrics.validation_metrics import LipSyncMetrics
from core.training.trainer.clip_batch import (
    ClipBatch,
    LengthPhase,
    clip_length_at,
    frames_in,
)
from core.training.trainer.optimization import strip_prefix


@dataclass(frozen=True)
class GeneratorRecipe:
    """Noise of the context, dropout of conditions, loss weights, and lengths of clips."""

    context_noise: float = 0.7
    """Largest noise level of clean contexts (2606.01620)."""
    clean_context: float = 0.5
    """Share of steps with a clean context (teacher forcing); in the others the past is as noisy as
    the present."""
    shared_timestep: bool = True
    """Whether a noisy past has the timestep of the present, as live, or each block one of its own
    (diffusion forcing, stage 1 of 2512.04677)."""
    mid_stream: float = 0.5
    """Share of clips with a clean context that begin in mid-stream, as all windows after a stream's
    first do (2606.01620): without its first latent, after which they are cut."""
    lone_first: float = 0.5
    """Share of the others whose first latent is a block of its own, as live."""
    history_corruption: float = 0.1
    """Noise in keys and values of a noisy past (History Corrupt, 2512.04677)."""
    cfg_dropout: float = 0.1
    """Probability of dropping all conditions, for classifier-free guidance (CFG)."""
    audio_dropout: float = 0.05
    """Probability of dropping the audio alone."""
    reference_dropout: float = 0.05
    """Probability of dropping the references alone."""
    lip_weight: float = 0.5
    """Weight of the lip landmark loss; 0: there is no probe."""
    clip_lengths: tuple[LengthPhase, ...] = (
        LengthPhase(0.0, 33),
        LengthPhase(0.3, 65),
        LengthPhase(0.7, 125),
    )


class GeneratorBatch(NamedTuple):
    """Latents, noise, timesteps and conditions of a flow matching step."""

    latents: Tensor
    noise: Tensor
    time: Tensor
    """(batch, latents)"""
    starts: Tensor
    """First latent of each latent's block, (latents,); see `block_starts`."""
    features: Tensor
    """Of the audio, (batch, frames, features), from a stream's first frame on."""
    conditions: Conditions
    """Without the audio, whose embedder is trained too."""
    context: Context | None
    lip_landmarks: Tensor
    """(batch, latents, ...), as `GeneratorStage.lip_targets` gives them."""


class GeneratorWithProbe(nn.Module):
    """What is optimised: the generator, and the lip probe beside it."""

    def __init__(self, generator: Generator, with_probe: bool) -> None:
        super().__init__()
        self.generator = generator
        self.lip_probe = LipProbe(generator.config) if with_probe else None


class GeneratorStage:
    """Flow matching of a generator; VAE and latent scale are frozen. A `TrainingStage`."""

    uses_probe = True
    """Whether lips are read from latents by a probe that learns beside."""

    def __init__(self, avatar: Avatar, recipe: GeneratorRecipe) -> None:
        self.avatar, self.recipe = avatar, recipe
        self.network = GeneratorWithProbe(
            avatar.generator, self.uses_probe and recipe.lip_weight > 0
        )
        self._config = avatar.generator.config
        self._lip_sync = LipSyncMetrics()
        avatar.vae.requires_grad_(False).eval()

    def clip_length(self, progress: float) -> int:
        """See `TrainingStage`."""
        return clip_length_at(self.recipe.clip_lengths, progress)

    def clip_size(self, progress: float) -> None:
        """See `TrainingStage`: always the usual."""

    def count_frames(self, clip: ClipBatch) -> int:
        """See `TrainingStage`."""
        return frames_in(clip)

    def encode(self, clip: ClipBatch) -> EncodedClip:
        """Return the normalised latents of clips and of their references."""
        return encode_clip(self.avatar, clip)

    def micro_batches(
        self, clip: ClipBatch, random: np.random.Generator
    ) -> Sequence[GeneratorBatch]:
        """See `TrainingStage`."""
        return [self.micro_batch(clip, random)]

    def micro_batch(self, clip: ClipBatch, random: np.random.Generator) -> GeneratorBatch:
        """Encode clips; draw noise, timesteps, blocks, and which conditions are dropped."""
        recipe = self.recipe
        latents, references = self.encode(clip)
        clean = random.random() < recipe.clean_context
        in_mid_stream = clean and random.random() < recipe.mid_stream
        skipped = 1 if in_mid_stream else 0
        latents = latents[:, skipped:]
        batch, count = latents.shape[:2]
        lone_first = not in_mid_stream and random.random() < recipe.lone_first
        sizes = [1, *block_sizes(count - 1, random)] if lone_first else block_sizes(count, random)
        conditions = self._conditions(references, count, in_mid_stream)
        context = self._context(latents) if clean else None
        return GeneratorBatch(
            latents,
            torch.randn_like(latents),
            self._times(batch, sizes, recipe.shared_timestep and not clean).to(latents),
            block_starts(sizes).to(latents.device),
            clip.speech.features.float(),
            conditions,
            context,
            self.lip_targets(clip)[:, skipped:],
        )

    def losses(self, micro_batch: GeneratorBatch) -> Mapping[str, Tensor]:
        """See `TrainingStage`."""
        time = micro_batch.time[..., None, None, None]
        noisy = interpolate(micro_batch.latents, micro_batch.noise, time)
        predicted = self._predict(noisy, micro_batch)
        target = velocity_target(micro_batch.latents, micro_batch.noise)
        clean = predict_clean(noisy, predicted, time)
        flow_matching = functional.mse_loss(predicted, target)
        return {"flow_matching": flow_matching, **self.lip_losses(micro_batch, clean)}

    def lip_losses(self, micro_batch: GeneratorBatch, clean: Tensor) -> Mapping[str, Tensor]:
        """Return what lips add to the loss, of predicted clean latents; nothing without a probe."""
        probe, landmarks = self.network.lip_probe, micro_batch.lip_landmarks
        if probe is None:
            return {}
        lips = lip_loss(probe, clean, landmarks, micro_batch.time)
        return {
            "lip_probe": probe_loss(probe, micro_batch.latents, landmarks),
            "lips": self.recipe.lip_weight * lips,
        }

    def _predict(self, noisy: Tensor, micro_batch: GeneratorBatch) -> Tensor:
        """Return the velocity of noisy latents, in single precision."""
        network, noisy_past = self.network, micro_batch.context is None
        velocity: Tensor = network.generator(
            noisy,
            micro_batch.time,
            micro_batch.conditions._replace(
                # What is heard of a clip begins with its first frame, also in mid-stream.
                audio=embed_audio(network.generator, micro_batch.features)[:, -noisy.shape[1] :]
            ),
            micro_batch.starts,
            micro_batch.context,
            history=self._config.history if noisy_past else None,
            corruption=self.recipe.history_corruption if noisy_past else 0.0,
        )
        return velocity.float()

    def lip_targets(self, clip: ClipBatch) -> Tensor:
        """Return what `lip_losses` compares with, (batch, latents, ...)."""
        return lip_targets(clip.landmarks, self.avatar.config.vae.frames_per_latent)

    def sample_images(self, ema: nn.Module, clip: ClipBatch) -> Sequence[Tensor]:
        """References; the clip; its VAE reconstruction; a sample for its audio."""
        assert isinstance(ema, GeneratorWithProbe)
        return sample_clip_images(self.avatar, ema.generator, self._config.sampling, clip)

    def metrics(self, ema: nn.Module, clip: ClipBatch) -> Mapping[str, float]:
        """See `TrainingStage`: `flow_matching_loss`, and lip sync of samples."""
        assert isinstance(ema, GeneratorWithProbe)
        latents, references = self.encode(clip)
        features, sampling = clip.speech.features.float(), self._config.sampling
        samples = sample_streaming(ema.generator, sampling, references, features, latents.shape[1])
        loss = self.flow_matching_loss(ema.generator, clip)
        return {"flow_matching": loss, **self._lip_sync(self.avatar, samples, clip)}

    @torch.no_grad()
    def flow_matching_loss(self, generator: Generator, clip: ClipBatch) -> float:
        """Return the flow matching loss at t = 0.5, blocks of one latent, the past clean."""
        latents, references = self.encode(clip)
        batch, count = latents.shape[:2]
        time = latents.new_full((batch, count), 0.5)
        noise = torch.randn(latents.shape, generator=torch.Generator().manual_seed(0)).to(latents)
        present = torch.ones(references.shape[:2], dtype=torch.bool, device=latents.device)
        first = (torch.arange(count, device=latents.device) == 0).expand(batch, -1)
        audio = embed_audio(generator, clip.speech.features.float())
        conditions = Conditions(audio, present[:, 0], references, present, first)
        starts = block_starts([1] * count).to(latents.device)
        context = Context(latents, torch.zeros_like(time))
        noisy = interpolate(latents, noise, time[..., None, None, None])
        predicted = generator(noisy, time, conditions, starts, context).float()
        return float(functional.mse_loss(predicted, velocity_target(latents, noise)))

    def frozen_state(self) -> Mapping[str, Tensor]:
        """See `TrainingStage`."""
        return frozen_avatar_state(self.avatar)

    def _times(self, batch: int, sizes: Sequence[int], shared: bool) -> Tensor:
        """Return (batch, latents): a timestep for each block or, if `shared`, for each clip."""
        shape = (batch, 1 if shared else len(sizes))
        times = sample_timesteps(shape, self._config.sampling.shift).expand(batch, len(sizes))
        return times.repeat_interleave(torch.tensor(sizes), 1)

    def _context(self, latents: Tensor) -> Context:
        shape = (len(latents), 1, 1, 1, 1)
        level = self.recipe.context_noise * torch.rand(shape, device=latents.device)
        context = add_context_noise(latents, level, torch.randn_like(latents))
        return Context(context, latents.new_zeros(latents.shape[:2]))

    def _conditions(self, references: Tensor, count: int, in_mid_stream: bool) -> Conditions:
        """Drop audio, references, or both at random; of references a random number stays."""
        recipe, device = self.recipe, references.device
        batch, most = references.shape[:2]
        draw = torch.rand(batch, device=device)
        unconditional = draw < recipe.cfg_dropout
        no_audio = unconditional | (
            (draw >= recipe.cfg_dropout) & (draw < recipe.cfg_dropout + recipe.audio_dropout)
        )
        no_reference = unconditional | (draw >= 1 - recipe.reference_dropout)
        shown = sample_references(batch, most, device)
        present = shown & ~no_reference[:, None]
        is_first = torch.arange(count, device=device) == (-1 if in_mid_stream else 0)
        no_embedding = references.new_zeros(batch, count, 0)
        return Conditions(no_embedding, ~no_audio, references, present, is_first.expand(batch, -1))


def sample_references(batch: int, count: int, device: torch.device) -> Tensor:
    """Draw how many of `count` references each clip is shown, (batch, count): one to all, the
    first always (2606.01620)."""
    last = torch.rand(batch, 1, device=device) * count
    return torch.arange(count, device=device) <= last


def frozen_avatar_state(avatar: Avatar) -> Mapping[str, Tensor]:
    """Return the frozen part of an avatar: the VAE in half precision, and the latent scale."""
    vae = {f"vae.{name}": tensor.half() for name, tensor in avatar.vae.state_dict().items()}
    return {**vae, "mean": avatar.mean, "std": avatar.std}


def load_frozen_avatar(avatar: Avatar, frozen: Mapping[str, Tensor]) -> None:
    """Load what `frozen_avatar_state` gave."""
    avatar.vae.load_state_dict({k: t.float() for k, t in strip_prefix(frozen, "vae.").items()})
    avatar.mean.copy_(frozen["mean"])
    avatar.std.copy_(frozen["std"])


def block_sizes(count: int, random: np.random.Generator) -> list[int]:
    """Return sizes of blocks that fill `count` latents: uniform, or each at random."""
    uniform = int(random.integers(1, MAX_BLOCK + 1)) if random.random() < 0.5 else None
    sizes: list[int] = []
    while (left := count - sum(sizes)) > 0:
        size = uniform or int(random.integers(1, MAX_BLOCK + 1))
        sizes.append(min(left, size))
    return sizes
