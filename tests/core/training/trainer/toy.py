"""A stage that fits a line to points, for tests of what is around a stage."""

from collections.abc import Mapping, Sequence

import numpy as np
import torch
from torch import Tensor, nn


class Points:
    """Gives the rows of a table one after the other; nothing is random."""

    def __init__(self, rows: int = 24) -> None:
        self._rows = torch.linspace(-1, 1, 3 * rows).view(rows, 3).sin()
        self._next = 0

    def next_batch(self, batch_size: int, frames: int, size: int | None = None) -> Tensor:
        at = torch.arange(self._next, self._next + batch_size) % len(self._rows)
        self._next += batch_size
        return self._rows[at]

    def validation_batch(self, batch_size: int, frames: int) -> None:
        """There is none."""


class LineStage:
    """Squared error of a line; notes what was decided for each batch. A `TrainingStage`."""

    def __init__(self) -> None:
        torch.manual_seed(0)
        self.network = nn.Linear(2, 1)
        self.decisions: list[float] = []

    def clip_length(self, progress: float) -> int:
        return 1

    def clip_size(self, progress: float) -> None:
        return None

    def count_frames(self, batch: Tensor) -> int:
        return len(batch)

    def micro_batches(self, batch: Tensor, random: np.random.Generator) -> Sequence[Tensor]:
        self.decisions.append(random.random())
        return [batch]

    def losses(self, micro_batch: Tensor) -> Mapping[str, Tensor]:
        found = self.network(micro_batch[:, :2])
        return {"error": (found - micro_batch[:, 2:]).square().mean()}

    def sample_images(self, ema: nn.Module, batch: Tensor) -> Sequence[Tensor]:
        return []

    def metrics(self, ema: nn.Module, batch: Tensor) -> Mapping[str, float]:
        return {}

    def frozen_state(self) -> Mapping[str, Tensor]:
        return {}
