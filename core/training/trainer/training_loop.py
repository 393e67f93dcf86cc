"""The training loop: time budget, checkpoints, log, validation and samples around each step."""

import math
import os
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import partial
from itertools import repeat
from pathlib import Path
from typing import Generic, NamedTuple, TypeVar

import numpy as np
import torch
from torch import Tensor

from core.record import to_json
from core.training.trainer import distributed
from core.training.trainer.activation_checkpointing import checkpoint_activations
from core.training.trainer.image_grid import save_image_grid
from core.training.trainer.optimization import Optimization, OptimizationConfig
from core.training.trainer.prefetch import prefetching
from core.training.trainer.sharded_checkpoint import write_checkpoint
from core.training.trainer.stage import BatchSource, TrainingStage
from core.training.trainer.train_config import SECONDS_PER_MINUTE, TrainConfig
from core.training.trainer.training_log import (
    TrainingLog,
    count_macs,
    measure_peak_macs,
    synchronize,
)
from core.training.trainer.training_state import CHECKPOINT, TrainingState

Batch = TypeVar("Batch")
MicroBatch = TypeVar("MicroBatch")

VALIDATION_CLIPS = 4
"""Clips of the validation batch, at most."""


class _DrawnBatch(NamedTuple, Generic[Batch]):
    batch: Batch
    size: int | None
    asked: float
    """On the clock."""
    seconds: float
    """Until it was there."""


class TrainingLoop(Generic[Batch, MicroBatch]):
    """Trains one stage for some minutes; may be killed at any moment and resumed.

    `clock` gives seconds. Everything counts against the budget: data, steps, checkpoints,
    validation.
    """

    def __init__(
        self,
        stage: TrainingStage[Batch, MicroBatch],
        optimization: OptimizationConfig,
        config: TrainConfig,
        state: TrainingState,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.stage, self.config = stage, config
        self.optimization = Optimization(stage.network, optimization)
        if config.checkpoint_activations:
            checkpoint_activations(stage.network)
        licences = tuple(sorted({*state.licences, *config.licences}))
        self._state, self._clock = replace(state, licences=licences), clock
        self._seconds = state.seconds
        self._validation_seconds = 0.0
        self._schedule_end = config.schedule_end(state.seconds)
        self._losses = torch.compile(stage.losses) if config.compile else stage.losses
        self._macs: dict[tuple[int, int | None, int], float] = {}

    @property
    def state(self) -> TrainingState:
        """How far it has come by now."""
        return replace(self._state, steps=self.optimization.steps, seconds=self._seconds)

    def load_state(self, tensors: Mapping[str, Tensor]) -> None:
        """Resume from a checkpoint's tensors."""
        self.optimization.load_state(tensors, self._state.steps)

    @property
    def progress(self) -> float:
        """Share of the schedule that is over, by steps or by time; 1 and more beyond its end."""
        if self.config.total_steps:
            return self.optimization.steps / self.config.total_steps
        return self._seconds / self._schedule_end

    def run(self, source: BatchSource[Batch]) -> None:
        """Train until minutes of this call or steps of all calls are over; at least one step.

        Raises:
            ValueError: all steps had been done before.
        """
        if self.config.is_complete(self.optimization.steps):
            raise ValueError(
                f"{self.optimization.steps} steps of {self.config.total_steps} are done; "
                "expected more --total-steps"
            )
        with prefetching(source, self.config.prefetch) as ahead:
            self._run(ahead)

    def _run(self, source: BatchSource[Batch]) -> None:
        random = np.random.default_rng((self.config.seed, self.optimization.steps))
        torch.manual_seed(int(random.integers(2**31)) + distributed.rank())
        dtype = torch.bfloat16 if self.config.bf16 else torch.float32
        path = Path(os.devnull) if distributed.rank() else self.config.output_dir / "progress.txt"
        log = TrainingLog(path, measure_peak_macs(self.config.torch_device, dtype))
        end = self._seconds + self.config.minutes * SECONDS_PER_MINUTE
        count = min(VALIDATION_CLIPS, self.config.batch_size)
        validation = source.validation_batch(count, self.stage.clip_length(0.0))
        saved = sampled = self._seconds

        def ended() -> bool:
            return self._seconds >= end or self.config.is_complete(self.optimization.steps)

        while not ended():
            batch = self._step(source, random, log)
            if ended() or log.seconds >= self.config.log_every:
                minutes = self._seconds / SECONDS_PER_MINUTE
                self._print(log.write_line(minutes, self.optimization.steps))
            if ended() or self._seconds - saved >= self.config.checkpoint_every:
                saved = self._timed(self.save_checkpoint)
            if ended() or self._seconds - sampled >= self.config.sample_every:
                sampled = self._timed(partial(self._save_samples, batch))
                if validation is not None:
                    sampled = self._validate(validation, log)

    def save_checkpoint(self) -> None:
        """Write all that a resumption needs; the old checkpoint stays until that is done."""
        frozen = {f"frozen/{name}": tensor for name, tensor in self.stage.frozen_state().items()}
        trained = dict(self.optimization.state_tensors(self.config.compact_checkpoint))
        if not distributed.rank():
            folder = self.config.output_dir / CHECKPOINT
            write_checkpoint(folder, {**trained, **frozen}, to_json(self.state))

    def _step(
        self, source: BatchSource[Batch], random: np.random.Generator, log: TrainingLog
    ) -> Batch:
        progress = self.progress
        decisions = random.bit_generator.state
        begun, data_seconds, frames, macs = math.inf, 0.0, 0, 0.0
        sums: dict[str, Tensor] = {}
        for drawn in self._draw_batches(source, progress):
            random.bit_generator.state = decisions  # one step, one draw, as on all ranks
            with self._autocast():
                micro_batches = self.stage.micro_batches(drawn.batch, random)
            macs += self._macs_of(drawn, micro_batches)
            self._backward(micro_batches, sums)
            frames += self.stage.count_frames(drawn.batch)
            begun, data_seconds = min(begun, drawn.asked), data_seconds + drawn.seconds
        norm = self.optimization.step(progress)
        synchronize(self.config.torch_device)
        seconds = distributed.broadcast_value(self._clock() - begun, self.config.torch_device)
        self._seconds += seconds
        log.add_step(sums, norm, frames, macs)
        log.add_time(seconds, data_seconds)
        return drawn.batch

    def _draw_batches(
        self, source: BatchSource[Batch], progress: float
    ) -> Iterator[_DrawnBatch[Batch]]:
        """Give the batches of one step, one after the other."""
        frames, size = self.stage.clip_length(progress), self.stage.clip_size(progress)
        for batch_size in repeat(self.config.batch_size, self.config.accumulate):
            asked = self._clock()
            batch = source.next_batch(batch_size, frames, size)
            synchronize(self.config.torch_device)
            yield _DrawnBatch(batch, size, asked, self._clock() - asked)

    def _backward(self, micro_batches: Sequence[MicroBatch], sums: dict[str, Tensor]) -> None:
        """Accumulate the gradients of a batch's micro-batches, and its share of each term."""
        share = 1 / self.config.accumulate
        for micro_batch in micro_batches:
            with self._autocast():
                losses = self._losses(micro_batch)
                loss = torch.stack([term.float() for term in losses.values()]).sum()
            self.optimization.backward(share * loss)
            for name, term in losses.items():
                sums[name] = sums.get(name, 0) + share * term.detach()

    def _macs_of(self, drawn: _DrawnBatch[Batch], micro_batches: Sequence[MicroBatch]) -> float:
        """Return the multiply-adds of a batch, counted once for each shape."""
        shape = (self.stage.count_frames(drawn.batch), drawn.size, len(micro_batches))
        if shape not in self._macs:
            self._macs[shape] = sum(map(self._count_macs, micro_batches))
        return self._macs[shape]

    def _autocast(self) -> torch.autocast:
        device = self.config.torch_device
        return torch.autocast(device.type, torch.bfloat16, enabled=self.config.bf16)

    def _count_macs(self, micro_batch: MicroBatch) -> float:
        """Return the multiply-adds of a micro-batch, forward and backward; discard its gradient."""

        def run() -> None:
            with self._autocast():
                losses = self.stage.losses(micro_batch)
                loss = torch.stack([term.float() for term in losses.values()]).sum()
            loss.backward()  # type: ignore[no-untyped-call]

        macs = count_macs(run)
        self.stage.network.zero_grad(set_to_none=True)
        return macs

    def _timed(self, act: Callable[[], None]) -> float:
        """Do what counts against the budget too; return the seconds at its end."""
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
    def _validate(self, batch: Batch, log: TrainingLog) -> float:
        """Write validation metrics of the EMA weights; return the seconds at its end."""
        metrics: dict[str, float] = {}
        begun = self._seconds
        with self._autocast():
            self._timed(lambda: metrics.update(self.stage.metrics(self.optimization.ema, batch)))
        self._validation_seconds += self._seconds - begun
        share = self._validation_seconds / max(self._seconds - self._state.seconds, 1e-9)
        self._print(log.write_validation(metrics, share))
        return self._seconds

    @torch.no_grad()
    def _save_samples(self, batch: Batch) -> None:
        with self._autocast():
            rows = self.stage.sample_images(self.optimization.ema, batch)
        if rows and not distributed.rank():
            path = self.config.output_dir / "pictures" / f"{self.optimization.steps:07}.png"
            save_image_grid(path, rows)
