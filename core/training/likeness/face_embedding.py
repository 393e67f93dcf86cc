"""Face embedding network: a backbone with heads for identity, pose, landmarks and visemes."""

from dataclasses import dataclass, replace
from pathlib import Path
from typing import NamedTuple

import torch
from torch import Tensor, nn
from torch.nn import functional

from core.checkpoint import BadCheckpoint
from core.perception.face.networks_torch import Backbone
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
"""Components of `head_pose`."""


@dataclass(frozen=True)
class FaceEmbeddingConfig:
    """Hyperparameters of a `FaceEmbeddingNetwork`."""

    identities: int = 0
    """Number of training identities."""
    side: int = 128
    """Side of a face crop, pixels."""
    crop_scale: float = 0.8
    """Half side of a face crop, in face heights."""
    widths: tuple[int, ...] = (16, 32, 64, 96, 128)
    """Channels at strides 2, 4, 8 and so on."""
    depths: tuple[int, ...] = (0, 1, 2, 2, 2)
    """Residual blocks at each."""
    hidden: int = 256
    embedding: int = 128
    """Width of the identity embedding."""
    shape_components: int = 48
    """Basis vectors of the linear shape model."""

    @property
    def cells(self) -> int:
        """Cells of the coarsest level."""
        return (self.side >> len(self.widths)) ** 2


class FacePrediction(NamedTuple):
    """Outputs for n face crops."""

    identity: Tensor
    """(n, embedding) of length 1"""
    pose: Tensor
    """(n, 3); see `head_pose`"""
    landmarks: Tensor
    """(n, 478, 2), in a square of -1 to 1"""
    visemes: Tensor
    """(n, 15) logits"""


class FaceEmbeddingNetwork(nn.Module):
    """Encodes face crops of `config.side` pixels; its backbone gives features of any pictures."""

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
        """Return the feature pyramid of pictures (n, 3, h, w) in [-1, 1], finest level first."""
        levels: list[Tensor] = self.backbone(pictures)
        return levels

    def forward(self, faces: Tensor) -> FacePrediction:
        """Encode crops (n, 3, side, side) in [-1, 1]; see `face_cropping`."""
        flat = self.features(faces)[-1].flatten(1)
        who = functional.silu(self.identity_hidden(flat))
        how = functional.silu(self.attribute_hidden(flat))
        points = self.shape_basis(self.coefficients(how)).float().unflatten(1, (LANDMARK_COUNT, 2))
        identity = functional.normalize(self.embedding(who).float(), dim=1)
        return FacePrediction(identity, self.pose(how).float(), points, self.viseme(how).float())

    def prototype_similarity(self, identity: Tensor) -> Tensor:
        """Return cosines of embeddings (n, embedding) and prototypes, (n, identities)."""
        return identity @ functional.normalize(self.prototypes.float(), dim=1).T


def head_pose(landmarks: Tensor) -> Tensor:
    """Return a proxy of roll, yaw and pitch, (..., 3), from landmarks (..., 478, 2).

    Roll in radians, from the outer eye corners; yaw and pitch are the nose tip's offset from the
    middle of the cheeks, along and across their line, as shares of their distance.
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
    """Return the EMA network of a training: from its folder, or from an export.

    Raises:
        BadCheckpoint: there is none.
    """
    if not path.is_dir():
        checkpoint = load(path, FaceEmbeddingConfig)
        return fill(FaceEmbeddingNetwork(checkpoint.config), checkpoint, path)
    tensors, state = load_training(path)
    if state.stage != "likeness":
        raise BadCheckpoint(f"{path.name} trains a {state.stage}, expected a face embedding")
    network = FaceEmbeddingNetwork(
        from_json(FaceEmbeddingConfig, state.network_config, lenient=True)
    )
    network.load_state_dict(ema_weights(tensors))
    return network.eval()


def with_identities(config: FaceEmbeddingConfig, identities: int) -> FaceEmbeddingConfig:
    """Return the config for so many identities."""
    return replace(config, identities=identities)
