"""Finds faces in a photo: box, 478 landmarks, and which pixels are the person's."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from core.perception.face.alignment import Landmarks, bounding_box
from core.perception.face.detector import detect
from core.perception.face.landmarks import (
    LandmarkEstimate,
    predict_landmarks,
    refine_parts,
    refine_with_flip,
)
from core.perception.face.matting import predict_matte
from core.perception.face.networks import FaceConfig, FaceNetwork, fuse_batch_norms
from core.perception.face.weights import WEIGHTS
from core.sentence import said
from core.tensors import fill, load
from core.video import Picture

MIN_DETECTION_SCORE = 0.15
"""Chance from which a place is worth a closer look."""
MIN_FACE_SCORE = 0.5
"""Chance, of detector and closer looks together, from which there is a face."""
MAX_DETECTIONS = 12
"""Places in one picture that are looked at."""
PROMINENT_RATIO = 0.5
"""Faces below this share of the largest one's height stand in the background."""


class NoFace(ValueError):
    """The picture shows no face that could be found."""


class SeveralFaces(ValueError):
    """The picture shows more than one prominent face."""


@dataclass(frozen=True)
class Face:
    """One face in a picture, in the picture's pixels."""

    box: tuple[float, float, float, float]
    """x0, y0, x1, y1 of the landmarks."""
    landmarks: Landmarks
    """(478, 3) in the order of MediaPipe's face mesh; z is smaller nearer by."""
    score: float
    """How sure it is, 0..1."""

    @property
    def height(self) -> float:
        return self.box[3] - self.box[1]


class FaceFinder:
    """Opens the networks once; may be asked from any one thread at a time.

    Raises:
        BadCheckpoint: the weights are missing, damaged, or not a face finder's.
    """

    def __init__(self, path: Path = WEIGHTS) -> None:
        checkpoint = load(path, FaceConfig)
        self.network = fill(FaceNetwork(checkpoint.config), checkpoint, path)
        fuse_batch_norms(self.network)

    def faces(self, picture: Picture) -> list[Face]:
        """Return all faces found, the largest first."""
        network = self.network
        detections = detect(
            network.detector, network.config.detector, picture, MIN_DETECTION_SCORE, MAX_DETECTIONS
        )
        if not detections:
            return []
        estimates = predict_landmarks(network, picture, [hint.box for hint in detections])
        found: list[Face] = []
        for hint, look in zip(detections, estimates, strict=True):
            if look.score < MIN_DETECTION_SCORE or any(_overlaps(look, face) for face in found):
                continue
            face = self._refine(picture, hint.score * look.score, look)
            if face.score >= MIN_FACE_SCORE and not any(_overlaps(face, other) for other in found):
                found.append(face)
        return sorted(found, key=lambda face: -face.height)

    def _refine(self, picture: Picture, score: float, estimate: LandmarkEstimate) -> Face:
        """Look twice more, each time from where the face was seen last, then at its parts."""
        second = predict_landmarks(self.network, picture, [bounding_box(estimate.landmarks)])[0]
        final = refine_with_flip(self.network, picture, second)
        landmarks = refine_parts(self.network, picture, final.landmarks)
        return _face_from(landmarks, float(np.cbrt(score * final.score)))

    def face(self, picture: Picture) -> Face:
        """Return the one prominent face.

        Raises:
            NoFace: there is none.
            SeveralFaces: there are several of about one size.
        """
        found = self.faces(picture)
        if not found:
            raise NoFace(
                said(
                    "No face was found in this picture. Take one that shows the whole face "
                    "from the front, in good light."
                )
            )
        near = [face for face in found if face.height >= PROMINENT_RATIO * found[0].height]
        if len(near) > 1:
            raise SeveralFaces(
                said(
                    "This picture shows {0} faces. Cut it down to the one person who is to be "
                    "shown.",
                    len(near),
                )
            )
        return found[0]

    def track(self, picture: Picture, face: Face) -> Face | None:
        """Return a face of the picture before, where it is in this one; None if it is gone."""
        now = self._refine(picture, face.score, LandmarkEstimate(face.landmarks, face.score))
        return now if now.score >= MIN_FACE_SCORE else None

    def matte(self, picture: Picture, face: Face) -> NDArray[np.float32]:
        """Return which pixels are the person's, (h, w) in 0..1, soft at the edges."""
        network = self.network
        return predict_matte(network.matte, network.config.matte, picture, face.landmarks)


def _face_from(landmarks: Landmarks, score: float) -> Face:
    (x0, y0), (x1, y1) = landmarks[:, :2].min(axis=0), landmarks[:, :2].max(axis=0)
    return Face((float(x0), float(y0), float(x1), float(y1)), landmarks, score)


def _overlaps(one: LandmarkEstimate | Face, other: Face) -> bool:
    """Return whether two sightings are of one face: their middles lie within each other."""
    return bounding_box(one.landmarks).distance(bounding_box(other.landmarks)) < 0.4
