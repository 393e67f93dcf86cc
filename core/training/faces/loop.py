"""The training loop: lesson after lesson, saved as it goes, to be continued after any stop."""

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn
from torch.utils.data import DataLoader, IterableDataset, get_worker_info

from core.perception.face_network import Detector, FaceConfig, FaceNetwork
from core.tensors import load, save
from core.training.faces.cast import Cast
from core.training.faces.corpus import Corpus
from core.training.faces.learner import Learner
from core.training.faces.lessons import LESSONS, Lesson, drawer
from core.training.faces.mining import SCENES, mistakes
from core.training.faces.shapes import start_from_shapes
from core.training.faces.targets import Batch
from core.video import Picture

KEEP_EVERY = 60.0
"""Seconds between two savings."""


@dataclass(frozen=True)
class FaceTraining:
    """How far a training has come; the shape of the file that it can be continued from."""

    face: FaceConfig
    minutes: float
    names: tuple[str, ...]
    seconds: tuple[float, ...]
    steps: tuple[int, ...]


@dataclass(frozen=True)
class Plan:
    """What is asked of a training."""

    minutes: float
    """Of the processor's time when it trains alone, else of the wall clock's."""
    out: Path
    device: str = "cpu"
    resume: Path | None = None
    lessons: tuple[str, ...] = tuple(lesson.name for lesson in LESSONS)
    """Those to go on with; the others stay as they are."""
    workers: int = 0
    """Processes that draw batches; 0 draws them in between."""
    seed: int = 1
    mined: int = SCENES
    """Scenes in which the detector's mistakes are looked for."""

    @property
    def state(self) -> Path:
        """Where what is needed to go on is kept."""
        return self.out.with_suffix(".state.safetensors")


class _Batches(IterableDataset[Batch]):
    """Batches of one lesson without end, other ones after every resumption."""

    def __init__(self, learner: Learner, cast: Cast, config: FaceConfig, seed: int) -> None:
        self._draw = drawer(learner.lesson, cast, config)
        self._seed = (seed, learner.steps, sum(learner.lesson.name.encode()))

    def __iter__(self) -> Iterator[Batch]:
        worker = get_worker_info()
        rng = np.random.default_rng((*self._seed, worker.id if worker else 0))
        while True:
            yield self._draw(rng)


def train(
    corpus: Corpus,
    plan: Plan,
    config: FaceConfig | None = None,
    lessons: tuple[Lesson, ...] = LESSONS,
) -> None:
    """Teach all lessons of the plan; `joined` makes a network of what is kept.

    Raises:
        BadCheckpoint: the file to resume from is no training of a face finder.
    """
    kept = load(plan.resume, FaceTraining) if plan.resume else None
    config = kept.config.face if kept else config or FaceConfig()
    network = FaceNetwork(config)
    if not kept:
        start_from_shapes(network, corpus, np.random.default_rng(plan.seed))
    network.to(plan.device, memory_format=torch.channels_last)  # type: ignore[call-overload]
    learners = [
        Learner(lesson, getattr(network, lesson.name), plan.minutes * 60 * lesson.share)
        for lesson in lessons
    ]
    if kept:
        spent = zip(learners, kept.config.seconds, kept.config.steps, strict=True)
        for learner, seconds, steps in spent:
            learner.go_on(kept.weights, seconds, steps)
    cast = Cast(corpus)
    for learner in learners:
        if learner.lesson.name in plan.lessons and not learner.done:
            if learner.lesson.name == "landmarks":
                cast.mistakes = _mistakes(learners[0].mean, cast, config, plan)
            _teach(learner, learners, cast, config, plan)
    keep(learners, config, plan)


def joined(runs: Sequence[Path]) -> tuple[FaceNetwork, float]:
    """Return the network of mean weights, each part from the run that went furthest with it.

    Also the minutes spent on those parts. Lessons do not build on each other's weights, so that
    several processes may each take some of them.

    Raises:
        BadCheckpoint: a file is no training of a face finder.
        ValueError: the runs are of networks of different shape.
    """
    kept = [load(path, FaceTraining) for path in runs]
    config = kept[0].config.face
    if any(run.config.face != config for run in kept):
        raise ValueError("these trainings are of different networks; join runs of one and the same")
    network, minutes = FaceNetwork(config), 0.0
    for index, name in enumerate(kept[0].config.names):
        best = max(kept, key=lambda run: run.config.seconds[index])
        prefix = f"{name}/mean/"
        own = {k.removeprefix(prefix): t for k, t in best.weights.items() if k.startswith(prefix)}
        getattr(network, name).load_state_dict(own)
        minutes += best.config.seconds[index] / 60
    return network.eval(), minutes


def _mistakes(detector: nn.Module, cast: Cast, config: FaceConfig, plan: Plan) -> list[Picture]:
    assert isinstance(detector, Detector)
    return mistakes(detector, config, cast, np.random.default_rng(plan.seed), plan.mined)


def _teach(
    learner: Learner, learners: list[Learner], cast: Cast, config: FaceConfig, plan: Plan
) -> None:
    batches = DataLoader(
        _Batches(learner, cast, config, plan.seed), batch_size=None, num_workers=plan.workers
    )
    clock = _clock(plan)
    last, saved = clock(), learner.seconds
    losses: list[float] = []
    for batch in batches:
        losses.append(learner.step(batch, plan.device))
        now = clock()
        learner.seconds, last = learner.seconds + now - last, now
        if learner.seconds - saved > KEEP_EVERY or learner.done:
            keep(learners, config, plan)
            _report(learner, losses)
            saved, losses, last = learner.seconds, [], clock()
        if learner.done:
            return


def _clock(plan: Plan) -> Callable[[], float]:
    """On the processor its own time counts, so that a busy machine does not shorten training."""
    alone = plan.device == "cpu" and plan.workers == 0
    return time.process_time if alone else time.monotonic


def keep(learners: list[Learner], config: FaceConfig, plan: Plan) -> None:
    """Write everything needed to go on; the old file stays until the new one is whole."""
    shape = FaceTraining(
        config,
        plan.minutes,
        tuple(learner.lesson.name for learner in learners),
        tuple(learner.seconds for learner in learners),
        tuple(learner.steps for learner in learners),
    )
    tensors: dict[str, Tensor] = {k: t for learner in learners for k, t in learner.tensors()}
    plan.state.parent.mkdir(parents=True, exist_ok=True)
    save(plan.state, tensors, shape, {"about": "an unfinished training of the face finder"})


def _report(learner: Learner, losses: list[float]) -> None:
    share = learner.seconds / learner.limit
    mean = float(np.mean(losses))
    name = learner.lesson.name
    print(f"{name:10} {share:4.0%}  step {learner.steps:6}  loss {mean:.4f}", flush=True)
