"""What the judge measures with: the face finder's networks, the ear, and who it is."""

from dataclasses import dataclass

import torch
from torch import Tensor

from core.perception.face import FaceFinder
from core.perception.speech import SpeechEncoder, load_encoder
from core.training.judge.mesh import Mesh, Meshes, MeshFinder
from core.training.perception.crops import cut, squares
from core.training.perception.network import PerceptionNetwork


@dataclass(frozen=True)
class Instruments:
    """Opened once for all that is judged."""

    device: torch.device
    finder: FaceFinder
    """On the CPU, for the puppet."""
    meshes: MeshFinder
    encoder: SpeechEncoder
    """On the CPU."""
    perception: PerceptionNetwork | None
    """Without it nothing is said about likeness."""

    @torch.no_grad()
    def who(self, frames: Tensor, mesh: Mesh) -> Tensor | None:
        """Return embeddings (n, embedding) of the faces in frames (n, 3, h, w)."""
        network = self.perception
        if network is None:
            return None
        around = squares(mesh.landmarks, network.config.zoom)
        faces = cut(frames.to(self.device).float(), around, network.config.side)
        identity: Tensor = network(faces).identity
        return identity


def open_instruments(device: torch.device, perception: PerceptionNetwork | None) -> Instruments:
    """Open what ships with the program, and a perception network if there is one.

    Raises:
        BadCheckpoint: weights are missing or damaged.
    """
    encoder = load_encoder().requires_grad_(False)
    there = perception.to(device).eval() if perception else None
    return Instruments(device, FaceFinder(), Meshes(FaceFinder(), device), encoder, there)
