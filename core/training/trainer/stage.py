"""What the stages of training have in common: clips in, terms of a loss and pictures out."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple, Protocol, TypeVar

import numpy as np
from torch import Tensor, nn

T = TypeVar("T")


class ClipSpeech(Protocol):
    """What the audio encoder hears."""

    @property
    def features(self) -> Tensor:
        """(batch, time, features), without the encoder's lag."""
        ...

    @property
    def visemes(self) -> Tensor:
        """Share of each of `core.perception.speech.visemes`, (batch, time, 15)."""
        ...

    @property
    def opening(self) -> Tensor:
        """0..1 of the lips, (batch, time)."""
        ...


class ClipBatch(Protocol):
    """Clips of people who talk, and the truth about them; the first reference is untouched."""

    @property
    def frames(self) -> Tensor:
        """(batch, time, 3, h, w) in [-1, 1]."""
        ...

    @property
    def references(self) -> Tensor:
        """(batch, references, 3, h, w) in [-1, 1]."""
        ...

    @property
    def flow(self) -> Tensor:
        """To each reference, (batch, time, references, 2, h2, w2); see `core.model.vae.flow_field`."""
        ...

    @property
    def flow_valid(self) -> Tensor:
        """Where the reference shows the same, 0 or 1: (batch, time, references, h2, w2)."""
        ...

    @property
    def mouth_mask(self) -> Tensor:
        """Where mouths are, (batch, time, 1, h2, w2) in [0, 1]."""
        ...

    @property
    def eye_mask(self) -> Tensor:
        """Where eyes are, (batch, time, 1, h2, w2) in [0, 1]."""
        ...

    @property
    def landmarks(self) -> Tensor:
        """(batch, time, 478, 2 or 3): x and y as places of a picture that is -1 to 1."""
        ...

    @property
    def speech(self) -> ClipSpeech:
        """What is said."""
        ...

    @property
    def identity(self) -> Tensor:
        """Number of each person among those that its `Clips` show, (batch,)."""
        ...


class ClipSource(Protocol):
    """Makes clips without end."""

    @property
    def people(self) -> int:
        """How many there are to train on."""
        ...

    def next_batch(self, batch_size: int, frames: int) -> ClipBatch:
        """Return clips of so many frames, on the device that trains."""
        ...

    def validation_batch(self, batch_size: int, frames: int) -> ClipBatch | None:
        """Return clips of people and voices never trained on, always the same; None without."""
        ...


class TrainingStage(Protocol[T]):
    """One part of the training, from what a network sees to what it is punished for.

    What learns beside or against it lies in the network, under the name `rival`.
    """

    @property
    def network(self) -> nn.Module:
        """What learns."""
        ...

    def clip_length(self, progress: float) -> int:
        """Return how long clips are after a share of the time."""
        ...

    def micro_batches(self, clip: ClipBatch, random: np.random.Generator) -> Sequence[T]:
        """Make of clips what a step needs; nothing is learned here.

        Each task is followed back before the next is begun, and their gradients add up.
        """
        ...

    def losses(self, micro_batch: T) -> Mapping[str, Tensor]:
        """Return what is wrong in a task, weighted; their sum is the loss."""
        ...

    def sample_images(self, ema: nn.Module, clip: ClipBatch) -> Sequence[Tensor]:
        """Return rows of pictures, each (pictures, 3, h, w), that the mean weights make."""
        ...

    def metrics(self, ema: nn.Module, clip: ClipBatch) -> Mapping[str, float]:
        """Return a few figures by which the mean weights are judged on held-out clips."""
        ...

    def frozen_state(self) -> Mapping[str, Tensor]:
        """Return what does not learn, but is needed to go on."""
        ...


class LengthPhase(NamedTuple):
    """How long clips are from some time on."""

    start: float
    """Of the time."""
    frames: int


def clip_length_at(lengths: Sequence[LengthPhase], progress: float) -> int:
    """Return the frames of the last length that has begun."""
    return [length.frames for length in lengths if length.start <= progress][-1]
