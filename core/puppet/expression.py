"""How a face's landmarks move when it opens its jaw, purses its lips or lifts a brow."""

from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import torch
from torch import Tensor

from core import checkpoint
from core.checkpoint import BadCheckpoint
from core.puppet.topology import COUNT

WEIGHTS = Path(__file__).parents[1] / "weights" / "expressions.safetensors"


@dataclass(frozen=True)
class ExpressionConfig:
    """What the shipped table holds."""

    names: tuple[str, ...]
    """Of each movement; the usual names of face-tracking blend shapes, with _L and _R."""


class Expressions(NamedTuple):
    """Movements of the mean face. x right, y up, z forward; the face is 1 high."""

    names: tuple[str, ...]
    mean: Tensor
    """(478, 3) the face at rest"""
    moves: Tensor
    """(n, 478, 3) added to `mean` at full strength"""

    def select(self, names: tuple[str, ...]) -> Tensor:
        """Return the movements (len(names), 478, 3); a name without its side moves both."""
        return torch.stack([self._one(name) for name in names])

    def _one(self, name: str) -> Tensor:
        if name in self.names:
            return self.moves[self.names.index(name)]
        left, right = (self.names.index(f"{name}_{side}") for side in "LR")
        return self.moves[left] + self.moves[right]


def load_expressions(path: Path = WEIGHTS) -> Expressions:
    """Read the shipped table.

    Raises:
        BadCheckpoint: the file is missing, damaged or of another kind.
    """
    file = checkpoint.load(path, ExpressionConfig)
    mean, moves = file.weights.get("mean"), file.weights.get("moves")
    if mean is None or moves is None or moves.shape != (len(file.config.names), COUNT, 3):
        raise BadCheckpoint(f"{path.name}: its table of movements is incomplete; reinstall")
    return Expressions(file.config.names, mean.float(), moves.float())
