"""Segments on disk, a file each: cropped pictures, mattes, landmarks and aligned speech."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

import cv2
import numpy as np
import torch
from numpy.typing import NDArray
from safetensors import safe_open
from torch import Tensor

from core import tensors
from core.atomic_file import atomic_write
from core.perception.speech.config import SpeechConfig
from core.record import from_json, to_json
from core.training.studio.speech_stock import AlignedSpeech
from core.video import Picture

QUALITY = 92
"""Of the JPEG codes."""

ByteMask = NDArray[np.uint8]


class SegmentMatting(NamedTuple):
    """What takes the person in a segment apart from the background."""

    mattes: Sequence[ByteMask]
    """Of the first picture and others at even distances, (side, side) 0..255."""
    plate: Picture
    """The background alone, (side, side, 3)."""


@dataclass(frozen=True)
class FaceSegmentConfig:
    """Shape of a segment."""

    pictures: int
    side: int
    features: int


@dataclass(frozen=True)
class Film:
    """The segments of one film; written last, so a film is there as a whole or not at all."""

    name: str
    person: str
    segments: tuple[int, ...]
    """Pictures in each."""
    side: int
    crop_half_size: float
    crop_offset: float
    """The square that is cropped, as in `AvatarConfig`."""
    audio_encoder: str = ""
    """Fingerprint of the encoder of the speech's features; none for our own."""
    features: int = SpeechConfig().feature_width
    licence: str = ""
    """Under which it may be learned from; none where an older version prepared it."""
    matte_every: int = 0
    """Pictures from one that has a matte to the next; 0 where an older version prepared it, and
    none has."""

    def path(self, folder: Path, index: int) -> Path:
        """Return the path of a segment."""
        return folder / f"{self.name}-{index:04}.safetensors"


def save_segment(
    path: Path,
    pictures: list[Picture],
    matting: SegmentMatting,
    landmarks: Tensor,
    speech: AlignedSpeech,
) -> None:
    """Write a segment: pictures (side, side, 3), landmarks (pictures, 478, 2) in -1..1 within."""
    weights = {
        **_joined("pictures", [_encode_jpeg(picture) for picture in pictures]),
        **_joined("mattes", [_encode_png(matte) for matte in matting.mattes]),
        "plate": torch.from_numpy(_encode_jpeg(matting.plate)),
        "landmarks": landmarks.half(),
        **{name: part.half() for name, part in speech._asdict().items()},
    }
    shape = FaceSegmentConfig(len(pictures), pictures[0].shape[0], speech.features.shape[-1])
    tensors.save(path, weights, shape, {"recipe": "core.training.films"})


def read_segment_pictures(path: Path, first: int, count: int) -> NDArray[np.uint8]:
    """Read some pictures of a segment, (count, side, side, 3), without decoding the others.

    Raises:
        ValueError: one of them is damaged.
    """
    codes = _read_codes(path, "pictures", first, count)
    return np.stack([_decode(code, path) for code in codes])


def read_segment_matte(path: Path, number: int) -> ByteMask:
    """Read the matte (side, side) of a segment's picture number `number` * `Film.matte_every`.

    Raises:
        ValueError: it is damaged.
    """
    return _decode(_read_codes(path, "mattes", number, 1)[0], path)


def read_segment_plate(path: Path) -> Picture:
    """Read the plate (side, side, 3) of a segment.

    Raises:
        ValueError: it is damaged.
    """
    with safe_open(path, "np") as file:
        return _decode(file.get_tensor("plate"), path)


def read_segment_labels(path: Path, first: int, count: int) -> tuple[Tensor, AlignedSpeech]:
    """Read landmarks (count, 478, 2) and aligned speech of some pictures of a segment."""
    with safe_open(path, "pt") as file:
        parts: list[Any] = [
            file.get_slice(name)[first : first + count]
            for name in ("landmarks", *AlignedSpeech._fields)
        ]
    landmarks, *said = (part.float() for part in parts)
    return landmarks, AlignedSpeech(*said)


def save_film(folder: Path, film: Film) -> None:
    """Write a film's record, once all of its segments are there."""
    with atomic_write(folder / f"{film.name}.json") as part:
        part.write_text(to_json(film))


def is_prepared(folder: Path, name: str) -> bool:
    """Return whether a film of that name was prepared to the end, and with mattes."""
    record = folder / f"{name}.json"
    return record.exists() and from_json(Film, record.read_text(), lenient=True).matte_every > 0


def read_films(folder: Path) -> list[Film]:
    """Read the records of all films in a folder that were preprocessed to the end.

    Raises:
        ValueError: there are none, or they show squares of different kinds, or different audio
            encoders heard them, or an older version prepared them, without mattes.
    """
    records = (path.read_text() for path in sorted(folder.glob("*.json")))
    films = [from_json(Film, record, lenient=True) for record in records]
    films = [film for film in films if film.segments]
    if not films:
        raise ValueError(
            f"{folder} holds no film with a face in it; "
            "make it with python -m core.training prepare FOLDER --out " + str(folder)
        )
    if len({(film.side, film.crop_half_size, film.crop_offset) for film in films}) > 1:
        raise ValueError(f"{folder} holds films of different sizes; prepare them anew, all alike")
    if len({film.audio_encoder for film in films}) > 1:
        raise ValueError(
            f"{folder} holds films that different encoders heard; prepare them anew, all alike"
        )
    if not all(film.matte_every for film in films):
        raise ValueError(f"{folder} holds films without mattes of who is seen; prepare them again")
    return films


def read_licences(folder: Path) -> tuple[str, ...]:
    """Return the licences of all films in a folder, each once."""
    return tuple(sorted({film.licence for film in read_films(folder) if film.licence}))


def _joined(name: str, codes: Sequence[NDArray[np.uint8]]) -> dict[str, Tensor]:
    """Join codes: one after the other, and where each ends."""
    ends = torch.tensor([len(code) for code in codes]).cumsum(0)
    return {name: torch.from_numpy(np.concatenate(codes)), f"{name}.ends": ends}


def _read_codes(path: Path, name: str, first: int, count: int) -> list[NDArray[np.uint8]]:
    """Read some of the codes that were joined, without the others."""
    with safe_open(path, "np") as file:
        ends = file.get_slice(f"{name}.ends")[max(0, first - 1) : first + count]
        starts = np.concatenate([[0], ends[:-1]]) if first == 0 else ends[:-1]
        ends = ends[-count:]
        joined = file.get_slice(name)[int(starts[0]) : int(ends[-1])]
    return np.split(joined, ends[:-1] - starts[0])


def _encode_jpeg(picture: Picture) -> NDArray[np.uint8]:
    blue_first = np.ascontiguousarray(picture[..., ::-1])
    coded = cv2.imencode(".jpg", blue_first, [cv2.IMWRITE_JPEG_QUALITY, QUALITY])[1]
    return np.asarray(coded).ravel()


def _encode_png(matte: ByteMask) -> NDArray[np.uint8]:
    return np.asarray(cv2.imencode(".png", matte)[1]).ravel()


def _decode(code: NDArray[np.uint8], path: Path) -> NDArray[np.uint8]:
    """Decode a matte (h, w) or a picture (h, w, 3)."""
    found = cv2.imdecode(code, cv2.IMREAD_UNCHANGED)
    if found is None:
        raise ValueError(f"{path.name} holds a damaged picture; prepare its film again")
    return np.ascontiguousarray(found if found.ndim == 2 else found[..., ::-1], np.uint8)
