"""The lessons: which network learns what, in batches of how many, for which share of the time."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

from numpy.random import Generator
from torch import Tensor

from core.perception.face.networks import EYE_POINTS, LIP_POINTS, FaceConfig
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
    """How one part of the face network is taught."""

    name: str
    """The part's name in `FaceNetwork`."""
    time_share: float
    """Of all the minutes."""
    batch_size: int
    """Samples in a batch."""
    learning_rate: float
    """Learning rate at its highest."""
    draw_batch: BatchFunction
    loss: Callable[[Any, Batch], Tensor]


def _lips_batch(cast: PortraitSampler, config: FaceConfig, size: int, rng: Generator) -> Batch:
    return part_batch(cast, config, "lips", LIP_POINTS, size, rng)


def _eye_batch(cast: PortraitSampler, config: FaceConfig, size: int, rng: Generator) -> Batch:
    return part_batch(cast, config, "eye", EYE_POINTS, size, rng)


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
    """Return a function that draws the lesson's batches."""
    return partial(_draw_batch, task, sampler, config)


def _draw_batch(
    task: PartTask, sampler: PortraitSampler, config: FaceConfig, rng: Generator
) -> Batch:
    return task.draw_batch(sampler, config, task.batch_size, rng)
