"""Finds faces in a photo: box, 478 landmarks, and which pixels are the person's."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from core.perception.face_detect import candidates
from core.perception.face_landmarks import Look, looks, refined, with_parts
from core.perception.face_matte import person_matte
from core.perception.face_mesh import Landmarks, placement_of
from core.perception.face_network import FaceConfig, FaceNetwork, fuse
from core.perception.face_weights import WEIGHTS
from core.tensors import fill, load
from core.video import Picture

HINT = 0.15
"""Chance from which a place is worth a closer look."""
SURE = 0.5
"""Chance, of detector and closer looks together, from which there is a face."""
MOST = 12
"""Places in one picture that are looked at."""
PROMINENT = 0.5
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
        fuse(self.network)

    def faces(self, picture: Picture) -> list[Face]:
        """Return all faces found, the largest first."""
        network = self.network
        hints = candidates(network.detector, network.config.detector, picture, HINT, MOST)
        if not hints:
            return []
        first = looks(network, picture, [hint.place for hint in hints])
        found: list[Face] = []
        for hint, look in zip(hints, first, strict=True):
            if look.chance < HINT or any(_same(look, face) for face in found):
                continue
            face = self._closer(picture, hint.chance * look.chance, look)
            if face.score >= SURE and not any(_same(face, other) for other in found):
                found.append(face)
        return sorted(found, key=lambda face: -face.height)

    def _closer(self, picture: Picture, chance: float, look: Look) -> Face:
        """Look twice more, each time from where the face was seen last, then at its parts."""
        again = looks(self.network, picture, [placement_of(look.landmarks)])[0]
        last = refined(self.network, picture, again)
        landmarks = with_parts(self.network, picture, last.landmarks)
        return _face(landmarks, float(np.cbrt(chance * last.chance)))

    def face(self, picture: Picture) -> Face:
        """Return the one prominent face.

        Raises:
            NoFace: there is none.
            SeveralFaces: there are several of about one size.
        """
        found = self.faces(picture)
        if not found:
            raise NoFace(
                "No face was found in this picture. Take one that shows the whole face from the "
                "front, in good light."
            )
        near = [face for face in found if face.height >= PROMINENT * found[0].height]
        if len(near) > 1:
            raise SeveralFaces(
                f"This picture shows {len(near)} faces. Cut it down to the one person who is to "
                "be shown."
            )
        return found[0]

    def followed(self, picture: Picture, face: Face) -> Face | None:
        """Return a face of the picture before, where it is in this one; None if it is gone."""
        now = self._closer(picture, face.score, Look(face.landmarks, face.score))
        return now if now.score >= SURE else None

    def matte(self, picture: Picture, face: Face) -> NDArray[np.float32]:
        """Return which pixels are the person's, (h, w) in 0..1, soft at the edges."""
        network = self.network
        return person_matte(network.matte, network.config.matte, picture, face.landmarks)


def _face(landmarks: Landmarks, score: float) -> Face:
    (x0, y0), (x1, y1) = landmarks[:, :2].min(axis=0), landmarks[:, :2].max(axis=0)
    return Face((float(x0), float(y0), float(x1), float(y1)), landmarks, score)


def _same(look: Look | Face, face: Face) -> bool:
    """Return whether two sightings are of one face: their middles lie within each other."""
    return placement_of(look.landmarks).apart(placement_of(face.landmarks)) < 0.4
