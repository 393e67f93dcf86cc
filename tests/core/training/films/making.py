"""Tiny films: somebody's face is a red patch before grey, and a finder that sees it."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from core.audio import SAMPLE_RATE, WIDER, Samples
from core.film.mp4 import Mp4File
from core.perception.face.finder import Face, NoFace
from core.video import Picture, VideoFormat

FORMAT = VideoFormat(320, 240)
STEP = SAMPLE_RATE // 25
SIZE = 80
"""Pixels of a face's height."""


def film(
    path: Path,
    count: int,
    place: Callable[[int], tuple[int, int] | None],
    samples: Samples | None = None,
) -> None:
    """Write a film in which the face's middle is at `place` of a picture's number."""
    with path.open("wb") as file:
        made = Mp4File(file, FORMAT, {})
        for index in range(count):
            made.picture(picture(place(index)), index * STEP)
            if samples is not None:
                part = samples[index * STEP : (index + 1) * STEP]
                made.sound(np.repeat(part, WIDER)[:, None], index * STEP)
        made.close()


def picture(middle: tuple[int, int] | None) -> Picture:
    pixels = np.full((FORMAT.height, FORMAT.width, 3), 90, np.uint8)
    if middle:
        x, y = middle
        half = SIZE // 2
        pixels[max(0, y - half) : y + half, max(0, x - half) : x + half] = (220, 30, 30)
    return pixels


class PatchFinder:
    """Finds red patches; counts how often it searches and follows."""

    def __init__(self) -> None:
        self.searched = self.followed_times = 0

    def face(self, picture: Picture) -> Face:
        self.searched += 1
        found = self._found(picture)
        if found is None:
            raise NoFace("none")
        return found

    def track(self, picture: Picture, face: Face) -> Face | None:
        self.followed_times += 1
        return self._found(picture)

    def matte(self, picture: Picture, face: Face) -> NDArray[np.float32]:
        return np.asarray(_red(picture), np.float32)

    def _found(self, pixels: Picture) -> Face | None:
        red = _red(pixels)
        if not red.any():
            return None
        y, x = (index.mean() for index in np.nonzero(red))
        angle = np.linspace(0, 2 * np.pi, 478, endpoint=False)
        landmarks = np.zeros((478, 3), np.float32)
        landmarks[:, 0] = x + SIZE / 2 * np.sin(angle)
        landmarks[:, 1] = y - SIZE / 2 * np.cos(angle)
        landmarks[10, :2], landmarks[152, :2] = (x, y - SIZE / 2), (x, y + SIZE / 2)
        return Face((x - 40, y - 40, x + 40, y + 40), landmarks, 1.0)


def _red(pixels: Picture) -> NDArray[np.bool_]:
    return np.asarray((pixels[..., 0].astype(int) - pixels[..., 1]) > 80)
