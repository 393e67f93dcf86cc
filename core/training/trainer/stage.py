"""What a network must offer to be trained: batches in; losses, metrics and sample images out."""

from collections.abc import Mapping, Sequence
from typing import Protocol, TypeVar

import numpy as np
from torch import Tensor, nn

Batch_co = TypeVar("Batch_co", covariant=True)
Batch_contra = TypeVar("Batch_contra", contravariant=True)
MicroBatch = TypeVar("MicroBatch")


class BatchSource(Protocol[Batch_co]):
    """An endless source of training data."""

    def next_batch(self, batch_size: int, frames: int, size: int | None = None) -> Batch_co:
        """Return the next batch, of so many frames each, on the device that trains.

        size: rows, and columns, of a frame; None: as the network that is trained sees them.
        Draws nothing from torch's global generator: another thread may call.
        """
        ...

    def validation_batch(self, batch_size: int, frames: int) -> Batch_co | None:
        """Return a batch of the validation set, always the same; None if there is none."""
        ...


class TrainingStage(Protocol[Batch_contra, MicroBatch]):
    """One stage of training: a network and its losses.

    A critic, trained beside or against the rest, is a submodule with the name `critic`.
    """

    @property
    def network(self) -> nn.Module:
        """All that is optimised."""
        ...

    def clip_length(self, progress: float) -> int:
        """Return the frames of each clip at a progress of 0 to 1 (curriculum)."""
        ...

    def clip_size(self, progress: float) -> int | None:
        """Return the rows, and columns, of a frame at a progress of 0 to 1; None: the usual."""
        ...

    def count_frames(self, batch: Batch_contra) -> int:
        """Return the frames in a batch, all clips together."""
        ...

    def micro_batches(
        self, batch: Batch_contra, random: np.random.Generator
    ) -> Sequence[MicroBatch]:
        """Prepare what one optimisation step needs, without gradients.

        backward() runs per micro-batch; gradients accumulate.
        """
        ...

    def losses(self, micro_batch: MicroBatch) -> Mapping[str, Tensor]:
        """Return the weighted terms of the loss, which is their sum."""
        ...

    def sample_images(self, ema: nn.Module, batch: Batch_contra) -> Sequence[Tensor]:
        """Return rows of pictures, each (pictures, 3, h, w), from the EMA weights; may be none."""
        ...

    def metrics(self, ema: nn.Module, batch: Batch_contra) -> Mapping[str, float]:
        """Return validation metrics of the EMA weights."""
        ...

    def frozen_state(self) -> Mapping[str, Tensor]:
        """Return tensors that are not trained, but belong to a checkpoint."""
        ...
