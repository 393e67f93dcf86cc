"""Clips from films, as the studio's, but without the flow, which only a renderer knows."""

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from core.model.avatar import AvatarConfig
from core.perception.face.topology import LEFT_EYE, LIPS_OUTER, RIGHT_EYE
from core.puppet.arrays import tree_map
from core.puppet.batch_painting import crop_grid
from core.puppet.displacement import smoothstep
from core.training.faces.corpus import is_held_out
from core.training.films.segment_files import (
    Film,
    read_films,
    read_segment_labels,
    read_segment_matte,
    read_segment_pictures,
    read_segment_plate,
)
from core.training.studio.clip_renderer import ClipTensors
from core.training.studio.clip_sampler import REFERENCES
from core.training.studio.speech_stock import AlignedSpeech
from core.training.studio.subject_bank import to_device

MASK_SIDE = 64
"""Rows and columns of masks."""
DECODER_THREADS = 8
"""Threads that decode pictures."""
VALIDATION_SEED = 1
LONG_SHARE = 0.1
"""Share of all pictures that lie in segments as long as a clip, at least: or the same few would be
shown again and again."""
MOUTH_MARGIN, EYE_MARGIN = (1.25, 0.05), (1.3, 0.03)
"""Margins of masks beyond landmarks: as a factor, and in sides of the frame."""


class SegmentFile(NamedTuple):
    """One segment of somebody."""

    path: Path
    pictures: int
    person: str
    matte_every: int
    """Pictures from one that has a matte to the next."""

    @property
    def mattes(self) -> int:
        """How many pictures have one."""
        return len(range(0, self.pictures, self.matte_every))


class ClipPlan(NamedTuple):
    """Which pictures make a clip."""

    segment: SegmentFile
    begin: int
    frames: int
    photos: Sequence[tuple[SegmentFile, int]]
    """References: segments of the same person, and the index of a picture with a matte in each."""
    person: int


class ReadClip(NamedTuple):
    """What is read of one clip; or of several, with a leading dimension."""

    pictures: Tensor
    """(t, side, side, 3) bytes"""
    photos: Tensor
    """(r, side, side, 3) bytes"""
    mattes: Tensor
    """(r, side, side) bytes"""
    plate: Tensor
    """(side, side, 3) bytes, the background of the pictures"""
    landmarks: Tensor
    photo_landmarks: Tensor
    speech: AlignedSpeech


class FilmClips:
    """Samples clips from segments, long ones more often. See `ClipSource`.

    Where segments are short, so are clips, in whole latents.
    """

    def __init__(
        self,
        segments: Sequence[SegmentFile],
        frames_per_latent: int,
        device: str,
        seed: int,
        validation: "FilmClips | None" = None,
        photos: Sequence[SegmentFile] | None = None,
    ) -> None:
        """validation: clips held out; photos: segments that references come from, if others."""
        self._segments = list(segments)
        self._photos: dict[str, list[SegmentFile]] = {}
        for segment in segments if photos is None else photos:
            self._photos.setdefault(segment.person, []).append(segment)
        self._numbers = {person: index for index, person in enumerate(self._photos)}
        self._lengths = np.array([segment.pictures for segment in self._segments])
        length = usual_length(self._lengths)
        self._longest = length - (length - 1) % frames_per_latent
        self.device, self._validation = device, validation
        self._random = np.random.default_rng(seed)
        self.people = len(self._numbers)

    def validation_batch(self, batch_size: int, frames: int) -> ClipTensors | None:
        """See `ClipSource`."""
        if self._validation is None:
            return None
        self._validation._random = np.random.default_rng(VALIDATION_SEED)
        return self._validation.next_batch(batch_size, frames)

    def next_batch(self, batch_size: int, frames: int, size: int | None = None) -> ClipTensors:
        """See `ClipSource`."""
        plans = self.draw(batch_size, frames)
        with ThreadPoolExecutor(DECODER_THREADS) as pool:
            read: ReadClip = _stacked(list(pool.map(_read_clip, plans)))
        clip = self._to_clip(read, torch.tensor([plan.person for plan in plans]))
        return clip.resized(size) if size else clip

    def draw(self, batch_size: int, frames: int) -> list[ClipPlan]:
        """Sample which pictures make the clips of a batch, of so many frames at most."""
        frames = min(frames, self._longest)
        chance = np.maximum(self._lengths - frames + 1, 0).astype(float)
        chosen = self._random.choice(len(chance), batch_size, p=chance / chance.sum())
        return [self._plan(self._segments[index], frames) for index in chosen]

    def _plan(self, segment: SegmentFile, frames: int) -> ClipPlan:
        """Sample where a clip begins, and pictures of the same person as references."""
        begin = int(self._random.integers(segment.pictures - frames + 1))
        own = self._photos[segment.person]
        photos = [own[index] for index in self._random.integers(len(own), size=REFERENCES)]
        spots = [(one, one.matte_every * int(self._random.integers(one.mattes))) for one in photos]
        return ClipPlan(segment, begin, frames, spots, self._numbers[segment.person])

    def _to_clip(self, read: ReadClip, person: Tensor) -> ClipTensors:
        if torch.device(self.device).type == "cuda":  # or copies to the device wait for each other
            read = tree_map(read, Tensor.pin_memory)
        read = to_device(read, self.device)
        frames, references, plate = map(_to_floats, (read.pictures, read.photos, read.plate))
        (n, t), r = frames.shape[:2], references.shape[1]
        invalid = frames.new_zeros(n, t, r, MASK_SIDE, MASK_SIDE)
        mouth = landmark_mask(read.landmarks, LIPS_OUTER, *MOUTH_MARGIN)
        eyes = torch.maximum(
            landmark_mask(read.landmarks, RIGHT_EYE, *EYE_MARGIN),
            landmark_mask(read.landmarks, LEFT_EYE, *EYE_MARGIN),
        )
        return ClipTensors(
            frames,
            references,
            read.mattes[:, :, None] / 255,
            plate,
            invalid[:, :, :, None].expand(-1, -1, -1, 2, -1, -1),
            invalid,
            read.landmarks,
            read.photo_landmarks,
            mouth,
            eyes,
            references[:, 0],
            read.speech,
            person.to(frames.device),
        )


def landmark_mask(landmarks: Tensor, points: Sequence[int], share: float, margin: float) -> Tensor:
    """Return a soft mask around some of the landmarks (n, t, 478, 2): (n, t, 1, side, side).

    It is their upright ellipse, scaled by `share` and larger by `margin` sides of the frame.
    """
    chosen = landmarks[:, :, list(points)]
    low, high = chosen.amin(2), chosen.amax(2)
    middle, half = (low + high) / 2, (high - low) / 2 * share + 2 * margin
    away = crop_grid(MASK_SIDE).to(landmarks) - middle[:, :, None, None]
    far = (away / half[:, :, None, None]).square().sum(-1)
    soft: Tensor = smoothstep(far, 1.3, 0.8)
    return soft[:, :, None]


def open_clips(stock: Path, device: str, seed: int, config: AvatarConfig) -> FilmClips:
    """Open prepared films; one in ten people is for validation, if there are as many.

    Raises:
        ValueError: there are none, or they were prepared for another model.
    """
    films = read_films(stock)
    made = (films[0].side, films[0].crop_half_size, films[0].crop_offset)
    if made != (config.vae.size, config.crop_half_size, config.crop_offset):
        raise ValueError(f"{stock} was prepared as {made}, the model sees {config.vae.size} pixels")
    others = [film for film in films if is_held_out(film.person)]
    known = [film for film in films if film not in others]
    if not known:
        known, others = others, []
    span = config.vae.frames_per_latent
    unknown = list(segment_files(stock, others))
    validation = FilmClips(unknown, span, device, VALIDATION_SEED) if unknown else None
    return FilmClips(list(segment_files(stock, known)), span, device, seed, validation)


def segment_files(folder: Path, films: Sequence[Film]) -> Iterator[SegmentFile]:
    """Give the segments of films, in their order."""
    for film in films:
        for index, pictures in enumerate(film.segments):
            yield SegmentFile(film.path(folder, index), pictures, film.person, film.matte_every)


def usual_length(lengths: NDArray[np.integer]) -> int:
    """Return the pictures of the longest clip for which there are segments enough."""
    falling = np.sort(lengths)[::-1]
    enough = falling.cumsum() >= LONG_SHARE * falling.sum()
    return int(falling[enough.argmax()])


def _read_clip(plan: ClipPlan) -> ReadClip:
    path, frames = plan.segment.path, plan.frames
    pictures = read_segment_pictures(path, plan.begin, frames)
    landmarks, speech = read_segment_labels(path, plan.begin, frames)
    photos = [read_segment_pictures(photo.path, index, 1)[0] for photo, index in plan.photos]
    mattes = [
        read_segment_matte(photo.path, index // photo.matte_every) for photo, index in plan.photos
    ]
    of_photos = [read_segment_labels(photo.path, index, 1)[0] for photo, index in plan.photos]
    return ReadClip(
        torch.from_numpy(pictures),
        torch.from_numpy(np.stack(photos)),
        torch.from_numpy(np.stack(mattes)),
        torch.from_numpy(read_segment_plate(path)),
        landmarks,
        torch.cat(of_photos),
        speech,
    )


def _stacked(parts: Sequence[Any]) -> Any:
    """Stack tensors, or nested named tuples of them."""
    if isinstance(parts[0], Tensor):
        return torch.stack(list(parts))
    return type(parts[0])(*map(_stacked, zip(*parts, strict=True)))


def _to_floats(pictures: Tensor) -> Tensor:
    """Return bytes (..., h, w, 3) as (..., 3, h, w) in [-1, 1]."""
    return pictures.movedim(-1, -3) / 127.5 - 1
