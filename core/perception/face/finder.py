"""Face detection, 478-point landmark regression and portrait matting for one photo."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from threadpoolctl import ThreadpoolController

from core.perception.face.alignment import Landmarks, bounding_box
from core.perception.face.detector import detect
from core.perception.face.inference import FaceNetworks
from core.perception.face.landmarks import (
    LandmarkEstimate,
    predict_landmarks,
    refine_parts,
    refine_with_flip,
)
from core.perception.face.matting import predict_matte
from core.perception.face.networks_numpy import load_numpy_network
from core.perception.face.weights import WEIGHTS
from core.sentence import said
from core.video import Picture

MIN_DETECTION_SCORE = 0.15
"""Least score of a detection that goes on to landmark regression."""
MIN_FACE_SCORE = 0.5
"""Least score of a face: the geometric mean of detector and landmark networks."""
MAX_DETECTIONS = 12
"""Most detections of one picture that go on to landmark regression."""
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
    """Bounding box of the landmarks: x0, y0, x1, y1."""
    landmarks: Landmarks
    """(478, 3) in the order of MediaPipe's face mesh; z is smaller nearer by."""
    score: float
    """Confidence, 0..1."""

    @classmethod
    def around(cls, landmarks: Landmarks, score: float) -> "Face":
        """Return the face with these landmarks."""
        (x0, y0), (x1, y1) = landmarks[:, :2].min(axis=0), landmarks[:, :2].max(axis=0)
        return cls((float(x0), float(y0), float(x1), float(y1)), landmarks, score)

    @property
    def height(self) -> float:
        return self.box[3] - self.box[1]


class FaceFinder:
    """Detector, landmark and matting networks, loaded once; used by one thread at a time.

    Raises:
        BadCheckpoint: the weights are missing, damaged, or not a face finder's.
    """

    def __init__(
        self, path: Path = WEIGHTS, load: Callable[[Path], FaceNetworks] = load_numpy_network
    ) -> None:
        self.network = load(path)
        self._blas = ThreadpoolController().select(user_api="blas")

    def faces(self, picture: Picture) -> list[Face]:
        """Return all detected faces, the largest first."""
        with self._one_thread():
            found = self._search(picture)
        return sorted(found, key=lambda face: -face.height)

    def _search(self, picture: Picture) -> list[Face]:
        network = self.network
        detections = detect(
            network.detector, network.config.detector, picture, MIN_DETECTION_SCORE, MAX_DETECTIONS
        )
        if not detections:
            return []
        estimates = predict_landmarks(network, picture, [detection.box for detection in detections])
        found: list[Face] = []
        for detection, estimate in zip(detections, estimates, strict=True):
            weak = estimate.score < MIN_DETECTION_SCORE
            if weak or any(_overlaps(estimate, face) for face in found):
                continue
            face = self._refine(picture, detection.score * estimate.score, estimate)
            if face.score >= MIN_FACE_SCORE and not any(_overlaps(face, other) for other in found):
                found.append(face)
        return found

    def _refine(self, picture: Picture, score: float, estimate: LandmarkEstimate) -> Face:
        """Regress landmarks twice more, each from the box of the last, then lips and eyes."""
        second = predict_landmarks(self.network, picture, [bounding_box(estimate.landmarks)])[0]
        final = refine_with_flip(self.network, picture, second)
        landmarks = refine_parts(self.network, picture, final.landmarks)
        return Face.around(landmarks, float(np.cbrt(score * final.score)))

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
                said("This picture shows {0} faces. Crop it to one person.", len(near))
            )
        return found[0]

    def track(self, picture: Picture, face: Face) -> Face | None:
        """Track a face of the previous picture into this one; None if it is lost."""
        estimate = LandmarkEstimate(face.landmarks, face.score)
        with self._one_thread():
            tracked = self._refine(picture, face.score, estimate)
        return tracked if tracked.score >= MIN_FACE_SCORE else None

    def matte(self, picture: Picture, face: Face) -> NDArray[np.float32]:
        """Return the person's alpha matte, (h, w) in 0..1."""
        network = self.network
        with self._one_thread():
            return predict_matte(network.matte, network.config.matte, picture, face.landmarks)

    def _one_thread(self) -> AbstractContextManager[object]:
        """Keep BLAS on one thread: beside programs that are busy, several wait for each other."""
        limited: AbstractContextManager[object] = self._blas.limit(limits=1)
        return limited


def _overlaps(one: LandmarkEstimate | Face, other: Face) -> bool:
    """Return whether two are of one face: their centres lie within each other's box."""
    return bounding_box(one.landmarks).distance(bounding_box(other.landmarks)) < 0.4
