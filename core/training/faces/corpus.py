"""Portrait corpus: pictures, mattes and landmarks, split into training and held-out identities."""

import csv
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray
from PIL import Image

from core.perception.face.alignment import Landmarks, bounding_box, transform_landmarks
from core.pixels import resized, smooth
from core.video import Picture

MAX_SIDE = 384
"""Portraits are downscaled to at most this side, pixels."""
SUBSET_WEIGHTS: Mapping[str, float] = {"faker": 0.27, "sfhq": 0.40, "congress": 0.18, "gpo": 0.15}
"""Sampling weights of the subsets: the official portraits are many and alike."""
MAX_JITTER = 0.03
"""Landmarks less repeatable than this share of the face are dropped."""


@dataclass(frozen=True)
class LabelledPortrait:
    """A portrait (h, w, 3) RGB with its labels."""

    picture: Picture
    matte: NDArray[np.uint8]
    """Alpha (h, w), 255 is person."""
    landmarks: Landmarks
    name: str = ""
    subset: str = ""
    nose_offset: float = 0.0
    """Yaw proxy: nose tip off the middle of the face, as a share of its width."""


@dataclass
class Corpus:
    """Training and held-out portraits and backgrounds, and what all training faces share."""

    train: list[LabelledPortrait]
    held_out: list[LabelledPortrait]
    backgrounds: list[Picture]
    held_out_backgrounds: list[Picture]
    mirror_index: NDArray[np.int64]
    """Permutation of the landmarks under mirroring."""
    mean_face: Landmarks
    """Mean of all training faces, upright, in face sizes."""
    _cumulative_weights: NDArray[np.float64] = field(init=False)
    _flipped: list[LabelledPortrait] = field(init=False)

    def __post_init__(self) -> None:
        counts = {name: sum(p.subset == name for p in self.train) for name in SUBSET_WEIGHTS}
        chance = np.array([SUBSET_WEIGHTS[p.subset] / counts[p.subset] for p in self.train])
        self._cumulative_weights = np.cumsum(chance / chance.sum())
        self._flipped = [flip(portrait, self.mirror_index) for portrait in self.train]

    def sample(self, rng: Generator) -> LabelledPortrait:
        """Draw a training portrait by subset weight, mirrored half of the time."""
        index = int(np.searchsorted(self._cumulative_weights, rng.random()))
        side = self._flipped if rng.random() < 0.5 else self.train
        return side[min(index, len(side) - 1)]

    def sample_background(self, rng: Generator) -> Picture:
        return self.backgrounds[rng.integers(len(self.backgrounds))]


def is_held_out(name: str, one_in: int = 10) -> bool:
    """Return whether a name is held out: a stable hash split, one in `one_in`."""
    return int(hashlib.sha256(name.encode()).hexdigest(), 16) % one_in == 0


def read_corpus(folder: Path) -> Corpus:
    """Read the portraits and backgrounds below `folder`.

    Raises:
        OSError: a file named by the tables is missing.
    """
    with np.load(folder / "portraits.npz") as archive:
        shapes, turned = archive["landmarks"], archive["nose_offset"]
        trusted = archive["landmark_jitter"] <= MAX_JITTER
    with (folder / "portraits.csv").open() as file:
        rows = list(csv.DictReader(file))
    portraits = [
        _read_portrait(folder, row, shapes[i], float(turned[i]))
        for i, row in enumerate(rows)
        if trusted[i]
    ]
    train = [p for p in portraits if not is_held_out(p.name)]
    scenes, unseen = _read_backgrounds(folder)
    mean = symmetric_mean(train)
    held_out = [p for p in portraits if is_held_out(p.name)]
    return Corpus(train, held_out, scenes, unseen, mirror_permutation(mean), mean)


def symmetric_mean(portraits: list[LabelledPortrait]) -> Landmarks:
    """Return the symmetrised mean of the upright faces, in face sizes."""
    mean = np.mean([align_upright(p.landmarks) for p in portraits], axis=0)
    reflected = mean * np.array([-1, 1, 1])
    return np.asarray((mean + reflected[mirror_permutation(mean)]) / 2, dtype=np.float32)


def align_upright(landmarks: Landmarks) -> Landmarks:
    """Normalise landmarks by their box: centred, upright, in face sizes."""
    return transform_landmarks(bounding_box(landmarks).crop_matrix(1, 1.0), landmarks)


def mirror_permutation(mean: Landmarks) -> NDArray[np.int64]:
    """Return the landmarks' permutation under mirroring, from a frontal mean face."""
    # Who trains on films alone need not have it.
    from scipy.optimize import linear_sum_assignment

    reflected = mean * np.array([-1, 1, 1])
    distance = np.linalg.norm(mean[:, None] - reflected[None], axis=2)
    return np.asarray(linear_sum_assignment(distance)[1], dtype=np.int64)


def flip(portrait: LabelledPortrait, mirror_index: NDArray[np.int64]) -> LabelledPortrait:
    """Return the portrait mirrored."""
    landmarks = portrait.landmarks[mirror_index].copy()
    landmarks[:, 0] = portrait.picture.shape[1] - 1 - landmarks[:, 0]
    picture = np.ascontiguousarray(portrait.picture[:, ::-1])
    matte = np.ascontiguousarray(portrait.matte[:, ::-1])
    return LabelledPortrait(
        picture, matte, landmarks, portrait.name, portrait.subset, -portrait.nose_offset
    )


def read_pixels(path: Path, mode: str = "RGB") -> NDArray[np.uint8]:
    """Return the picture in `mode`, "RGB" or "L".

    Raises:
        OSError: it cannot be read.
    """
    with Image.open(path) as picture:
        return np.asarray(picture.convert(mode), dtype=np.uint8)


def _read_portrait(
    folder: Path, row: dict[str, str], shape: NDArray[np.float16], nose_offset: float
) -> LabelledPortrait:
    picture = read_pixels(folder / row["file"])
    side = min(MAX_SIDE, picture.shape[0])
    if side < picture.shape[0]:
        picture = resized(picture, side, side)
    matte = read_pixels(folder / "mattes" / row["set"] / f"{row['id']}.png", "L")
    matte = smooth(matte, side, side)
    # Shares of the side count from the picture's edge, pixels from the first one's middle.
    landmarks = shape.astype(np.float32) * side - np.array([0.5, 0.5, 0], dtype=np.float32)
    return LabelledPortrait(picture, matte, landmarks, row["id"], row["set"], nose_offset)


def _read_backgrounds(folder: Path) -> tuple[list[Picture], list[Picture]]:
    """Split by place, not by crop: crops of one place resemble each other."""
    train: list[Picture] = []
    held_out: list[Picture] = []
    for path in sorted((folder / "backgrounds").glob("*.jpg")):
        place = path.stem.rsplit("_", 1)[0]
        (held_out if is_held_out(f"backgrounds/{place}", 6) else train).append(read_pixels(path))
    return train, held_out
