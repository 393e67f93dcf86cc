"""The perception network: a face's features, and what four heads read from them."""

from dataclasses import dataclass, replace
from pathlib import Path
from typing import NamedTuple

import torch
from torch import Tensor, nn
from torch.nn import functional

from core.checkpoint import BadCheckpoint
from core.perception.face.networks import Backbone
from core.perception.face.topology import (
    LANDMARK_COUNT,
    LEFT_CHEEK,
    LEFT_EYE_OUTER,
    NOSE_TIP,
    RIGHT_CHEEK,
    RIGHT_EYE_OUTER,
)
from core.perception.speech.visemes import VISEMES
from core.record import from_json
from core.tensors import fill, load
from core.training.trainer.optimization import ema_weights
from core.training.trainer.training_state import load_training

POSE_SIZE = 3
"""Numbers that tell a pose; see `pose_of`."""


@dataclass(frozen=True)
class FaceEmbeddingConfig:
    """Shape of a `PerceptionNetwork`."""

    identities: int = 0
    """Whom its identity head learnt to tell apart."""
    side: int = 128
    """Pixels of a face's square."""
    crop_scale: float = 0.8
    """Half of that square, in face heights."""
    widths: tuple[int, ...] = (16, 32, 64, 96, 128)
    """Channels at strides 2, 4, 8 and so on."""
    depths: tuple[int, ...] = (0, 1, 2, 2, 2)
    """Pairs of convolutions at each."""
    hidden: int = 256
    embedding: int = 128
    """Numbers that say who it is."""
    shape_components: int = 48
    """How many ways to differ from the mean face."""

    @property
    def cells(self) -> int:
        """Places of the coarsest level."""
        return (self.side >> len(self.widths)) ** 2


class FacePrediction(NamedTuple):
    """What is seen in n squares."""

    identity: Tensor
    """(n, embedding) of length 1"""
    pose: Tensor
    """(n, 3); see `pose_of`"""
    landmarks: Tensor
    """(n, 478, 2), places of the square"""
    visemes: Tensor
    """(n, 15) logits"""


class FaceEmbeddingNetwork(nn.Module):
    """Faces in squares of `config.side` pixels, or features of any pictures."""

    def __init__(self, config: FaceEmbeddingConfig) -> None:
        super().__init__()
        self.config = config
        self.backbone = Backbone(config.widths, config.depths, stem_stride=2)
        size = config.widths[-1] * config.cells
        self.identity_hidden, self.attribute_hidden = (
            nn.Linear(size, config.hidden) for _ in range(2)
        )
        self.embedding = nn.Linear(config.hidden, config.embedding)
        self.pose = nn.Linear(config.hidden, POSE_SIZE)
        self.coefficients = nn.Linear(config.hidden, config.shape_components)
        self.shape_basis = nn.Linear(config.shape_components, 2 * LANDMARK_COUNT)
        self.viseme = nn.Linear(config.hidden, len(VISEMES))
        self.prototypes = nn.Parameter(torch.randn(config.identities, config.embedding))

    def features(self, pictures: Tensor) -> list[Tensor]:
        """Return what each level sees in pictures (n, 3, h, w) in [-1, 1], the finest first."""
        levels: list[Tensor] = self.backbone(pictures)
        return levels

    def forward(self, faces: Tensor) -> FacePrediction:
        """Look at squares (n, 3, side, side) in [-1, 1]; see `core.training.likeness.face_cropping`."""
        flat = self.features(faces)[-1].flatten(1)
        who, how = (
            functional.silu(self.identity_hidden(flat)),
            functional.silu(self.attribute_hidden(flat)),
        )
        points = self.shape_basis(self.coefficients(how)).float().unflatten(1, (LANDMARK_COUNT, 2))
        identity = functional.normalize(self.embedding(who).float(), dim=1)
        return FacePrediction(identity, self.pose(how).float(), points, self.viseme(how).float())

    def prototype_similarity(self, identity: Tensor) -> Tensor:
        """Return how much embeddings (n, embedding) are like each known person, (n, people)."""
        return identity @ functional.normalize(self.prototypes.float(), dim=1).T


def head_pose(landmarks: Tensor) -> Tensor:
    """Return how heads are held, (..., 3), from landmarks (..., 478, 2).

    Roll in radians, from the eyes' outer corners; how far the nose's tip lies off the middle of
    the face's sides, along and across these, as shares of their distance: yaw and pitch, about.
    """
    eyes = landmarks[..., LEFT_EYE_OUTER, :] - landmarks[..., RIGHT_EYE_OUTER, :]
    left, right = (landmarks[..., side, :] for side in (RIGHT_CHEEK, LEFT_CHEEK))
    across, nose = right - left, landmarks[..., NOSE_TIP, :] - (left + right) / 2
    down = torch.stack([-across[..., 1], across[..., 0]], -1)
    wide = across.square().sum(-1)
    roll = torch.atan2(eyes[..., 1], eyes[..., 0])
    yaw, pitch = ((nose * axis).sum(-1) / wide for axis in (across, down))
    return torch.stack([roll, yaw, pitch], -1)


def read_face_embedding(path: Path) -> FaceEmbeddingNetwork:
    """Return the mean network of a perception training: from its folder, or from an export.

    Raises:
        BadCheckpoint: there is none.
    """
    if not path.is_dir():
        checkpoint = load(path, FaceEmbeddingConfig)
        return fill(FaceEmbeddingNetwork(checkpoint.config), checkpoint, path)
    tensors, state = load_training(path)
    if state.stage != "likeness":
        raise BadCheckpoint(f"{path.name} trains a {state.stage}, expected a perception network")
    network = FaceEmbeddingNetwork(
        from_json(FaceEmbeddingConfig, state.network_config, lenient=True)
    )
    network.load_state_dict(ema_weights(tensors))
    return network.eval()


def with_identities(config: FaceEmbeddingConfig, identities: int) -> FaceEmbeddingConfig:
    """Return the shape for so many people."""
    return replace(config, identities=identities)
