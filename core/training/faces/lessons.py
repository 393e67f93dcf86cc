"""The lessons: which network learns what, in batches of how many, for which share of the time."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

from numpy.random import Generator
from torch import Tensor

from core.perception.face_network import EYE_POINTS, LIP_POINTS, FaceConfig
from core.training.faces.cast import Cast
from core.training.faces.losses import (
    detector_loss,
    eye_loss,
    landmark_loss,
    lips_loss,
    matte_loss,
)
from core.training.faces.targets import (
    Batch,
    detector_batch,
    landmark_batch,
    matte_batch,
    part_batch,
)

Draw = Callable[[Cast, FaceConfig, int, Generator], Batch]


@dataclass(frozen=True)
class Lesson:
    """How one part of the face network is taught."""

    name: str
    """The part's name in `FaceNetwork`."""
    share: float
    """Of all the minutes."""
    size: int
    """Samples in a batch."""
    rate: float
    """Learning rate at its highest."""
    draw: Draw
    loss: Callable[[Any, Batch], Tensor]


def _lips(cast: Cast, config: FaceConfig, size: int, rng: Generator) -> Batch:
    return part_batch(cast, config, "lips", LIP_POINTS, size, rng)


def _eye(cast: Cast, config: FaceConfig, size: int, rng: Generator) -> Batch:
    return part_batch(cast, config, "eye", EYE_POINTS, size, rng)


LESSONS = (
    Lesson("detector", 0.28, 8, 1.5e-3, detector_batch, detector_loss),
    Lesson("landmarks", 0.34, 16, 1.5e-3, landmark_batch, landmark_loss),
    Lesson("lips", 0.11, 16, 1.5e-3, _lips, lips_loss),
    Lesson("eye", 0.11, 16, 1.5e-3, _eye, eye_loss),
    Lesson("matte", 0.16, 8, 1.5e-3, matte_batch, matte_loss),
)


def drawer(lesson: Lesson, cast: Cast, config: FaceConfig) -> Callable[[Generator], Batch]:
    """Return a function that draws the lesson's batches."""
    return partial(_draw, lesson, cast, config)


def _draw(lesson: Lesson, cast: Cast, config: FaceConfig, rng: Generator) -> Batch:
    return lesson.draw(cast, config, lesson.size, rng)
