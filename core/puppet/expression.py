"""Blend shapes of the mean face: landmark deltas of an open jaw, pursed lips, a lifted brow."""

from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from core import checkpoint
from core.checkpoint import BadCheckpoint
from core.perception.face.topology import LANDMARK_COUNT
from core.sentence import said

WEIGHTS = Path(__file__).parents[1] / "weights" / "expressions.safetensors"


@dataclass(frozen=True)
class ExpressionConfig:
    """The shipped table's metadata."""

    names: tuple[str, ...]
    """Of each blend shape, as face trackers call them, with _L and _R."""


class Expressions(NamedTuple):
    """Blend shapes of the mean face. x right, y up, z forward; the face is 1 high."""

    names: tuple[str, ...]
    mean: NDArray[np.float32]
    """(478, 3) the face at rest"""
    deltas: NDArray[np.float32]
    """(n, 478, 3) added to `mean` at full weight"""

    def select(self, names: tuple[str, ...]) -> NDArray[np.float32]:
        """Return the deltas (len(names), 478, 3); a name without its side moves both."""
        return np.stack([self._deltas_of(name) for name in names])

    def _deltas_of(self, name: str) -> NDArray[np.float32]:
        if name in self.names:
            return np.asarray(self.deltas[self.names.index(name)])
        left, right = (self.names.index(f"{name}_{side}") for side in "LR")
        return np.asarray(self.deltas[left] + self.deltas[right])


def load_expressions(path: Path = WEIGHTS) -> Expressions:
    """Load the shipped blend shapes.

    Raises:
        BadCheckpoint: the file is missing, damaged or of another kind.
    """
    file = checkpoint.load(path, ExpressionConfig)
    mean, moves = file.weights.get("mean"), file.weights.get("moves")
    if mean is None or moves is None or moves.shape != (len(file.config.names), LANDMARK_COUNT, 3):
        raise BadCheckpoint(
            said("{0}: its table of movements is incomplete", path.name, remedy="reinstall")
        )
    return Expressions(file.config.names, mean.astype(np.float32), moves.astype(np.float32))
