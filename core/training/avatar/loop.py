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
from core.training.avatar import pieces, ranks
from core.training.avatar.learner import Learner, Learning
from core.training.avatar.pictures import save_rows
from core.training.avatar.plan import SECONDS, Plan
from core.training.avatar.progress import Progress, best_product, settle, work
from core.training.avatar.stage import Clip, Clips, Stage

T = TypeVar("T")

WATCHED = 4
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
    before: float = 0.0
    """Seconds that were spent on the stages before."""
    network: str = ""
    """Shape of the network in JSON, where it is none of the avatar's."""


def read_training(folder: Path) -> tuple[Mapping[str, Tensor], TrainingState]:
    """Return all that a folder's training needs to go on.

    Raises:
        BadCheckpoint: there is none, or it is damaged.
    """
    return pieces.read(folder / CHECKPOINT)[0], read_state(folder)


def read_state(folder: Path) -> TrainingState:
    """Return how far a folder's training has come.

    Raises:
        BadCheckpoint: there is none.
    """
    try:
        about = pieces.read_manifest(folder / CHECKPOINT).about
        return from_json(TrainingState, about, lenient=True)
    except ValueError as error:
        raise BadCheckpoint(f"{folder.name} holds no training: {error}") from error


class Training(Generic[T]):
    """Runs one stage. `clock` gives seconds; time counts whoever spends it."""

    def __init__(
        self,
        stage: Stage[T],
        learning: Learning,
        plan: Plan,
        state: TrainingState,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.stage, self.plan = stage, plan
        self.learner = Learner(stage.network, learning)
        self._state, self._clock = state, clock
        self._seconds = state.seconds
        self._judged = 0.0
        self._limit = plan.limit(state.seconds)
        self._terms = torch.compile(stage.terms) if plan.compiled else stage.terms
        self._work: dict[tuple[int, int], float] = {}

    @property
    def state(self) -> TrainingState:
        """How far it has come by now."""
        return replace(self._state, steps=self.learner.steps, seconds=self._seconds)

    def go_on(self, tensors: Mapping[str, Tensor]) -> None:
        """Continue from a checkpoint's tensors."""
        self.learner.go_on(tensors, self._state.steps)

    def run(self, clips: Clips) -> None:
        """Train until the plan's minutes are over; at least one step."""
        random = np.random.default_rng((self.plan.seed, self.learner.steps))
        torch.manual_seed(int(random.integers(2**31)) + ranks.rank())
        kind = torch.bfloat16 if self.plan.half else torch.float32
        told = Path(os.devnull) if ranks.rank() else self.plan.out / "progress.txt"
        progress = Progress(told, best_product(self.plan.place, kind))
        end = self._seconds + self.plan.minutes * SECONDS
        unseen = clips.held_out(min(WATCHED, self.plan.batch), self.stage.frames(0.0))
        kept = shown = self._seconds
        while self._seconds < end:
            clip = self._step(clips, random, progress)
            if progress.seconds >= self.plan.report_every or self._seconds >= end:
                self._tell(progress.line(self._seconds / SECONDS, self.learner.steps))
            if self._seconds - kept >= self.plan.keep_every or self._seconds >= end:
                kept = self._timed(self.keep)
            if self._seconds - shown >= self.plan.show_every or self._seconds >= end:
                shown = self._timed(partial(self._show, clip))
                if unseen:
                    shown = self._judge(unseen, progress)

    def keep(self) -> None:
        """Write everything needed to go on; the old checkpoint stays until the new one is whole."""
        fixed = {f"fixed/{name}": tensor for name, tensor in self.stage.fixed().items()}
        tensors = {**dict(self.learner.tensors(self.plan.light)), **fixed}
        if not ranks.rank():
            pieces.write(self.plan.out / CHECKPOINT, tensors, to_json(self.state))

    def _step(self, clips: Clips, random: np.random.Generator, progress: Progress) -> Clip:
        share = self._seconds / self._limit
        begun = self._clock()
        clip = clips.draw(self.plan.batch, self.stage.frames(share))
        settle(self.plan.place)
        drawn = self._clock()
        with self._half():
            tasks = self.stage.tasks(clip, random)
        kind = (clip.frames.shape[1], len(tasks))
        if kind not in self._work:
            self._work[kind] = sum(map(self._measured, tasks))
        terms = self._taught(tasks)
        norm = self.learner.step(share)
        settle(self.plan.place)
        seconds = ranks.agreed(self._clock() - begun, self.plan.place)
        self._seconds += seconds
        progress.add(terms, norm, clip.frames.shape[:2].numel(), self._work[kind])
        progress.took(seconds, drawn - begun)
        return clip

    def _taught(self, tasks: Sequence[T]) -> Mapping[str, Tensor]:
        """Follow back all that is wrong, a task at a time; return each term's sum."""
        sums: dict[str, Tensor] = {}
        for task in tasks:
            with self._half():
                terms = self._terms(task)
                loss = torch.stack([term.float() for term in terms.values()]).sum()
            self.learner.add(loss)
            for name, term in terms.items():
                sums[name] = sums.get(name, 0) + term.detach()
        return sums

    def _half(self) -> torch.autocast:
        return torch.autocast(self.plan.place.type, torch.bfloat16, enabled=self.plan.half)

    def _measured(self, task: T) -> float:
        """Return the multiply-adds of a task; its gradient is thrown away."""

        def step() -> None:
            with self._half():
                loss = torch.stack([t.float() for t in self.stage.terms(task).values()]).sum()
            loss.backward()  # type: ignore[no-untyped-call]

        found = work(step)
        self.stage.network.zero_grad(set_to_none=True)
        return found

    def _timed(self, act: Callable[[], None]) -> float:
        """Do what also takes of the training's time; return when it was done."""
        begun = self._clock()
        act()
        self._seconds += ranks.agreed(self._clock() - begun, self.plan.place)
        return self._seconds

    def _tell(self, line: str) -> None:
        if not ranks.rank():
            print(line, flush=True)

    @torch.no_grad()
    def _judge(self, unseen: Clip, progress: Progress) -> float:
        """Tell how the mean weights do on people they never saw; return when it was done."""
        figures: dict[str, float] = {}
        begun = self._seconds
        with self._half():
            self._timed(lambda: figures.update(self.stage.figures(self.learner.mean, unseen)))
        self._judged += self._seconds - begun
        share = self._judged / max(self._seconds - self._state.seconds, 1e-9)
        self._tell(progress.judged(figures, share))
        return self._seconds

    @torch.no_grad()
    def _show(self, clip: Clip) -> None:
        with self._half():
            rows = self.stage.rows(self.learner.mean, clip)
        if not ranks.rank():
            save_rows(self.plan.out / "pictures" / f"{self.learner.steps:07}.png", rows)
