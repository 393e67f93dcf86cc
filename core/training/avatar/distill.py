"""Stage `distill`: distil a generator into a student of few steps that needs no guidance.

Self-forcing distribution matching distillation (DMD; 2512.04677, Algorithms 1 and 2): the
student's own rollouts are scored by the frozen teacher, with classifier-free guidance, and by a
critic trained on what the student draws (the fake score). The difference of the two scores is the
student's gradient (2311.18828, equations 7 and 8).
"""

import copy
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional

from core.model.attention import block_starts
from core.model.avatar import Avatar
from core.model.generator.flow_transformer import Conditions, Generator
from core.model.generator.generator_config import MAX_BLOCK, GeneratorConfig
from core.model.generator.rectified_flow import (
    apply_cfg,
    interpolate,
    predict_clean,
    shift_timestep,
    timestep_schedule,
    velocity_target,
)
from core.training.avatar import self_forcing
from core.training.avatar.generator import (
    frozen_avatar_state,
    load_frozen_avatar,
    sample_references,
)
from core.training.avatar.latents import EncodedClip, encode_clip, encode_references
from core.training.avatar.samples import embed_audio, sample_clip_images, sample_streaming
from core.training.avatar.self_forcing import RolloutBlock, RolloutConditions, SelfForcingConfig
from core.training.metrics.validation_metrics import LipSyncMetrics
from core.training.trainer.clip_batch import (
    ClipBatch,
    LengthPhase,
    clip_length_at,
    frames_in,
)
from core.training.trainer.optimization import strip_prefix

TEACHER = "teacher."
MIN_TIME, MAX_TIME = 0.02, 0.98
"""Range of timesteps at which rollouts are scored, before the shift; scores beyond say nothing."""
MIN_DISTANCE = 1e-3
"""Least distance from the teacher by which the gradient is normalised."""


@dataclass(frozen=True)
class DistillRecipe:
    """How a student samples, and how often it is updated."""

    steps: int = 4
    guidance: float = 2.0
    """CFG scale of the teacher; the student is distilled to need none."""
    critic_steps: int = 5
    """Updates of the critic for one of the student."""
    history_corruption: float = 0.1
    """Noise in keys and values of the student's past (History Corrupt)."""
    replaces_sink: bool = True
    """Whether the student's first latent replaces the references as attention sink, as live."""
    clip_lengths: tuple[LengthPhase, ...] = (
        LengthPhase(0.0, 33),
        LengthPhase(0.5, 65),
        LengthPhase(0.75, 125),
    )
    """The last beyond the history of both presets, so that caches roll as they do live."""

    def __post_init__(self) -> None:
        if self.steps < 1 or self.critic_steps < 1:
            raise ValueError(
                f"{self.steps} steps, {self.critic_steps} critic steps; expected at least one each"
            )

    def student_config(self, config: GeneratorConfig) -> GeneratorConfig:
        """Return the student's config: it samples with these steps, without guidance, and with
        the KV cache and the sink that it is distilled with."""
        sampling = replace(
            config.sampling,
            steps=self.steps,
            cfg_scale=1.0,
            kv_cache="timestep-forcing",
            replaces_sink=self.replaces_sink,
        )
        return replace(config, sampling=sampling)


class StudentBatch(NamedTuple):
    """One block of a rollout, and the clean latents it should have predicted."""

    block: RolloutBlock
    target: Tensor
    time: float
    weight: float
    """Share of the clip."""


class FakeScoreBatch(NamedTuple):
    """What the student sampled, for the critic's flow matching."""

    clean: Tensor
    noise: Tensor
    time: Tensor
    """(batch,)"""
    conditions: RolloutConditions


class StudentAndCritic(nn.Module):
    """What is optimised: the student, and the critic that learns its distribution (fake score)."""

    def __init__(self, teacher: Generator) -> None:
        super().__init__()
        self.student = copy.deepcopy(teacher).requires_grad_(True)
        self.critic = copy.deepcopy(teacher).requires_grad_(True)


class DistillStage:
    """DMD of a student; the avatar's own generator is the frozen teacher. A `TrainingStage`."""

    def __init__(self, avatar: Avatar, recipe: DistillRecipe) -> None:
        self.avatar, self.recipe = avatar.requires_grad_(False).eval(), recipe
        self.network = StudentAndCritic(avatar.generator)
        self._config = recipe.student_config(avatar.generator.config)
        self._lip_sync = LipSyncMetrics()
        sampling = self._config.sampling
        times = timestep_schedule(sampling.steps, sampling.shift)
        self._self_forcing = SelfForcingConfig(
            times, sampling.block, recipe.history_corruption, recipe.replaces_sink
        )

    def clip_length(self, progress: float) -> int:
        """See `TrainingStage`."""
        return clip_length_at(self.recipe.clip_lengths, progress)

    def clip_size(self, progress: float) -> None:
        """See `TrainingStage`: always the usual."""

    def count_frames(self, clip: ClipBatch) -> int:
        """See `TrainingStage`."""
        return frames_in(clip)

    def micro_batches(
        self, clip: ClipBatch, random: np.random.Generator
    ) -> Sequence[StudentBatch | FakeScoreBatch]:
        """See `TrainingStage`: one exit step for all blocks (Algorithm 1, line 4)."""
        conditions, step = self._conditions(clip), int(random.integers(self.recipe.steps))
        student_learns = random.random() < 1 / self.recipe.critic_steps
        noise = self._noise(conditions)
        blocks = self_forcing.roll_out(
            self.network.student, conditions, noise, self._self_forcing, step
        )
        clean = torch.cat([block.clean for block in blocks], 1)
        critic = self._fake_score_batch(clean, conditions)
        if not student_learns:
            return [critic]
        target = self._matching_target(clean, conditions)
        return [critic, *reversed(self._student_batches(blocks, target, step))]

    def losses(self, micro_batch: StudentBatch | FakeScoreBatch) -> Mapping[str, Tensor]:
        """See `TrainingStage`: the critic's flow matching, or one block's share of the DMD loss."""
        if isinstance(micro_batch, FakeScoreBatch):
            return {"critic": self._critic_loss(micro_batch)}
        return {"student": self._student_loss(micro_batch)}

    def _critic_loss(self, batch: FakeScoreBatch) -> Tensor:
        noisy = interpolate(batch.clean, batch.noise, batch.time[:, None, None, None, None])
        critic = self.network.critic
        predicted = clip_velocity(critic, noisy, batch.time, batch.conditions, True).float()
        return functional.mse_loss(predicted, velocity_target(batch.clean, batch.noise))

    def _student_loss(self, batch: StudentBatch) -> Tensor:
        student, block = self.network.student, batch.block
        encoded = self_forcing.encode_conditions(student, block.conditions)
        predicted, _ = self_forcing.block_velocity(
            student, encoded, block.noisy, batch.time, block.positions, block.past
        )
        clean = predict_clean(block.noisy, predicted.float(), batch.time)
        return 0.5 * batch.weight * functional.mse_loss(clean, batch.target)

    def sample_images(self, ema: nn.Module, clip: ClipBatch) -> Sequence[Tensor]:
        """References; the clip; its VAE reconstruction; a sample of the student for its audio."""
        assert isinstance(ema, StudentAndCritic)
        return sample_clip_images(self.avatar, ema.student, self._config.sampling, clip)

    def metrics(self, ema: nn.Module, clip: ClipBatch) -> Mapping[str, float]:
        """See `TrainingStage`: mean squared error of samples over the variance of true latents
        (`nmse`), the ratio of standard deviations (`std_ratio`), and lip sync.

        A student that samples a mean has a small `std_ratio`.
        """
        assert isinstance(ema, StudentAndCritic)
        latents, references = self.encode(clip)
        features, count = clip.speech.features.float(), latents.shape[1]
        samples = sample_streaming(ema.student, self._config.sampling, references, features, count)
        nmse = functional.mse_loss(samples, latents) / latents.var()
        lips = self.lip_metrics(samples, clip)
        return {"nmse": float(nmse), "std_ratio": float(samples.std() / latents.std()), **lips}

    def encode(self, clip: ClipBatch) -> EncodedClip:
        """Return the normalised latents of clips and of their references."""
        return encode_clip(self.avatar, clip)

    def encode_references(self, clip: ClipBatch) -> Tensor:
        """Return the normalised latents of clips' references alone."""
        return encode_references(self.avatar, clip)

    def lip_metrics(self, samples: Tensor, clip: ClipBatch) -> Mapping[str, float]:
        """Return how lips of sampled latents follow the sound."""
        return self._lip_sync(self.avatar, samples, clip)

    def frozen_state(self) -> Mapping[str, Tensor]:
        """See `TrainingStage`: VAE and teacher in half precision, and the latent scale."""
        return {**frozen_avatar_state(self.avatar), **self.teacher_state()}

    def teacher_state(self) -> Mapping[str, Tensor]:
        """Return the teacher in half precision."""
        weights = self.avatar.generator.state_dict()
        return {f"{TEACHER}{name}": tensor.half() for name, tensor in weights.items()}

    def _conditions(self, clip: ClipBatch) -> RolloutConditions:
        references = self.encode_references(clip)
        present = sample_references(len(references), references.shape[1], references.device)
        return RolloutConditions(clip.speech.features.float(), references, present)

    def _noise(self, conditions: RolloutConditions) -> Tensor:
        stride = self.avatar.config.vae.frames_per_latent
        count = 1 + (conditions.features.shape[1] - 1) // stride
        shape = (len(conditions.features), count, *conditions.references.shape[2:])
        noise = torch.randn(shape, device=conditions.references.device)
        return self.network.student.scale_noise(noise, self._config.sampling)  # as live

    def _times(self, clean: Tensor) -> Tensor:
        times = MIN_TIME + (MAX_TIME - MIN_TIME) * torch.rand(len(clean), device=clean.device)
        return shift_timestep(times, self._config.sampling.shift)

    def _fake_score_batch(self, clean: Tensor, conditions: RolloutConditions) -> FakeScoreBatch:
        return FakeScoreBatch(clean, torch.randn_like(clean), self._times(clean), conditions)

    @torch.no_grad()
    def _matching_target(self, clean: Tensor, conditions: RolloutConditions) -> Tensor:
        """Return rollouts moved along the difference of scores (2311.18828, equations 7, 8)."""
        _, noise, times, _ = self._fake_score_batch(clean, conditions)
        time = times[:, None, None, None, None]
        noisy = interpolate(clean, noise, time)
        teacher, critic = self.avatar.generator, self.network.critic
        pair = torch.cat(
            [clip_velocity(teacher, noisy, times, conditions, given) for given in (True, False)]
        )
        real = predict_clean(noisy, apply_cfg(pair, self.recipe.guidance), time)
        fake = predict_clean(noisy, clip_velocity(critic, noisy, times, conditions, True), time)
        distance = (clean - real).abs().mean((1, 2, 3, 4), keepdim=True).clamp(min=MIN_DISTANCE)
        return clean - (fake - real) / distance

    def _student_batches(
        self, blocks: Sequence[RolloutBlock], target: Tensor, step: int
    ) -> list[StudentBatch]:
        count, time = target.shape[1], self._self_forcing.times[step]
        parts = torch.split(target, [len(block.positions) for block in blocks], 1)
        return [
            StudentBatch(block, part, time, len(block.positions) / count)
            for block, part in zip(blocks, parts, strict=True)
        ]


def clip_velocity(
    generator: Generator,
    noisy: Tensor,
    times: Tensor,
    conditions: RolloutConditions,
    conditional: bool,
) -> Tensor:
    """Return a generator's velocity of whole noisy clips, with one timestep (batch,) for each.

    Attention is as in training with a noisy past: the largest blocks, within the history. Without
    `conditional`, audio and references are replaced by their null embeddings.
    """
    batch, count = noisy.shape[:2]
    first = (torch.arange(count, device=noisy.device) == 0).expand(batch, -1)
    given = Conditions(
        embed_audio(generator, conditions.features),
        torch.full((batch,), conditional, device=noisy.device),
        conditions.references,
        conditions.present & conditional,
        first,
    )
    sizes = [min(MAX_BLOCK, count - start) for start in range(0, count, MAX_BLOCK)]
    starts = block_starts(sizes).to(noisy.device)
    time = times[:, None].expand(-1, count)
    velocity: Tensor = generator(noisy, time, given, starts, history=generator.config.history)
    return velocity


def load_teacher(avatar: Avatar, frozen: Mapping[str, Tensor]) -> None:
    """Load what `DistillStage.frozen_state` gave; the teacher becomes the avatar's generator."""
    load_frozen_avatar(avatar, frozen)
    load_teacher_alone(avatar, frozen)


def load_teacher_alone(avatar: Avatar, frozen: Mapping[str, Tensor]) -> None:
    """Load what `DistillStage.teacher_state` gave."""
    teacher = {name: tensor.float() for name, tensor in strip_prefix(frozen, TEACHER).items()}
    avatar.generator.load_state_dict(teacher)
