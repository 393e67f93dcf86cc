"""The portraits in memory: pictures, mattes and landmarks, some of them held out."""

import csv
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray
from PIL import Image
from scipy.optimize import linear_sum_assignment

from core.perception.face_mesh import Landmarks, moved, placement_of
from core.pixels import resized, smooth
from core.video import Picture

LONGEST = 384
"""Portraits are kept at most this large, in pixels."""
WEIGHTS: Mapping[str, float] = {"faker": 0.27, "sfhq": 0.40, "congress": 0.18, "gpo": 0.15}
"""How often each set is drawn: the official portraits are many and alike."""
WORST_JITTER = 0.03
"""Landmarks that moved more than this share of the face when found twice are not trusted."""


@dataclass(frozen=True)
class Portrait:
    """One person, (h, w, 3) RGB, with what is known of them."""

    picture: Picture
    matte: NDArray[np.uint8]
    """(h, w), 255 is person."""
    landmarks: Landmarks
    name: str = ""
    set: str = ""
    turned: float = 0.0
    """Nose tip off the middle of the face, as a share of its width."""


@dataclass
class Corpus:
    """What a training draws from. `mirror[i]` is the landmark that i becomes in a mirror."""

    train: list[Portrait]
    held_out: list[Portrait]
    backgrounds: list[Picture]
    held_out_backgrounds: list[Picture]
    mirror: NDArray[np.int64]
    mean: Landmarks
    """The mean of all training faces, upright, in face sizes."""
    _chance: NDArray[np.float64] = field(init=False)
    _mirrored: list[Portrait] = field(init=False)

    def __post_init__(self) -> None:
        counts = {name: sum(p.set == name for p in self.train) for name in WEIGHTS}
        chance = np.array([WEIGHTS[p.set] / counts[p.set] for p in self.train])
        self._chance = np.cumsum(chance / chance.sum())
        self._mirrored = [mirrored(portrait, self.mirror) for portrait in self.train]

    def portrait(self, rng: Generator) -> Portrait:
        """Draw one, sets by weight, mirrored half of the time."""
        index = int(np.searchsorted(self._chance, rng.random()))
        side = self._mirrored if rng.random() < 0.5 else self.train
        return side[min(index, len(side) - 1)]

    def background(self, rng: Generator) -> Picture:
        return self.backgrounds[rng.integers(len(self.backgrounds))]


def is_held_out(name: str, one_in: int = 10) -> bool:
    """Return whether what bears this name is never trained on; the same ones for ever."""
    return int(hashlib.sha256(name.encode()).hexdigest(), 16) % one_in == 0


def read_corpus(folder: Path) -> Corpus:
    """Read the portraits and backgrounds below `folder`.

    Raises:
        OSError: a file named by the tables is missing.
    """
    with np.load(folder / "portraits.npz") as archive:
        shapes, turned = archive["landmarks"], archive["nose_offset"]
        trusted = archive["landmark_jitter"] <= WORST_JITTER
    with (folder / "portraits.csv").open() as file:
        rows = list(csv.DictReader(file))
    portraits = [
        _portrait(folder, row, shapes[i], float(turned[i]))
        for i, row in enumerate(rows)
        if trusted[i]
    ]
    train = [p for p in portraits if not is_held_out(p.name)]
    scenes, unseen = _backgrounds(folder)
    mean = mean_shape(train)
    held_out = [p for p in portraits if is_held_out(p.name)]
    return Corpus(train, held_out, scenes, unseen, mirror_of(mean), mean)


def mean_shape(portraits: list[Portrait]) -> Landmarks:
    """Return the mean of the upright faces, in face sizes, made symmetric."""
    mean = np.mean([upright(p.landmarks) for p in portraits], axis=0)
    reflected = mean * np.array([-1, 1, 1])
    return np.asarray((mean + reflected[mirror_of(mean)]) / 2, dtype=np.float32)


def upright(landmarks: Landmarks) -> Landmarks:
    """Return landmarks in face sizes about the face's middle, turned upright."""
    return moved(placement_of(landmarks).matrix(1, 1.0), landmarks)


def mirror_of(mean: Landmarks) -> NDArray[np.int64]:
    """Return which landmark each becomes in a mirror, from a frontal mean face."""
    reflected = mean * np.array([-1, 1, 1])
    distance = np.linalg.norm(mean[:, None] - reflected[None], axis=2)
    return np.asarray(linear_sum_assignment(distance)[1], dtype=np.int64)


def mirrored(portrait: Portrait, mirror: NDArray[np.int64]) -> Portrait:
    """Return the portrait in a mirror."""
    landmarks = portrait.landmarks[mirror].copy()
    landmarks[:, 0] = portrait.picture.shape[1] - 1 - landmarks[:, 0]
    picture = np.ascontiguousarray(portrait.picture[:, ::-1])
    matte = np.ascontiguousarray(portrait.matte[:, ::-1])
    return Portrait(picture, matte, landmarks, portrait.name, portrait.set, -portrait.turned)


def read_pixels(path: Path, mode: str = "RGB") -> NDArray[np.uint8]:
    """Return the picture in `mode`, "RGB" or "L".

    Raises:
        OSError: it cannot be read.
    """
    with Image.open(path) as picture:
        return np.asarray(picture.convert(mode), dtype=np.uint8)


def _portrait(
    folder: Path, row: dict[str, str], shape: NDArray[np.float16], turned: float
) -> Portrait:
    picture = read_pixels(folder / row["file"])
    side = min(LONGEST, picture.shape[0])
    if side < picture.shape[0]:
        picture = resized(picture, side, side)
    matte = read_pixels(folder / "mattes" / row["set"] / f"{row['id']}.png", "L")
    matte = smooth(matte, side, side)
    # Shares of the side count from the picture's edge, pixels from the first one's middle.
    landmarks = shape.astype(np.float32) * side - np.array([0.5, 0.5, 0], dtype=np.float32)
    return Portrait(picture, matte, landmarks, row["id"], row["set"], turned)


def _backgrounds(folder: Path) -> tuple[list[Picture], list[Picture]]:
    """Hold out whole places: crops of one place resemble each other."""
    train: list[Picture] = []
    held_out: list[Picture] = []
    for path in sorted((folder / "backgrounds").glob("*.jpg")):
        place = path.stem.rsplit("_", 1)[0]
        (held_out if is_held_out(f"backgrounds/{place}", 6) else train).append(read_pixels(path))
    return train, held_out
