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
from core.model.flow import clean_from, guided, noised, schedule, shifted, velocity
from core.model.generator import Conditions, Generator
from core.model.generator_config import LARGEST_BLOCK, GeneratorConfig
from core.training.avatar import forcing
from core.training.avatar.forcing import Block, Forcing, Script
from core.training.avatar.generator import kept, restored
from core.training.avatar.latents import encoded, seen
from core.training.avatar.learner import under
from core.training.avatar.samples import heard, live, sample_rows
from core.training.avatar.stage import Clip, Length, length_at
from core.training.metrics.validation_metrics import lip_sync_metrics

TEACHER = "teacher."
EARLIEST, LATEST = 0.02, 0.98
"""Times at which clips are scored, before the shift; nearer to the ends scores say nothing."""
LEAST = 1e-3
"""Distance from the teacher below which a clip is not told more loudly."""


@dataclass(frozen=True)
class DistillRecipe:
    """How a student draws and how often it learns."""

    steps: int = 4
    guidance: float = 2.0
    """Of the teacher; the student learns to need none."""
    turns: int = 5
    """The student learns in one of so many steps, the rival in all."""
    corruption: float = 0.1
    """Noise in what the student remembers (History Corrupt)."""
    renews: bool = True
    """Whether the student's first latent takes the references' place, as live."""
    lengths: tuple[Length, ...] = (Length(0.0, 33), Length(0.5, 65))

    def __post_init__(self) -> None:
        if self.steps < 1 or self.turns < 1:
            raise ValueError(f"{self.steps} steps, {self.turns} turns; expected at least one each")

    def sampled(self, config: GeneratorConfig) -> GeneratorConfig:
        """Return the shape of a student: as its teacher's, drawn in these steps, unguided."""
        return replace(config, sampling=replace(config.sampling, steps=self.steps, guidance=1.0))


class Telling(NamedTuple):
    """One block, and where the student should have seen it end."""

    block: Block
    target: Tensor
    time: float
    share: float
    """Of the clip."""


class Watching(NamedTuple):
    """What the student drew, for the rival to learn."""

    clean: Tensor
    noise: Tensor
    time: Tensor
    """(batch,)"""
    script: Script


class Distilling(nn.Module):
    """Who learns: the student and, as its rival, who watches it (the fake score)."""

    def __init__(self, teacher: Generator) -> None:
        super().__init__()
        self.student = copy.deepcopy(teacher).requires_grad_(True)
        self.rival = copy.deepcopy(teacher).requires_grad_(True)


class DistillStage:
    """Teaches a student; the avatar's own generator is the teacher and stays. See `Stage`."""

    def __init__(self, avatar: Avatar, recipe: DistillRecipe) -> None:
        self.avatar, self.recipe = avatar.requires_grad_(False).eval(), recipe
        self.network = Distilling(avatar.generator)
        self._config = recipe.sampled(avatar.generator.config)
        sampling = self._config.sampling
        times = schedule(sampling.steps, sampling.shift)
        self._forcing = Forcing(times, sampling.block, recipe.corruption, recipe.renews)

    def frames(self, share: float) -> int:
        """See `Stage`."""
        return length_at(self.recipe.lengths, share)

    def tasks(self, clip: Clip, random: np.random.Generator) -> Sequence[Telling | Watching]:
        """See `Stage`: one exit step for all blocks (Algorithm 1, line 4), blocks last to first."""
        script, step = self._script(clip), int(random.integers(self.recipe.steps))
        learns = random.random() < 1 / self.recipe.turns
        noise = self._noise(script)
        blocks = forcing.rolled_out(self.network.student, script, noise, self._forcing, step)
        clean = torch.cat([block.clean for block in blocks], 1)
        tasks: list[Telling | Watching] = [self._watching(clean, script)]
        if learns:
            tasks += self._tellings(blocks, self._target(clean, script), step)[::-1]
        return tasks

    def terms(self, task: Telling | Watching) -> Mapping[str, Tensor]:
        """See `Stage`: the rival's flow matching, or one block's part of the student's loss."""
        if isinstance(task, Watching):
            time = task.time[:, None, None, None, None]
            point = noised(task.clean, task.noise, time)
            said = judged(self.network.rival, point, task.time, task.script, True).float()
            return {"rival": functional.mse_loss(said, velocity(task.clean, task.noise))}
        student, block = self.network.student, task.block
        known = forcing.told(student, block.script)
        said, _ = forcing.seen(student, known, block.point, task.time, block.when, block.past)
        clean = clean_from(block.point, said.float(), task.time)
        return {"student": 0.5 * task.share * functional.mse_loss(clean, task.target)}

    def rows(self, mean: nn.Module, clip: Clip) -> Sequence[Tensor]:
        """References; the clip; the clip through the latent; what the student draws for it."""
        assert isinstance(mean, Distilling)
        return sample_rows(self.avatar, mean.student, self._config.sampling, clip)

    def figures(self, mean: nn.Module, clip: Clip) -> Mapping[str, float]:
        """See `Stage`: squared distance of what is drawn from the truth, and its deviation.

        Both in deviations of true latents; a student that draws a mean has a small one.
        """
        assert isinstance(mean, Distilling)
        latents, references = seen(self.avatar, clip)
        features, count = clip.said.features.float(), latents.shape[1]
        drawn = live(mean.student, self._config.sampling, references, features, count)
        apart = functional.mse_loss(drawn, latents) / latents.var()
        lips = lip_sync_metrics(self.avatar, drawn, clip)
        return {"apart": float(apart), "variety": float(drawn.std() / latents.std()), **lips}

    def fixed(self) -> Mapping[str, Tensor]:
        """See `Stage`: the VAE and the teacher in half precision, and the scale."""
        weights = self.avatar.generator.state_dict()
        teacher = {f"{TEACHER}{name}": tensor.half() for name, tensor in weights.items()}
        return {**kept(self.avatar), **teacher}

    def _script(self, clip: Clip) -> Script:
        references = encoded(self.avatar, clip.references)
        present = torch.ones(references.shape[:2], dtype=torch.bool, device=references.device)
        return Script(clip.said.features.float(), references, present)

    def _noise(self, script: Script) -> Tensor:
        every = self.avatar.config.vae.time
        count = 1 + (script.features.shape[1] - 1) // every
        shape = (len(script.features), count, *script.references.shape[2:])
        return torch.randn(shape, device=script.references.device)

    def _times(self, clean: Tensor) -> Tensor:
        times = EARLIEST + (LATEST - EARLIEST) * torch.rand(len(clean), device=clean.device)
        return shifted(times, self._config.sampling.shift)

    def _watching(self, clean: Tensor, script: Script) -> Watching:
        return Watching(clean, torch.randn_like(clean), self._times(clean), script)

    @torch.no_grad()
    def _target(self, clean: Tensor, script: Script) -> Tensor:
        """Return the clips moved along the difference of scores (2311.18828, equations 7, 8)."""
        _, noise, times, _ = self._watching(clean, script)
        time = times[:, None, None, None, None]
        point = noised(clean, noise, time)
        teacher, rival = self.avatar.generator, self.network.rival
        pair = torch.cat([judged(teacher, point, times, script, known) for known in (True, False)])
        real = clean_from(point, guided(pair, self.recipe.guidance), time)
        fake = clean_from(point, judged(rival, point, times, script, True), time)
        apart = (clean - real).abs().mean((1, 2, 3, 4), keepdim=True).clamp(min=LEAST)
        return clean - (fake - real) / apart

    def _tellings(self, blocks: Sequence[Block], target: Tensor, step: int) -> list[Telling]:
        count, time = target.shape[1], self._forcing.times[step]
        parts = torch.split(target, [len(block.when) for block in blocks], 1)
        return [
            Telling(block, part, time, len(block.when) / count)
            for block, part in zip(blocks, parts, strict=True)
        ]


def judged(judge: Generator, point: Tensor, times: Tensor, script: Script, known: bool) -> Tensor:
    """Return the velocity that a generator sees in whole noisy clips, one time (batch,) for each.

    It looks as it was taught to with a noisy past: in the largest blocks, within its history.
    With `known` it is told sound and references, else neither.
    """
    batch, count = point.shape[:2]
    first = (torch.arange(count, device=point.device) == 0).expand(batch, -1)
    heeded = torch.full((batch,), known, device=point.device)
    given = Conditions(
        heard(judge, script.features), heeded, script.references, script.present & known, first
    )
    sizes = [min(LARGEST_BLOCK, count - start) for start in range(0, count, LARGEST_BLOCK)]
    starts = block_starts(sizes).to(point.device)
    time = times[:, None].expand(-1, count)
    said: Tensor = judge(point, time, given, starts, history=judge.config.history)
    return said


def taught(avatar: Avatar, fixed: Mapping[str, Tensor]) -> None:
    """Put back what `DistillStage.fixed` gave; the teacher becomes the avatar's generator."""
    restored(avatar, fixed)
    teacher = {name: tensor.float() for name, tensor in under(fixed, TEACHER).items()}
    avatar.generator.load_state_dict(teacher)
