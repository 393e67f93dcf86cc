"""The perception network: a face's features, and what four heads read from them."""

from dataclasses import dataclass, replace
from pathlib import Path
from typing import NamedTuple

import torch
from torch import Tensor, nn
from torch.nn import functional

from core.checkpoint import BadCheckpoint
from core.perception.face_mesh import POINTS
from core.perception.face_network import Pyramid
from core.perception.visemes import VISEMES
from core.record import from_json
from core.tensors import fill, load
from core.training.trainer.optimization import strip_prefix
from core.training.trainer.training_loop import load_training

POSE = 3
"""Numbers that tell a pose; see `pose_of`."""


@dataclass(frozen=True)
class PerceptionConfig:
    """Shape of a `PerceptionNetwork`."""

    people: int = 0
    """Whom its identity head learnt to tell apart."""
    side: int = 128
    """Pixels of a face's square."""
    zoom: float = 0.8
    """Half of that square, in face heights."""
    widths: tuple[int, ...] = (16, 32, 64, 96, 128)
    """Channels at strides 2, 4, 8 and so on."""
    depths: tuple[int, ...] = (0, 1, 2, 2, 2)
    """Pairs of convolutions at each."""
    hidden: int = 256
    embedding: int = 128
    """Numbers that say who it is."""
    shapes: int = 48
    """How many ways to differ from the mean face."""

    @property
    def cells(self) -> int:
        """Places of the coarsest level."""
        return (self.side >> len(self.widths)) ** 2


class Perceived(NamedTuple):
    """What is seen in n squares."""

    identity: Tensor
    """(n, embedding) of length 1"""
    pose: Tensor
    """(n, 3); see `pose_of`"""
    landmarks: Tensor
    """(n, 478, 2), places of the square"""
    visemes: Tensor
    """(n, 15) logits"""


class PerceptionNetwork(nn.Module):
    """Faces in squares of `config.side` pixels, or features of any pictures."""

    def __init__(self, config: PerceptionConfig) -> None:
        super().__init__()
        self.config = config
        self.trunk = Pyramid(config.widths, config.depths, stem_stride=2)
        size = config.widths[-1] * config.cells
        self.who, self.how = (nn.Linear(size, config.hidden) for _ in range(2))
        self.embed = nn.Linear(config.hidden, config.embedding)
        self.pose = nn.Linear(config.hidden, POSE)
        self.weights = nn.Linear(config.hidden, config.shapes)
        self.shapes = nn.Linear(config.shapes, 2 * POINTS)
        self.says = nn.Linear(config.hidden, len(VISEMES))
        self.people = nn.Parameter(torch.randn(config.people, config.embedding))

    def features(self, pictures: Tensor) -> list[Tensor]:
        """Return what each level sees in pictures (n, 3, h, w) in [-1, 1], the finest first."""
        levels: list[Tensor] = self.trunk(pictures)
        return levels

    def forward(self, faces: Tensor) -> Perceived:
        """Look at squares (n, 3, side, side) in [-1, 1]; see `core.training.perception.crops`."""
        flat = self.features(faces)[-1].flatten(1)
        who, how = functional.silu(self.who(flat)), functional.silu(self.how(flat))
        points = self.shapes(self.weights(how)).float().unflatten(1, (POINTS, 2))
        identity = functional.normalize(self.embed(who).float(), dim=1)
        return Perceived(identity, self.pose(how).float(), points, self.says(how).float())

    def likeness(self, identity: Tensor) -> Tensor:
        """Return how much embeddings (n, embedding) are like each known person, (n, people)."""
        return identity @ functional.normalize(self.people.float(), dim=1).T


NOSE, BROW_LEFT, BROW_RIGHT = 1, 33, 263
SIDES = (234, 454)


def pose_of(landmarks: Tensor) -> Tensor:
    """Return how heads are held, (..., 3), from landmarks (..., 478, 2).

    Roll in radians, from the eyes' outer corners; how far the nose's tip lies off the middle of
    the face's sides, along and across these, as shares of their distance: yaw and pitch, about.
    """
    eyes = landmarks[..., BROW_RIGHT, :] - landmarks[..., BROW_LEFT, :]
    left, right = (landmarks[..., side, :] for side in SIDES)
    across, nose = right - left, landmarks[..., NOSE, :] - (left + right) / 2
    down = torch.stack([-across[..., 1], across[..., 0]], -1)
    wide = across.square().sum(-1)
    roll = torch.atan2(eyes[..., 1], eyes[..., 0])
    yaw, pitch = ((nose * axis).sum(-1) / wide for axis in (across, down))
    return torch.stack([roll, yaw, pitch], -1)


def read_perception(path: Path) -> PerceptionNetwork:
    """Return the mean network of a perception training: from its folder, or from an export.

    Raises:
        BadCheckpoint: there is none.
    """
    if not path.is_dir():
        checkpoint = load(path, PerceptionConfig)
        return fill(PerceptionNetwork(checkpoint.config), checkpoint, path)
    tensors, state = load_training(path)
    if state.stage != "perception":
        raise BadCheckpoint(f"{path.name} trains a {state.stage}, expected a perception network")
    network = PerceptionNetwork(from_json(PerceptionConfig, state.network_config))
    mean = strip_prefix(tensors, "mean/")
    network.load_state_dict({k: t.float() if t.is_floating_point() else t for k, t in mean.items()})
    return network.eval()


def knowing(config: PerceptionConfig, people: int) -> PerceptionConfig:
    """Return the shape for so many people."""
    return replace(config, people=people)
