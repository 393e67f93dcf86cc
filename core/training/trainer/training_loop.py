"""The training loop: step after step, kept and shown as it goes, to be continued after any stop."""

import os
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Generic, TypeVar

import numpy as np
import torch
from torch import Tensor

from core.checkpoint import BadCheckpoint
from core.model.avatar import AvatarConfig
from core.record import from_json, to_json
from core.training.trainer import distributed, sharded_checkpoint
from core.training.trainer.image_grid import save_image_grid
from core.training.trainer.optimization import Optimization, OptimizationConfig
from core.training.trainer.stage import ClipBatch, ClipSource, TrainingStage
from core.training.trainer.train_config import SECONDS_PER_MINUTE, TrainConfig
from core.training.trainer.training_log import (
    TrainingLog,
    count_macs,
    measure_peak_macs,
    synchronize,
)

T = TypeVar("T")

VALIDATION_CLIPS = 4
"""Held-out clips that a training is judged by as it goes, at most."""

CHECKPOINT = "checkpoint"
"""Folder of pieces, in that of a training."""


@dataclass(frozen=True)
class TrainingState:
    """How far a training has come."""

    stage: str
    avatar: AvatarConfig
    steps: int = 0
    seconds: float = 0.0
    earlier_seconds: float = 0.0
    """Seconds that were spent on the stages before."""
    network_config: str = ""
    """Shape of the network in JSON, where it is none of the avatar's."""


def load_training(folder: Path) -> tuple[Mapping[str, Tensor], TrainingState]:
    """Return all that a folder's training needs to go on.

    Raises:
        BadCheckpoint: there is none, or it is damaged.
    """
    return sharded_checkpoint.read_checkpoint(folder / CHECKPOINT)[0], load_training_state(folder)


def load_training_state(folder: Path) -> TrainingState:
    """Return how far a folder's training has come.

    Raises:
        BadCheckpoint: there is none.
    """
    try:
        about = sharded_checkpoint.read_manifest(folder / CHECKPOINT).about
        return from_json(TrainingState, about, lenient=True)
    except ValueError as error:
        raise BadCheckpoint(f"{folder.name} holds no training: {error}") from error


class TrainingLoop(Generic[T]):
    """Runs one stage. `clock` gives seconds; time counts whoever spends it."""

    def __init__(
        self,
        stage: TrainingStage[T],
        optimization: OptimizationConfig,
        config: TrainConfig,
        state: TrainingState,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.stage, self.config = stage, config
        self.optimization = Optimization(stage.network, optimization)
        self._state, self._clock = state, clock
        self._seconds = state.seconds
        self._validation_seconds = 0.0
        self._schedule_end = config.schedule_end(state.seconds)
        self._losses = torch.compile(stage.losses) if config.compile else stage.losses
        self._macs: dict[tuple[int, int], float] = {}

    @property
    def state(self) -> TrainingState:
        """How far it has come by now."""
        return replace(self._state, steps=self.optimization.steps, seconds=self._seconds)

    def load_state(self, tensors: Mapping[str, Tensor]) -> None:
        """Continue from a checkpoint's tensors."""
        self.optimization.load_state(tensors, self._state.steps)

    def run(self, source: ClipSource) -> None:
        """Train until the plan's minutes are over; at least one step."""
        random = np.random.default_rng((self.config.seed, self.optimization.steps))
        torch.manual_seed(int(random.integers(2**31)) + distributed.rank())
        kind = torch.bfloat16 if self.config.bf16 else torch.float32
        path = Path(os.devnull) if distributed.rank() else self.config.output_dir / "progress.txt"
        log = TrainingLog(path, measure_peak_macs(self.config.torch_device, kind))
        end = self._seconds + self.config.minutes * SECONDS_PER_MINUTE
        validation = source.validation_batch(
            min(VALIDATION_CLIPS, self.config.batch_size), self.stage.clip_length(0.0)
        )
        saved = sampled = self._seconds
        while self._seconds < end:
            clip = self._step(source, random, log)
            if log.seconds >= self.config.log_every or self._seconds >= end:
                self._print(
                    log.write_line(self._seconds / SECONDS_PER_MINUTE, self.optimization.steps)
                )
            if self._seconds - saved >= self.config.checkpoint_every or self._seconds >= end:
                saved = self._timed(self.save_checkpoint)
            if self._seconds - sampled >= self.config.sample_every or self._seconds >= end:
                sampled = self._timed(partial(self._save_samples, clip))
                if validation:
                    sampled = self._validate(validation, log)

    def save_checkpoint(self) -> None:
        """Write everything needed to go on; the old checkpoint stays until the new one is whole."""
        fixed = {f"fixed/{name}": tensor for name, tensor in self.stage.frozen_state().items()}
        tensors = {**dict(self.optimization.state_tensors(self.config.compact_checkpoint)), **fixed}
        if not distributed.rank():
            sharded_checkpoint.write_checkpoint(
                self.config.output_dir / CHECKPOINT, tensors, to_json(self.state)
            )

    def _step(self, source: ClipSource, random: np.random.Generator, log: TrainingLog) -> ClipBatch:
        progress = self._seconds / self._schedule_end
        begun = self._clock()
        clip = source.next_batch(self.config.batch_size, self.stage.clip_length(progress))
        synchronize(self.config.torch_device)
        drawn = self._clock()
        with self._autocast():
            micro_batches = self.stage.micro_batches(clip, random)
        kind = (clip.frames.shape[1], len(micro_batches))
        if kind not in self._macs:
            self._macs[kind] = sum(map(self._count_macs, micro_batches))
        losses = self._backward(micro_batches)
        norm = self.optimization.step(progress)
        synchronize(self.config.torch_device)
        seconds = distributed.broadcast_value(self._clock() - begun, self.config.torch_device)
        self._seconds += seconds
        log.add_step(losses, norm, clip.frames.shape[:2].numel(), self._macs[kind])
        log.add_time(seconds, drawn - begun)
        return clip

    def _backward(self, micro_batches: Sequence[T]) -> Mapping[str, Tensor]:
        """Follow back all that is wrong, a task at a time; return each term's sum."""
        sums: dict[str, Tensor] = {}
        for task in micro_batches:
            with self._autocast():
                losses = self._losses(task)
                loss = torch.stack([term.float() for term in losses.values()]).sum()
            self.optimization.backward(loss)
            for name, term in losses.items():
                sums[name] = sums.get(name, 0) + term.detach()
        return sums

    def _autocast(self) -> torch.autocast:
        return torch.autocast(
            self.config.torch_device.type, torch.bfloat16, enabled=self.config.bf16
        )

    def _count_macs(self, micro_batch: T) -> float:
        """Return the multiply-adds of a task; its gradient is thrown away."""

        def step() -> None:
            with self._autocast():
                loss = torch.stack(
                    [t.float() for t in self.stage.losses(micro_batch).values()]
                ).sum()
            loss.backward()  # type: ignore[no-untyped-call]

        found = count_macs(step)
        self.stage.network.zero_grad(set_to_none=True)
        return found

    def _timed(self, act: Callable[[], None]) -> float:
        """Do what also takes of the training's time; return when it was done."""
        begun = self._clock()
        act()
        self._seconds += distributed.broadcast_value(
            self._clock() - begun, self.config.torch_device
        )
        return self._seconds

    def _print(self, line: str) -> None:
        if not distributed.rank():
            print(line, flush=True)

    @torch.no_grad()
    def _validate(self, clips: ClipBatch, log: TrainingLog) -> float:
        """Tell how the mean weights do on people they never saw; return when it was done."""
        metrics: dict[str, float] = {}
        begun = self._seconds
        with self._autocast():
            self._timed(lambda: metrics.update(self.stage.metrics(self.optimization.ema, clips)))
        self._validation_seconds += self._seconds - begun
        share = self._validation_seconds / max(self._seconds - self._state.seconds, 1e-9)
        self._print(log.write_validation(metrics, share))
        return self._seconds

    @torch.no_grad()
    def _save_samples(self, clip: ClipBatch) -> None:
        with self._autocast():
            images = self.stage.sample_images(self.optimization.ema, clip)
        if not distributed.rank():
            save_image_grid(
                self.config.output_dir / "pictures" / f"{self.optimization.steps:07}.png", images
            )
