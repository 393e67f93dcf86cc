"""Stage `distill`: a student that needs few steps and no guidance, from a generator as teacher.

Self-forcing distribution matching (2512.04677, Algorithms 1 and 2): the student's own clips are
scored by the frozen teacher, with guidance, and by a rival that learns what the student draws.
Where these two disagree, the student is told (2311.18828, equations 7 and 8).
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
from core.training.avatar.generator import frozen_avatar_state, load_frozen_avatar
from core.training.avatar.latents import encode_clip, encode_references
from core.training.avatar.samples import embed_audio, sample_clip_images, sample_streaming
from core.training.avatar.self_forcing import RolloutBlock, RolloutConditions, SelfForcingConfig
from core.training.metrics.validation_metrics import lip_sync_metrics
from core.training.trainer.optimization import strip_prefix
from core.training.trainer.stage import ClipBatch, LengthPhase, clip_length_at

TEACHER = "teacher."
MIN_TIME, MAX_TIME = 0.02, 0.98
"""Times at which clips are scored, before the shift; nearer to the ends scores say nothing."""
MIN_DISTANCE = 1e-3
"""Distance from the teacher below which a clip is not told more loudly."""


@dataclass(frozen=True)
class DistillRecipe:
    """How a student draws and how often it learns."""

    steps: int = 4
    guidance: float = 2.0
    """Of the teacher; the student learns to need none."""
    critic_steps: int = 5
    """The student learns in one of so many steps, the rival in all."""
    history_corruption: float = 0.1
    """Noise in what the student remembers (History Corrupt)."""
    replaces_sink: bool = True
    """Whether the student's first latent takes the references' place, as live."""
    clip_lengths: tuple[LengthPhase, ...] = (LengthPhase(0.0, 33), LengthPhase(0.5, 65))

    def __post_init__(self) -> None:
        if self.steps < 1 or self.critic_steps < 1:
            raise ValueError(
                f"{self.steps} steps, {self.critic_steps} turns; expected at least one each"
            )

    def student_config(self, config: GeneratorConfig) -> GeneratorConfig:
        """Return the shape of a student: as its teacher's, drawn in these steps, unguided."""
        return replace(config, sampling=replace(config.sampling, steps=self.steps, cfg_scale=1.0))


class StudentBatch(NamedTuple):
    """One block, and where the student should have seen it end."""

    block: RolloutBlock
    target: Tensor
    time: float
    weight: float
    """Of the clip."""


class FakeScoreBatch(NamedTuple):
    """What the student drew, for the rival to learn."""

    clean: Tensor
    noise: Tensor
    time: Tensor
    """(batch,)"""
    conditions: RolloutConditions


class StudentAndCritic(nn.Module):
    """Who learns: the student and, as its rival, who watches it (the fake score)."""

    def __init__(self, teacher: Generator) -> None:
        super().__init__()
        self.student = copy.deepcopy(teacher).requires_grad_(True)
        self.critic = copy.deepcopy(teacher).requires_grad_(True)


class DistillStage:
    """Teaches a student; the avatar's own generator is the teacher and stays. See `Stage`."""

    def __init__(self, avatar: Avatar, recipe: DistillRecipe) -> None:
        self.avatar, self.recipe = avatar.requires_grad_(False).eval(), recipe
        self.network = StudentAndCritic(avatar.generator)
        self._config = recipe.student_config(avatar.generator.config)
        sampling = self._config.sampling
        times = timestep_schedule(sampling.steps, sampling.shift)
        self._self_forcing = SelfForcingConfig(
            times, sampling.block, recipe.history_corruption, recipe.replaces_sink
        )

    def clip_length(self, progress: float) -> int:
        """See `Stage`."""
        return clip_length_at(self.recipe.clip_lengths, progress)

    def micro_batches(
        self, clip: ClipBatch, random: np.random.Generator
    ) -> Sequence[StudentBatch | FakeScoreBatch]:
        """See `Stage`: one exit step for all blocks (Algorithm 1, line 4), blocks last to first."""
        conditions, step = self._conditions(clip), int(random.integers(self.recipe.steps))
        student_learns = random.random() < 1 / self.recipe.critic_steps
        noise = self._noise(conditions)
        blocks = self_forcing.roll_out(
            self.network.student, conditions, noise, self._self_forcing, step
        )
        clean = torch.cat([block.clean for block in blocks], 1)
        tasks: list[StudentBatch | FakeScoreBatch] = [self._fake_score_batch(clean, conditions)]
        if student_learns:
            tasks += self._student_batches(blocks, self._matching_target(clean, conditions), step)[
                ::-1
            ]
        return tasks

    def losses(self, micro_batch: StudentBatch | FakeScoreBatch) -> Mapping[str, Tensor]:
        """See `Stage`: the rival's flow matching, or one block's part of the student's loss."""
        if isinstance(micro_batch, FakeScoreBatch):
            time = micro_batch.time[:, None, None, None, None]
            point = interpolate(micro_batch.clean, micro_batch.noise, time)
            said = clip_velocity(
                self.network.critic, point, micro_batch.time, micro_batch.conditions, True
            ).float()
            return {
                "rival": functional.mse_loss(
                    said, velocity_target(micro_batch.clean, micro_batch.noise)
                )
            }
        student, block = self.network.student, micro_batch.block
        known = self_forcing.encode_conditions(student, block.conditions)
        said, _ = self_forcing.block_velocity(
            student, known, block.noisy, micro_batch.time, block.positions, block.past
        )
        clean = predict_clean(block.noisy, said.float(), micro_batch.time)
        return {
            "student": 0.5 * micro_batch.weight * functional.mse_loss(clean, micro_batch.target)
        }

    def sample_images(self, ema: nn.Module, clip: ClipBatch) -> Sequence[Tensor]:
        """References; the clip; the clip through the latent; what the student draws for it."""
        assert isinstance(ema, StudentAndCritic)
        return sample_clip_images(self.avatar, ema.student, self._config.sampling, clip)

    def metrics(self, ema: nn.Module, clip: ClipBatch) -> Mapping[str, float]:
        """See `Stage`: squared distance of what is drawn from the truth, and its deviation.

        Both in deviations of true latents; a student that draws a mean has a small one.
        """
        assert isinstance(ema, StudentAndCritic)
        latents, references = encode_clip(self.avatar, clip)
        features, count = clip.speech.features.float(), latents.shape[1]
        drawn = sample_streaming(ema.student, self._config.sampling, references, features, count)
        apart = functional.mse_loss(drawn, latents) / latents.var()
        lips = lip_sync_metrics(self.avatar, drawn, clip)
        return {"apart": float(apart), "variety": float(drawn.std() / latents.std()), **lips}

    def frozen_state(self) -> Mapping[str, Tensor]:
        """See `Stage`: the VAE and the teacher in half precision, and the scale."""
        weights = self.avatar.generator.state_dict()
        teacher = {f"{TEACHER}{name}": tensor.half() for name, tensor in weights.items()}
        return {**frozen_avatar_state(self.avatar), **teacher}

    def _conditions(self, clip: ClipBatch) -> RolloutConditions:
        references = encode_references(self.avatar, clip.references)
        present = torch.ones(references.shape[:2], dtype=torch.bool, device=references.device)
        return RolloutConditions(clip.speech.features.float(), references, present)

    def _noise(self, script: RolloutConditions) -> Tensor:
        every = self.avatar.config.vae.frames_per_latent
        count = 1 + (script.features.shape[1] - 1) // every
        shape = (len(script.features), count, *script.references.shape[2:])
        return torch.randn(shape, device=script.references.device)

    def _times(self, clean: Tensor) -> Tensor:
        times = MIN_TIME + (MAX_TIME - MIN_TIME) * torch.rand(len(clean), device=clean.device)
        return shift_timestep(times, self._config.sampling.shift)

    def _fake_score_batch(self, clean: Tensor, script: RolloutConditions) -> FakeScoreBatch:
        return FakeScoreBatch(clean, torch.randn_like(clean), self._times(clean), script)

    @torch.no_grad()
    def _matching_target(self, clean: Tensor, script: RolloutConditions) -> Tensor:
        """Return the clips moved along the difference of scores (2311.18828, equations 7, 8)."""
        _, noise, times, _ = self._fake_score_batch(clean, script)
        time = times[:, None, None, None, None]
        point = interpolate(clean, noise, time)
        teacher, rival = self.avatar.generator, self.network.critic
        pair = torch.cat(
            [clip_velocity(teacher, point, times, script, known) for known in (True, False)]
        )
        real = predict_clean(point, apply_cfg(pair, self.recipe.guidance), time)
        fake = predict_clean(point, clip_velocity(rival, point, times, script, True), time)
        apart = (clean - real).abs().mean((1, 2, 3, 4), keepdim=True).clamp(min=MIN_DISTANCE)
        return clean - (fake - real) / apart

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
    """Return the velocity that a generator sees in whole noisy clips, one time (batch,) for each.

    It looks as it was taught to with a noisy past: in the largest blocks, within its history.
    With `known` it is told sound and references, else neither.
    """
    batch, count = noisy.shape[:2]
    first = (torch.arange(count, device=noisy.device) == 0).expand(batch, -1)
    heeded = torch.full((batch,), conditional, device=noisy.device)
    given = Conditions(
        embed_audio(generator, conditions.features),
        heeded,
        conditions.references,
        conditions.present & conditional,
        first,
    )
    sizes = [min(MAX_BLOCK, count - start) for start in range(0, count, MAX_BLOCK)]
    starts = block_starts(sizes).to(noisy.device)
    time = times[:, None].expand(-1, count)
    said: Tensor = generator(noisy, time, given, starts, history=generator.config.history)
    return said


def load_teacher(avatar: Avatar, frozen: Mapping[str, Tensor]) -> None:
    """Put back what `DistillStage.fixed` gave; the teacher becomes the avatar's generator."""
    load_frozen_avatar(avatar, frozen)
    teacher = {name: tensor.float() for name, tensor in strip_prefix(frozen, TEACHER).items()}
    avatar.generator.load_state_dict(teacher)
