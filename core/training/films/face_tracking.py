"""Face tracking through a film, and its segments that are worth learning from."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

from core.perception.face.alignment import Landmarks
from core.perception.face.finder import Face, NoFace, SeveralFaces
from core.perception.face.topology import OVAL
from core.portrait.face_crop import FaceCrop, face_height
from core.video import Picture

MIN_FRAMES, MAX_FRAMES = 25, 251
"""Pictures of a segment; at most one and whole latents of four."""
MIN_FACE = 64.0
"""Least height of a face, in pixels."""
MAX_STEP = 0.2
"""How far a face moves between successive pictures at most, in face heights."""
DETECT_EVERY = 25
"""Pictures after which detection runs anew, lest one track what is no face."""


class FaceTracker(Protocol):
    """Detects, tracks and mattes a face, as `core.perception.face.finder.FaceFinder`."""

    def face(self, picture: Picture) -> Face:
        """Detect the one prominent face."""
        ...

    def track(self, picture: Picture, face: Face) -> Face | None:
        """Track the face of the picture before; None if it is lost."""
        ...

    def matte(self, picture: Picture, face: Face) -> NDArray[np.float32]:
        """Return the alpha matte of the person with a face, (h, w) in 0..1."""
        ...


class FaceSegment(NamedTuple):
    """Successive pictures of a film, and the square that crops them."""

    first: int
    landmarks: Landmarks
    """(pictures, 478, 3) in pixels of the film."""
    window: FaceCrop


def track_face(
    frames: Iterable[tuple[Picture, bool]], finder: FaceTracker
) -> list[Landmarks | None]:
    """Track the landmarks (478, 3) of the one face through pictures; None where there is none.

    frames: pictures, and whether each follows a cut. After a cut there is a None too.
    """
    found: list[Landmarks | None] = []
    face: Face | None = None
    for index, (picture, cut) in enumerate(frames):
        if face is None or cut or index % DETECT_EVERY == 0:
            face = _detect(picture, finder)
        else:
            face = finder.track(picture, face)
        found.append(face.landmarks if face and not cut else None)
    return found


def face_segments(
    track: Sequence[Landmarks | None], half_size: float, offset: float
) -> list[FaceSegment]:
    """Cut a track into segments with a well-visible face; half_size, offset: `AvatarConfig`'s."""
    stretches: list[list[int]] = [[]]
    for index, landmarks in enumerate(track):
        if landmarks is None or not _is_continuous(track[index - 1] if index else None, landmarks):
            stretches.append([])
        if landmarks is not None:
            stretches[-1].append(index)
    pieces = [
        stretch[start : start + MAX_FRAMES]
        for stretch in stretches
        for start in range(0, len(stretch), MAX_FRAMES)
    ]
    segments = [
        _segment(piece, track, half_size, offset) for piece in pieces if len(piece) >= MIN_FRAMES
    ]
    return [segment for segment in segments if segment is not None]


def _detect(picture: Picture, finder: FaceTracker) -> Face | None:
    try:
        return finder.face(picture)
    except (NoFace, SeveralFaces):
        return None


def _is_continuous(before: Landmarks | None, now: Landmarks) -> bool:
    if before is None:
        return True  # a segment began with the None
    moved = np.linalg.norm(now[list(OVAL), :2].mean(0) - before[list(OVAL), :2].mean(0))
    return bool(moved < MAX_STEP * face_height(now))


def _segment(
    piece: Sequence[int], track: Sequence[Landmarks | None], half_size: float, offset: float
) -> FaceSegment | None:
    """Return a segment if its face is large enough and stays within one square."""
    shapes_seen = [
        landmarks for landmarks in (track[index] for index in piece) if landmarks is not None
    ]
    shapes = np.stack(shapes_seen)
    height = float(np.median([face_height(landmarks) for landmarks in shapes]))
    outline = shapes[:, list(OVAL), :2] + 0.5
    x, y = np.median(outline.mean(1), axis=0).tolist()
    window = FaceCrop(x, y + offset * height, half_size * height)
    away = np.abs(outline - np.array([window.x, window.y])).max()
    if height < MIN_FACE or away > window.half:
        return None
    return FaceSegment(piece[0], np.asarray(shapes, np.float32), window)
