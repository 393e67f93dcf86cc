"""Fine-tune a model to one person, and keep of it what a held-out half minute prefers.

The encoder stays, and with it what latents mean. The decoder learns the person's own look from the
film's pictures, the generator their way of moving from its sound. Each is kept only if it is better
than before where the film was not learned from.
"""

import copy
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from types import MappingProxyType
from typing import Any, Literal, NamedTuple

import torch
from torch import nn

from core.engine.avatar_models import FINETUNED
from core.model.avatar import Avatar
from core.training.avatar.generator import GeneratorRecipe, GeneratorStage
from core.training.avatar.vae import VaeRecipe, VaeStage, reconstruction_metrics
from core.training.trainer.clip_batch import ClipBatch, ClipSource, LengthPhase, SizePhase
from core.training.trainer.optimization import OptimizationConfig
from core.training.trainer.stage import BatchSource
from core.training.trainer.train_config import SECONDS_PER_MINUTE, TrainConfig
from core.training.trainer.training_log import gains_by_bf16
from core.training.trainer.training_loop import TrainingLoop
from core.training.trainer.training_state import TrainingState

DECODER_SHARE = 0.6
"""Of the minutes; the rest is the generator's."""
DECODER_RECIPE = VaeRecipe(
    mouth_weight=20.0,
    eye_weight=8.0,
    kl_weight=0.0,
    reference_count_weights=(0.0, 0.6, 0.2, 0.2),
    change_weight=0.5,
    clip_lengths=(LengthPhase(0.0, 17),),
    frame_sizes=(SizePhase(0.0, 1.0),),
)
"""Clips are so long that what lies before their last frames is as long as live."""
GENERATOR_RECIPE = GeneratorRecipe(clip_lengths=(LengthPhase(0.0, 33),))
DECODER_BATCH, GENERATOR_BATCH, JUDGED_CLIPS, JUDGED_FRAMES = 2, 4, 4, 33
USUAL_STEPS = 150
"""Of the decoder, by which face and mouth of the first film became 1.3 dB better."""
PACED_STEPS = 4
"""After which it is known how long one takes; the first takes longer, and does not count."""
OPTIMIZATION = OptimizationConfig(learning_rate=1e-4, warmup_steps=20, ema_decay=0.99)
"""A tenth of the rate that a model is trained with: much of what it knows shall stay."""


@dataclass(frozen=True)
class Budget:
    """How long, where, and on what."""

    work: Path
    """Folder of checkpoints, logs and pictures."""
    minutes: float
    device: str = "cpu"
    seed: int = 0
    advanced: Callable[[float], None] = lambda _: None
    """Gets the share of the minutes that is over."""
    needs: Callable[[float], None] = lambda _: None
    """Gets the minutes that USUAL_STEPS take here, with the generator's, once that is known."""

    def part(self, begin: float, share: float) -> "Budget":
        """Return the budget of what begins after a share of the minutes and takes another."""
        return replace(
            self,
            minutes=share * self.minutes,
            advanced=lambda done: self.advanced(begin + share * done),
        )


Part = Literal["picture", "movement"]
MEASURES: Mapping[Part, str] = MappingProxyType(
    {"picture": "picture of face and mouth, dB", "movement": "error of its movement"}
)
"""What is measured of each part."""


class Verdict(NamedTuple):
    """A part of the model before and after, on what was held out; see `core.engine.finetuning`."""

    part: Part
    before: float
    after: float
    better: bool


class DecoderStage(VaeStage):
    """Reconstruction with a decoder that learns and an encoder that does not."""

    def __init__(self, avatar: Avatar, recipe: VaeRecipe) -> None:
        super().__init__(avatar.vae.requires_grad_(True), recipe)
        avatar.vae.encoder.requires_grad_(False)


class Pace:
    """Finds the minutes that are needed, from the first steps of the decoder."""

    def __init__(
        self, needs: Callable[[float], None], clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._needs, self._clock = needs, clock
        self._times: list[float] = []

    def step(self) -> None:
        """Tell that a step begins."""
        if len(self._times) > PACED_STEPS:
            return
        self._times.append(self._clock())
        if len(self._times) == PACED_STEPS + 1:
            seconds = (self._times[-1] - self._times[1]) / (PACED_STEPS - 1)
            self._needs(USUAL_STEPS * seconds / DECODER_SHARE / SECONDS_PER_MINUTE)


class ReportingClips:
    """Clips of another source; `report` is called before each batch. Satisfies `BatchSource`."""

    def __init__(self, source: BatchSource[ClipBatch], report: Callable[[], None]) -> None:
        self._source, self._report = source, report

    def next_batch(self, batch_size: int, frames: int, size: int | None = None) -> ClipBatch:
        """See `BatchSource`."""
        self._report()
        return self._source.next_batch(batch_size, frames, size)

    def validation_batch(self, batch_size: int, frames: int) -> ClipBatch | None:
        """See `BatchSource`."""
        return self._source.validation_batch(batch_size, frames)


def finetune(avatar: Avatar, source: ClipSource, budget: Budget) -> list[Verdict]:
    """Fine-tune an avatar in place; returns what became of its parts.

    `source` must have a validation batch.

    Raises:
        ValueError: it has none.
    """
    held = source.validation_batch(JUDGED_CLIPS, JUDGED_FRAMES)
    if held is None:
        raise ValueError("nothing is held out to judge by; give a longer film")
    avatar.to(budget.device).requires_grad_(True)
    first, rest = budget.part(0.0, DECODER_SHARE), budget.part(DECODER_SHARE, 1 - DECODER_SHARE)
    return [
        _tune_decoder(avatar, source, held, first),
        _tune_generator(avatar, source, held, rest),
    ]


def describe(verdicts: Sequence[Verdict]) -> str:
    """Say in words what became of the parts."""
    return "; ".join(
        f"{MEASURES[one.part]}: {one.before:.3f} before, {one.after:.3f} after, "
        + ("kept" if one.better else "not better, left as it was")
        for one in verdicts
    )


def _tune_decoder(avatar: Avatar, source: ClipSource, held: ClipBatch, budget: Budget) -> Verdict:
    kept = copy.deepcopy(avatar.vae.state_dict())
    stage = DecoderStage(avatar, DECODER_RECIPE)
    before = picture_quality(avatar.vae, held)
    pace = Pace(budget.needs)
    paced = ReportingClips(source, pace.step)
    tuned = _train(stage, "vae", avatar, paced, budget, DECODER_BATCH)
    after = picture_quality(tuned, held)
    better = after > before
    avatar.vae.load_state_dict(tuned.state_dict() if better else kept)
    return Verdict("picture", before, after, better)


def _tune_generator(avatar: Avatar, source: ClipSource, held: ClipBatch, budget: Budget) -> Verdict:
    kept = copy.deepcopy(avatar.generator.state_dict())
    stage = GeneratorStage(avatar, GENERATOR_RECIPE)
    before = stage.flow_matching_loss(avatar.generator, held)
    tuned: Any = _train(stage, "generator", avatar, source, budget, GENERATOR_BATCH)
    after = stage.flow_matching_loss(tuned.generator, held)
    better = after < before
    avatar.generator.load_state_dict(tuned.generator.state_dict() if better else kept)
    return Verdict("movement", before, after, better)


def _train(
    stage: Any,
    name: str,
    avatar: Avatar,
    source: BatchSource[ClipBatch],
    budget: Budget,
    batch_size: int,
) -> nn.Module:
    """Train a stage for the minutes of a budget; return its EMA."""
    config = TrainConfig(
        name,
        budget.work / name,
        budget.minutes,
        device=budget.device,
        seed=budget.seed,
        batch_size=batch_size,
        bf16=gains_by_bf16(torch.device(budget.device)),
    )
    state = TrainingState(name, avatar.config)
    loop: TrainingLoop[ClipBatch, Any] = TrainingLoop(stage, OPTIMIZATION, config, state)
    loop.run(ReportingClips(source, lambda: budget.advanced(min(1.0, loop.progress))))
    return loop.optimization.ema


@torch.no_grad()
def picture_quality(vae: nn.Module, clip: ClipBatch) -> float:
    """Return the mean of the PSNR of frames and of their mouths, in dB, with one reference."""
    found = reconstruction_metrics(vae, clip)
    return (found["psnr_1ref"] + found["psnr_mouth"]) / 2


def about_finetuned(
    about: Mapping[str, str], verdicts: Sequence[Verdict], licence: str
) -> dict[str, str]:
    """Return what a fine-tuned model's file says of itself, from what its origin's said."""
    return {**about, FINETUNED: describe(verdicts), "fine-tuned on": licence}
