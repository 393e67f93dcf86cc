"""Training tasks of the face network's parts: batches, loss, learning rate, share of time."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

from numpy.random import Generator
from torch import Tensor

from core.perception.face.config import EYE_POINTS, LIP_POINTS, FaceConfig
from core.training.faces.losses import (
    detector_loss,
    eye_loss,
    landmark_loss,
    lips_loss,
    matte_loss,
)
from core.training.faces.portrait_sampler import PortraitSampler
from core.training.faces.targets import (
    Batch,
    detector_batch,
    landmark_batch,
    matte_batch,
    part_batch,
)

BatchFunction = Callable[[PortraitSampler, FaceConfig, int, Generator], Batch]


@dataclass(frozen=True)
class PartTask:
    """How one part of the face network is trained."""

    name: str
    """The part's name in `FaceNetwork`."""
    time_share: float
    """Share of the total time."""
    batch_size: int
    """Samples per batch."""
    learning_rate: float
    """Peak learning rate."""
    draw_batch: BatchFunction
    loss: Callable[[Any, Batch], Tensor]


def _lips_batch(sampler: PortraitSampler, config: FaceConfig, size: int, rng: Generator) -> Batch:
    return part_batch(sampler, config, "lips", LIP_POINTS, size, rng)


def _eye_batch(sampler: PortraitSampler, config: FaceConfig, size: int, rng: Generator) -> Batch:
    return part_batch(sampler, config, "eye", EYE_POINTS, size, rng)


PART_TASKS = (
    PartTask("detector", 0.28, 8, 1.5e-3, detector_batch, detector_loss),
    PartTask("landmarks", 0.34, 16, 1.5e-3, landmark_batch, landmark_loss),
    PartTask("lips", 0.11, 16, 1.5e-3, _lips_batch, lips_loss),
    PartTask("eye", 0.11, 16, 1.5e-3, _eye_batch, eye_loss),
    PartTask("matte", 0.16, 8, 1.5e-3, matte_batch, matte_loss),
)


def batch_source(
    task: PartTask, sampler: PortraitSampler, config: FaceConfig
) -> Callable[[Generator], Batch]:
    """Return a function that draws the task's batches."""
    return partial(task.draw_batch, sampler, config, task.batch_size)
