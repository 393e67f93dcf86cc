"""The networks that measure: landmark detector, speech encoder, face embedding."""

from dataclasses import dataclass

import torch
from torch import Tensor

from core.perception.face.finder import FaceFinder
from core.perception.face.networks_torch import load_face_network
from core.perception.speech.encoder_torch import SpeechEncoder, load_speech_encoder
from core.training.likeness.face_cropping import crop_squares, face_squares
from core.training.likeness.face_embedding import FaceEmbeddingNetwork
from core.training.metrics.batch_landmarks import (
    BatchLandmarkDetector,
    DetectedFaces,
    LandmarkDetector,
)


@dataclass(frozen=True)
class Evaluators:
    """Networks shared by all metrics of an evaluation."""

    device: torch.device
    face_finder: FaceFinder
    """For the puppet."""
    landmark_detector: LandmarkDetector
    speech_encoder: SpeechEncoder
    """On the CPU."""
    embedding_network: FaceEmbeddingNetwork | None
    """Without it identity similarity is not measured."""

    @torch.no_grad()
    def embed_faces(self, frames: Tensor, detected: DetectedFaces) -> Tensor | None:
        """Embed the faces in frames (n, 3, h, w): (n, embedding); None without a network."""
        network = self.embedding_network
        if network is None:
            return None
        around = face_squares(detected.landmarks, network.config.crop_scale)
        faces = crop_squares(frames.to(self.device).float(), around, network.config.side)
        identity: Tensor = network(faces).identity
        return identity


def open_evaluators(
    device: torch.device, embedding_network: FaceEmbeddingNetwork | None
) -> Evaluators:
    """Open the networks that ship with the program, beside a face embedding if there is one.

    Raises:
        BadCheckpoint: weights are missing or damaged.
    """
    encoder = load_speech_encoder().requires_grad_(False)
    network = embedding_network.to(device).eval() if embedding_network else None
    detector = BatchLandmarkDetector(load_face_network(), device)
    return Evaluators(device, FaceFinder(), detector, encoder, network)
