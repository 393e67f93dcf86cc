"""Where one face is, picture after picture, and which stretches of that are worth learning from."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple, Protocol

import numpy as np

from core.perception.face import Face, NoFace, SeveralFaces
from core.perception.face_mesh import Landmarks
from core.perception.topology import OVAL
from core.portrait.face_crop import Window, face_height
from core.video import Picture

SHORTEST, LONGEST = 25, 251
"""Pictures of a take; one and whole latents of four at most."""
SMALLEST = 64.0
"""Pixels of a face's height from which on there is something to see."""
FARTHEST = 0.2
"""How far a face moves from one picture to the next, in face heights."""
SEARCH_EVERY = 25
"""Pictures after which a face is looked for anew, lest one follow what is none."""


class Finder(Protocol):
    """As `core.perception.face.FaceFinder`."""

    def face(self, picture: Picture) -> Face:
        """Return the one prominent face."""
        ...

    def followed(self, picture: Picture, face: Face) -> Face | None:
        """Return the face from the picture before, where it is now."""
        ...


class Take(NamedTuple):
    """Pictures of a film that follow each other, and the square that shows them."""

    first: int
    landmarks: Landmarks
    """(pictures, 478, 3) in pixels of the film."""
    window: Window


def track(shown: Iterable[tuple[Picture, bool]], finder: Finder) -> list[Landmarks | None]:
    """Return the landmarks (478, 3) of the one face in each picture; None where there is none.

    shown: pictures, and whether each follows a cut. After a cut there is a None too.
    """
    found: list[Landmarks | None] = []
    face: Face | None = None
    for index, (picture, cut) in enumerate(shown):
        if face is None or cut or index % SEARCH_EVERY == 0:
            face = _searched(picture, finder)
        else:
            face = finder.followed(picture, face)
        found.append(face.landmarks if face and not cut else None)
    return found


def takes(track: Sequence[Landmarks | None], reach: float, drop: float) -> list[Take]:
    """Return the stretches in which a face is seen well; see `AvatarConfig` for reach and drop."""
    stretches: list[list[int]] = [[]]
    for index, landmarks in enumerate(track):
        if landmarks is None or not _near(track[index - 1] if index else None, landmarks):
            stretches.append([])
        if landmarks is not None:
            stretches[-1].append(index)
    pieces = [
        stretch[start : start + LONGEST]
        for stretch in stretches
        for start in range(0, len(stretch), LONGEST)
    ]
    whole = [_take(piece, track, reach, drop) for piece in pieces if len(piece) >= SHORTEST]
    return [take for take in whole if take is not None]


def _searched(picture: Picture, finder: Finder) -> Face | None:
    try:
        return finder.face(picture)
    except (NoFace, SeveralFaces):
        return None


def _near(before: Landmarks | None, now: Landmarks) -> bool:
    if before is None:
        return True  # a stretch began with the None
    moved = np.linalg.norm(now[list(OVAL), :2].mean(0) - before[list(OVAL), :2].mean(0))
    return bool(moved < FARTHEST * face_height(now))


def _take(
    piece: Sequence[int], track: Sequence[Landmarks | None], reach: float, drop: float
) -> Take | None:
    """Return a take if its face is large enough and stays within one square."""
    seen = [landmarks for landmarks in (track[index] for index in piece) if landmarks is not None]
    shapes = np.stack(seen)
    height = float(np.median([face_height(landmarks) for landmarks in shapes]))
    outline = shapes[:, list(OVAL), :2] + 0.5
    x, y = np.median(outline.mean(1), axis=0).tolist()
    window = Window(x, y + drop * height, reach * height)
    away = np.abs(outline - np.array([window.x, window.y])).max()
    if height < SMALLEST or away > window.half:
        return None
    return Take(piece[0], np.asarray(shapes, np.float32), window)
