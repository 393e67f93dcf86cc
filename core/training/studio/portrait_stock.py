"""The stock of portraits: face crops, mattes and landmarks of all people in one file."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import NamedTuple

import cv2
import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from core import tensors
from core.perception.face.topology import FOREHEAD, OVAL
from core.portrait.face_crop import CROP_DROP, CROP_REACH, FaceCrop, face_height
from core.training.faces import corpus
from core.training.faces.corpus import Corpus, LabelledPortrait
from core.training.studio.crown import add_crown
from core.video import Picture

SIDE = 352
"""Pixels of a crop's side: as fine as a model sees a face at 256 pixels."""
STOCK_REACH, STOCK_DROP = 1.7, 0.15
"""Half side of the crop, and how far its centre lies below the face's, in face heights."""
MATTE_SIDE, BACKGROUND_SIDE = 128, 256
QUALITY, MATTE_QUALITY = 88, 85
"""Of the JPEG codes."""


@dataclass(frozen=True)
class PortraitStockConfig:
    """How many portraits a stock holds."""

    train: int
    validation: int
    """They follow those to train on."""
    backgrounds: int


class PortraitStock(NamedTuple):
    """Portraits of n people before their own backgrounds; the validation set comes last."""

    photos: Tensor
    """(n, 3, SIDE, SIDE) uint8"""
    mattes: Tensor
    """(n, 1, SIDE, SIDE) uint8, 255 is person"""
    landmarks: Tensor
    """(n, 478, 3) in units of the puppet's window"""
    probability: Tensor
    """(n,) of sampling each; sums to 1 over those to train on"""
    backgrounds: Tensor
    """(k, 3, BACKGROUND_SIDE, BACKGROUND_SIDE) uint8"""
    landmark_mirror: Tensor
    """(478,) the landmark that each becomes by mirroring"""
    train_count: int
    """The first so many are to train on."""


def crop_window(landmarks: NDArray[np.float32]) -> FaceCrop:
    """Return the crop's square for landmarks (478, 3) in pixels of the photo."""
    x, y = (landmarks[list(OVAL), :2].mean(0) + 0.5).tolist()
    height = face_height(landmarks)
    return FaceCrop(x, y + STOCK_DROP * height, STOCK_REACH * height)


def crop_placement() -> tuple[Tensor, Tensor]:
    """Return centre (2,) and half sides (2,) of the crop in units of the puppet's window."""
    centre = torch.tensor([0.0, (STOCK_DROP - CROP_DROP) / CROP_REACH])
    return centre, torch.full((2,), STOCK_REACH / CROP_REACH)


def crop(portrait: LabelledPortrait) -> tuple[Picture, NDArray[np.uint8]]:
    """Crop a face, (SIDE, SIDE, 3), and its matte (SIDE, SIDE)."""
    window = crop_window(portrait.landmarks)
    scale = SIDE / (2 * window.half)
    photo, matte = (window.extract(part, SIDE) for part in (portrait.picture, portrait.matte))
    top = (window.half - window.y) * scale
    forehead = (float(portrait.landmarks[FOREHEAD, 1]) + 0.5) * scale + top
    return add_crown(photo, matte, top, forehead, face_height(portrait.landmarks) * scale)


def subsample(people: Corpus, most: int | None) -> Corpus:
    """Choose at most so many people of a corpus at random; one in ten for validation."""
    if most is None or most >= len(people.train) + len(people.held_out):
        return people
    random = np.random.default_rng(0)
    parts = []
    for people_of_set, count in ((people.train, most - most // 10), (people.held_out, most // 10)):
        chosen = random.permutation(len(people_of_set))[:count]
        parts.append([people_of_set[index] for index in chosen])
    return replace(people, train=parts[0], held_out=parts[1])


def build_portrait_stock(people: Corpus) -> PortraitStock:
    """Crop everybody in a corpus; heads that their photo cuts get a crown."""
    everybody = [*people.train, *people.held_out]
    counts = {name: sum(p.subset == name for p in people.train) for name in corpus.SUBSET_WEIGHTS}
    probability = torch.tensor(
        [
            corpus.SUBSET_WEIGHTS[p.subset] / max(1, counts[p.subset]) * _visible_share(p)
            for p in everybody
        ]
    )
    photos, mattes = zip(*map(crop, everybody), strict=True)
    points = [FaceCrop.around(p.landmarks).to_units(p.landmarks) for p in everybody]
    scenes = [_background_square(background) for background in people.backgrounds]
    return PortraitStock(
        _planes(photos), _planes([matte[..., None] for matte in mattes]),
        torch.from_numpy(np.stack(points)),
        probability / probability[: len(people.train)].sum(), _planes(scenes),
        torch.from_numpy(people.mirror_index), len(people.train),
    )  # fmt: skip


def save_portrait_stock(path: Path, stock: PortraitStock) -> None:
    """Write the stock: some 20 KB for each portrait."""
    small = torch.nn.functional.interpolate(stock.mattes.float(), MATTE_SIDE, mode="area").byte()
    weights = {
        **_encode_jpegs("photos", stock.photos, QUALITY),
        **_encode_jpegs("mattes", small, MATTE_QUALITY),
        **_encode_jpegs("backgrounds", stock.backgrounds, QUALITY),
        "landmarks": stock.landmarks.half(),
        "probability": stock.probability, "landmark_mirror": stock.landmark_mirror,
    }  # fmt: skip
    count, scenes = len(stock.photos), len(stock.backgrounds)
    config = PortraitStockConfig(stock.train_count, count - stock.train_count, scenes)
    tensors.save(path, weights, config, {"recipe": "core.training.studio"})


def load_portrait_stock(path: Path) -> PortraitStock:
    """Read a stock and decode its pictures, some 600 MB for a thousand.

    Raises:
        BadCheckpoint: it is missing, damaged or of another kind.
        ValueError: a picture in it is damaged.
    """
    stock = tensors.load(path, PortraitStockConfig)
    photos, mattes, scenes = (
        _planes(_decode_jpegs(name, stock.weights[name], stock.weights[f"{name}.ends"]))
        for name in ("photos", "mattes", "backgrounds")
    )
    large = [cv2.resize(m[0].numpy(), (SIDE, SIDE), interpolation=cv2.INTER_CUBIC) for m in mattes]
    points, chance = stock.weights["landmarks"].float(), stock.weights["probability"]
    mirror, train = stock.weights["landmark_mirror"], stock.config.train
    whole = torch.from_numpy(np.stack(large))[:, None]
    return PortraitStock(photos, whole, points, chance, scenes, mirror, train)


CROPPED_HAIR_WEIGHT = 0.25
"""Factor of the probability of people whose hair the photo's upper edge cuts."""


def _visible_share(portrait: LabelledPortrait) -> float:
    """Return how much of a face's crop its photo shows; less if hair is cut."""
    window, (height, width) = crop_window(portrait.landmarks), portrait.matte.shape
    ends = [window.x - window.half, window.y - window.half]
    ends += [end + 2 * window.half for end in ends]
    across, down = min(width, ends[2]) - max(0, ends[0]), min(height, ends[3]) - max(0, ends[1])
    cut = portrait.matte[:2].max() > 127 and ends[1] < 0
    return float(across * down) / (2 * window.half) ** 2 * (CROPPED_HAIR_WEIGHT if cut else 1)


def _background_square(picture: Picture) -> Picture:
    side = min(picture.shape[:2])
    size = (BACKGROUND_SIDE, BACKGROUND_SIDE)
    return np.asarray(cv2.resize(picture[:side, :side], size, interpolation=cv2.INTER_AREA))


def _planes(pictures: Sequence[NDArray[np.uint8]]) -> Tensor:
    return torch.from_numpy(np.stack(pictures)).permute(0, 3, 1, 2).contiguous()


def _encode_jpegs(name: str, planes: Tensor, quality: int) -> dict[str, Tensor]:
    """Encode planes as JPEG: the codes one after the other, and where each ends."""
    codes = [_encode_jpeg(plane, quality) for plane in planes]
    ends = torch.tensor([len(code) for code in codes]).cumsum(0)
    return {name: torch.from_numpy(np.concatenate(codes)), f"{name}.ends": ends}


def _encode_jpeg(plane: Tensor, quality: int) -> NDArray[np.uint8]:
    pixels = np.ascontiguousarray(plane.permute(1, 2, 0).numpy()[..., ::-1])
    return np.asarray(cv2.imencode(".jpg", pixels, [cv2.IMWRITE_JPEG_QUALITY, quality])[1]).ravel()


def _decode_jpegs(name: str, data: Tensor, ends: Tensor) -> list[NDArray[np.uint8]]:
    found = [
        cv2.imdecode(code, cv2.IMREAD_UNCHANGED)
        for code in np.split(data.numpy(), ends[:-1].numpy())
    ]
    if any(pixels is None for pixels in found):
        raise ValueError(f"the stock's {name} are damaged; prepare it again")
    whole = [np.atleast_3d(np.asarray(pixels, np.uint8)) for pixels in found]
    return [np.ascontiguousarray(pixels[..., ::-1]) for pixels in whole]
