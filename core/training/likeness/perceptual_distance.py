"""Perceptual loss: distance of the face embedding backbone's features."""

import copy
from pathlib import Path

import torch
from torch import Tensor, nn
from torch.nn import functional

from core.perception.face.networks_torch import fuse_batch_norms
from core.training.avatar.vae import PerceptualLoss
from core.training.entry_point import load_entry_point
from core.training.likeness.face_embedding import FaceEmbeddingNetwork, read_face_embedding


class PerceptualDistance(nn.Module):
    """Satisfies `PerceptualLoss`: squared distance of unit-length features, averaged over levels.

    The form is that of LPIPS (Zhang et al. 2018) without its learned weights; the features are
    our own, so values cannot be compared with LPIPS.
    """

    def __init__(self, network: FaceEmbeddingNetwork) -> None:
        super().__init__()
        self.backbone = copy.deepcopy(network.backbone).eval().requires_grad_(False)
        fuse_batch_norms(self.backbone)

    def forward(self, made: Tensor, true: Tensor) -> Tensor:
        """Compare pictures (n, 3, h, w) in [-1, 1]: one number, 0 where they are the same."""
        with torch.no_grad():
            wanted = [_unit_features(level) for level in self.backbone(true)]
        pairs = zip(self.backbone(made), wanted, strict=True)
        distances = [(_unit_features(level) - want).square().sum(1).mean() for level, want in pairs]
        return torch.stack(distances).mean()


def _unit_features(level: Tensor) -> Tensor:
    return functional.normalize(level.float(), dim=1, eps=1e-3)


def open_perceptual_distance(name: str, device: str) -> PerceptualLoss:
    """Return a perceptual loss on a device: ours, from a `likeness` training's folder or export, or
    anybody's, by `module:function`; the function is given the device.

    Raises:
        BadCheckpoint: there is no face embedding network.
        ValueError: there is no such function.
    """
    if ":" in name and not Path(name).exists():
        opened: PerceptualLoss = load_entry_point(name)(device)
        return opened
    return PerceptualDistance(read_face_embedding(Path(name))).to(device)
