"""The state of a training: how far it has come, and the folder it is resumed from."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from torch import Tensor

from core.checkpoint import BadCheckpoint
from core.model.avatar import AvatarConfig
from core.record import from_json
from core.training.trainer.sharded_checkpoint import read_checkpoint, read_manifest

CHECKPOINT = "checkpoint"
"""Folder of the shards, in that of a training."""


@dataclass(frozen=True)
class TrainingState:
    """How far a training has come."""

    stage: str
    avatar: AvatarConfig | None = None
    """Shape of the avatar that is trained, or for whose clips a network is."""
    steps: int = 0
    seconds: float = 0.0
    earlier_seconds: float = 0.0
    """Seconds that were spent on the stages before."""
    licences: tuple[str, ...] = ()
    """Of all that this training and those before it learned from, as far as a stock notes them."""
    network_config: str = ""
    """Shape of the network in JSON, where it is none of the avatar's."""

    @property
    def avatar_config(self) -> AvatarConfig:
        """The shape of the avatar.

        Raises:
            BadCheckpoint: the training has none.
        """
        if self.avatar is None:
            raise BadCheckpoint(f"a training of {self.stage} has no avatar; resume another one")
        return self.avatar


def load_training(folder: Path) -> tuple[Mapping[str, Tensor], TrainingState]:
    """Return a training's tensors and state.

    Raises:
        BadCheckpoint: there is none, or it is damaged.
    """
    state = load_training_state(folder)  # says more plainly that there is none
    return read_checkpoint(folder / CHECKPOINT)[0], state


def load_training_state(folder: Path) -> TrainingState:
    """Return how far a folder's training has come; fields of another version do no harm.

    Raises:
        BadCheckpoint: there is none.
    """
    try:
        about = read_manifest(folder / CHECKPOINT).about
        return from_json(TrainingState, about, lenient=True)
    except ValueError as error:
        raise BadCheckpoint(f"{folder.name} holds no training: {error}") from error
