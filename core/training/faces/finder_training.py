"""Training of the face finder: one part after the other, checkpointed and resumable."""

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn
from torch.utils.data import DataLoader, IterableDataset, get_worker_info

from core.perception.face.networks import Detector, FaceConfig, FaceNetwork
from core.tensors import load, save
from core.training.faces.corpus import Corpus
from core.training.faces.hard_negatives import MINING_SCENES, mine_hard_negatives
from core.training.faces.part_training import PartTraining
from core.training.faces.portrait_sampler import PortraitSampler
from core.training.faces.shape_basis import initialise_shape_bases
from core.training.faces.targets import Batch
from core.training.faces.tasks import PART_TASKS, PartTask, batch_source
from core.video import Picture

CHECKPOINT_EVERY = 60.0
"""Seconds between checkpoints."""


@dataclass(frozen=True)
class FinderTrainingState:
    """Progress of a training; the config of its resumable checkpoint."""

    face: FaceConfig
    minutes: float
    tasks: tuple[str, ...]
    seconds: tuple[float, ...]
    steps: tuple[int, ...]


@dataclass(frozen=True)
class FinderTrainConfig:
    """Options of a training."""

    minutes: float
    """Processor time when it trains alone on the CPU, wall time otherwise."""
    output: Path
    device: str = "cpu"
    resume_from: Path | None = None
    tasks: tuple[str, ...] = tuple(task.name for task in PART_TASKS)
    """Parts to train; the others stay as they are."""
    workers: int = 0
    """Data loading processes; 0 loads in the training process."""
    seed: int = 1
    mining_scenes: int = MINING_SCENES
    """Scenes searched for hard negatives."""

    @property
    def state_path(self) -> Path:
        """Path of the resumable checkpoint."""
        return self.output.with_suffix(".state.safetensors")


class _BatchStream(IterableDataset[Batch]):
    """Endless batches of one part, seeded by the steps done: a resumption draws others."""

    def __init__(
        self, training: PartTraining, sampler: PortraitSampler, config: FaceConfig, seed: int
    ) -> None:
        self._draw = batch_source(training.task, sampler, config)
        self._seed = (seed, training.steps, sum(training.task.name.encode()))

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
    """Train all parts of `settings.tasks`; `join_runs` assembles the network from what is saved.

    Raises:
        BadCheckpoint: the file to resume from is no training of a face finder.
    """
    saved = load(settings.resume_from, FinderTrainingState) if settings.resume_from else None
    config = saved.config.face if saved else config or FaceConfig()
    network = FaceNetwork(config)
    if not saved:
        initialise_shape_bases(network, corpus, np.random.default_rng(settings.seed))
    network.to(settings.device, memory_format=torch.channels_last)  # type: ignore[call-overload]
    trainings = [
        PartTraining(task, getattr(network, task.name), settings.minutes * 60 * task.time_share)
        for task in tasks
    ]
    if saved:
        spent = zip(trainings, saved.config.seconds, saved.config.steps, strict=True)
        for training, seconds, steps in spent:
            training.resume(saved.weights, seconds, steps)
    sampler = PortraitSampler(corpus)
    for training in trainings:
        if training.task.name in settings.tasks and not training.done:
            if training.task.name == "landmarks":
                sampler.hard_negatives = _mine(trainings[0].ema, sampler, config, settings)
            _train_part(training, trainings, sampler, config, settings)
    save_state(trainings, config, settings)


def join_runs(runs: Sequence[Path]) -> tuple[FaceNetwork, float]:
    """Assemble the EMA network, each part from the run that trained it longest.

    Also the minutes spent on those parts. Tasks do not depend on each other's weights, so
    several processes may each train some of them.

    Raises:
        BadCheckpoint: a file is no training of a face finder.
        ValueError: the runs are of networks of different shape.
    """
    states = [load(path, FinderTrainingState) for path in runs]
    config = states[0].config.face
    if any(run.config.face != config for run in states):
        raise ValueError("these trainings are of different networks; join runs of one and the same")
    network, minutes = FaceNetwork(config), 0.0
    for index, name in enumerate(states[0].config.tasks):
        best = max(states, key=lambda run: run.config.seconds[index])
        prefix = f"{name}/ema/"
        own = {k.removeprefix(prefix): t for k, t in best.weights.items() if k.startswith(prefix)}
        getattr(network, name).load_state_dict(own)
        minutes += best.config.seconds[index] / 60
    return network.eval(), minutes


def _mine(
    detector: nn.Module, sampler: PortraitSampler, config: FaceConfig, settings: FinderTrainConfig
) -> list[Picture]:
    assert isinstance(detector, Detector)
    return mine_hard_negatives(
        detector, config, sampler, np.random.default_rng(settings.seed), settings.mining_scenes
    )


def _train_part(
    training: PartTraining,
    trainings: list[PartTraining],
    sampler: PortraitSampler,
    config: FaceConfig,
    settings: FinderTrainConfig,
) -> None:
    batches = DataLoader(
        _BatchStream(training, sampler, config, settings.seed),
        batch_size=None,
        num_workers=settings.workers,
    )
    clock = _clock(settings)
    last, saved = clock(), training.seconds
    losses: list[float] = []
    for batch in batches:
        losses.append(training.step(batch, settings.device))
        now = clock()
        training.seconds, last = training.seconds + now - last, now
        if training.seconds - saved > CHECKPOINT_EVERY or training.done:
            save_state(trainings, config, settings)
            _log(training, losses)
            saved, losses, last = training.seconds, [], clock()
        if training.done:
            return


def _clock(settings: FinderTrainConfig) -> Callable[[], float]:
    """On the CPU its own time counts, so that a busy machine does not shorten training."""
    alone = settings.device == "cpu" and settings.workers == 0
    return time.process_time if alone else time.monotonic


def save_state(
    trainings: list[PartTraining], config: FaceConfig, settings: FinderTrainConfig
) -> None:
    """Write the resumable checkpoint, atomically."""
    progress = FinderTrainingState(
        config,
        settings.minutes,
        tuple(training.task.name for training in trainings),
        tuple(training.seconds for training in trainings),
        tuple(training.steps for training in trainings),
    )
    tensors: dict[str, Tensor] = {
        k: t for training in trainings for k, t in training.state_tensors()
    }
    settings.state_path.parent.mkdir(parents=True, exist_ok=True)
    about = {"about": "an unfinished training of the face finder"}
    save(settings.state_path, tensors, progress, about)


def _log(training: PartTraining, losses: list[float]) -> None:
    share = training.seconds / training.budget
    mean = float(np.mean(losses))
    name = training.task.name
    print(f"{name:10} {share:4.0%}  step {training.steps:6}  loss {mean:.4f}", flush=True)
