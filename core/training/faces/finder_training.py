"""Train the face finder, part by part: each network has a task, and its share of the time."""

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn
from torch.utils.data import DataLoader, IterableDataset, get_worker_info

from core.checkpoint import BadCheckpoint
from core.perception.face.config import FaceConfig
from core.perception.face.networks_torch import Detector, FaceNetwork
from core.record import from_json, to_json
from core.training.faces.corpus import Corpus
from core.training.faces.hard_negatives import MINING_SCENES, mine_hard_negatives
from core.training.faces.portrait_sampler import PortraitSampler
from core.training.faces.shape_basis import initialise_shape_bases
from core.training.faces.targets import Batch
from core.training.faces.tasks import PART_TASKS, PartTask, batch_source
from core.training.trainer.optimization import OptimizationConfig, ema_weights
from core.training.trainer.train_config import SECONDS_PER_MINUTE, TrainConfig
from core.training.trainer.training_loop import TrainingLoop
from core.training.trainer.training_state import (
    TrainingState,
    load_training,
    load_training_state,
)
from core.video import Picture

SHORTEST = 1e-9
"""Minutes of a training that is done, and not run."""
Loop = TrainingLoop[Batch, Batch]


@dataclass(frozen=True)
class FinderTrainConfig:
    """One call of the trainer for all parts; a training may take many."""

    minutes: float
    """Time budget of all calls together; CPU time when training alone, else wall clock."""
    output_dir: Path
    """Folder with one for each part: checkpoint and log."""
    device: str = "cpu"
    resume_from: Path | None = None
    tasks: tuple[str, ...] = tuple(task.name for task in PART_TASKS)
    """Parts to train; the others stay as they are."""
    workers: int = 0
    """Data loading processes; 0 loads in the training process."""
    seed: int = 1
    mining_scenes: int = MINING_SCENES
    """Scenes searched for hard negatives."""


class PartStage:
    """One part of the face network and the loss of its task; a `TrainingStage`."""

    def __init__(self, task: PartTask, part: nn.Module) -> None:
        self.task, self.network = task, part.train()

    def clip_length(self, progress: float) -> int:  # noqa: ARG002
        """Single pictures."""
        return 1

    def clip_size(self, progress: float) -> None:
        """See `TrainingStage`: always the usual."""

    def count_frames(self, batch: Batch) -> int:
        """See `TrainingStage`."""
        return len(batch.pictures)

    def micro_batches(self, batch: Batch, random: np.random.Generator) -> Sequence[Batch]:  # noqa: ARG002
        """See `TrainingStage`."""
        return [batch]

    def losses(self, micro_batch: Batch) -> Mapping[str, Tensor]:
        """See `TrainingStage`."""
        return {"loss": self.task.loss(self.network, micro_batch)}

    def sample_images(self, ema: nn.Module, batch: Batch) -> Sequence[Tensor]:  # noqa: ARG002
        """None: see `core.training.faces evaluate`."""
        return []

    def metrics(self, ema: nn.Module, batch: Batch) -> Mapping[str, float]:  # noqa: ARG002
        """None: see `core.training.faces evaluate`."""
        return {}

    def frozen_state(self) -> Mapping[str, Tensor]:
        """See `TrainingStage`."""
        return {}


def part_optimization(task: PartTask) -> OptimizationConfig:
    """Return the hyperparameters of a task."""
    return OptimizationConfig(
        learning_rate=task.learning_rate,
        schedule="cosine",
        warmup_steps=100,
        max_grad_norm=2.0,
        betas=(0.9, 0.999),
        weight_decay=0.02,
        ema_interval=4,
    )


class PartBatches:
    """A task's batches on the training device; a `BatchSource` without validation."""

    def __init__(self, batches: IterableDataset[Batch], workers: int, device: str) -> None:
        self._batches = iter(DataLoader(batches, batch_size=None, num_workers=workers))
        self._device = device

    def next_batch(
        self,
        batch_size: int,  # noqa: ARG002
        frames: int,  # noqa: ARG002
        size: int | None = None,  # noqa: ARG002
    ) -> Batch:
        """Return the next batch, of the task's own size."""
        batch: Batch = next(self._batches)
        targets = tuple(target.to(self._device) for target in batch.targets)
        return Batch(batch.pictures.to(self._device), targets)

    def validation_batch(self, batch_size: int, frames: int) -> None:
        """There is none."""


class _BatchStream(IterableDataset[Batch]):
    """Endless batches of one task, others after every resumption."""

    def __init__(
        self, task: PartTask, sampler: PortraitSampler, config: FaceConfig, seed: Sequence[int]
    ) -> None:
        self._draw = batch_source(task, sampler, config)
        self._seed = (*seed, sum(task.name.encode()))

    def __iter__(self) -> Iterator[Batch]:
        worker = get_worker_info()
        rng = np.random.default_rng((*self._seed, worker.id if worker else 0))
        while True:
            yield self._draw(rng)


def train_finder(
    corpus: Corpus,
    settings: FinderTrainConfig,
    config: FaceConfig | None = None,
    tasks: tuple[PartTask, ...] = PART_TASKS,
) -> None:
    """Train the parts that are asked for; `join_runs` makes a network of their EMA weights.

    Raises:
        BadCheckpoint: the folder to resume from holds no training of a face finder.
    """
    resume = settings.resume_from
    if resume:
        config = _trained_config(resume, tasks[0].name)
    network = FaceNetwork(config := config or FaceConfig())
    if not resume:
        initialise_shape_bases(network, corpus, np.random.default_rng(settings.seed))
    network.to(settings.device, memory_format=torch.channels_last)  # type: ignore[call-overload]
    loops = {task.name: _open_loop(task, network, settings) for task in tasks}
    for loop in loops.values():
        loop.save_checkpoint()
    sampler = PortraitSampler(corpus)
    for task in tasks:
        loop = loops[task.name]
        if task.name not in settings.tasks or loop.config.minutes <= SHORTEST:
            continue
        if task.name == "landmarks":
            sampler.hard_negatives = _mine(loops["detector"], sampler, config, settings)
        print(f"training {task.name}", flush=True)
        batches = _BatchStream(task, sampler, config, (settings.seed, loop.state.steps))
        loop.run(PartBatches(batches, settings.workers, settings.device))


def join_runs(runs: Sequence[Path]) -> tuple[FaceNetwork, float]:
    """Assemble the EMA network, each part from the run that trained it longest.

    Also the minutes spent on those parts. Tasks do not depend on each other's weights, so
    several processes may each train some of them.

    Raises:
        BadCheckpoint: a folder holds no training of a face finder.
        ValueError: the runs are of networks of different shape.
    """
    names = [task.name for task in PART_TASKS]
    config = _trained_config(runs[0], names[0])
    if any(_trained_config(run, names[0]) != config for run in runs):
        raise ValueError("these trainings are of different networks; join runs of one and the same")
    network, minutes = FaceNetwork(config), 0.0
    for name in names:
        best = max(runs, key=lambda run: load_training_state(run / name).seconds)
        tensors, state = load_training(best / name)
        getattr(network, name).load_state_dict(ema_weights(tensors))
        minutes += state.seconds / SECONDS_PER_MINUTE
    return network.eval(), minutes


def _open_loop(task: PartTask, network: FaceNetwork, settings: FinderTrainConfig) -> Loop:
    state, tensors = TrainingState(task.name, network_config=to_json(network.config)), None
    if settings.resume_from:
        tensors, state = load_training(settings.resume_from / task.name)
    left = settings.minutes * task.time_share - state.seconds / SECONDS_PER_MINUTE
    config = TrainConfig(
        task.name,
        settings.output_dir / task.name,
        max(left, SHORTEST),
        device=settings.device,
        seed=settings.seed,
        batch_size=task.batch_size,
    )
    stage = PartStage(task, getattr(network, task.name))
    loop: Loop = TrainingLoop(stage, part_optimization(task), config, state, _clock(settings))
    if tensors is not None:
        loop.load_state(tensors)
    return loop


def _trained_config(run: Path, part: str) -> FaceConfig:
    state = load_training_state(run / part)
    if state.stage != part:
        raise BadCheckpoint(f"{run / part} trains a {state.stage}, expected a face finder's {part}")
    return from_json(FaceConfig, state.network_config, lenient=True)


def _clock(settings: FinderTrainConfig) -> Callable[[], float]:
    """Return CPU time where nobody else works, so that a busy machine does not cut training."""
    alone = settings.device == "cpu" and settings.workers == 0
    return time.process_time if alone else time.monotonic


def _mine(
    loop: Loop, sampler: PortraitSampler, config: FaceConfig, settings: FinderTrainConfig
) -> list[Picture]:
    detector, random = loop.optimization.ema, np.random.default_rng(settings.seed)
    assert isinstance(detector, Detector)
    return mine_hard_negatives(detector, config, sampler, random, settings.mining_scenes)
