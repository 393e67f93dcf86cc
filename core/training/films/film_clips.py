"""Clips from films, as the studio's, but without the flow, which only a renderer knows."""

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from core.model.avatar import AvatarConfig
from core.perception.face.topology import LEFT_EYE, LIPS_OUTER, RIGHT_EYE
from core.puppet.batch_painting import crop_grid
from core.puppet.displacement import smoothstep
from core.training.faces.corpus import is_held_out
from core.training.films.segment_files import (
    Film,
    read_films,
    read_segment_labels,
    read_segment_pictures,
)
from core.training.studio.clip_renderer import ClipTensors
from core.training.studio.speech_stock import AlignedSpeech
from core.training.studio.subject_bank import to_device

MASK_SIDE = 64
"""Rows and columns of masks."""
REFERENCES = 3
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


class ClipPlan(NamedTuple):
    """Which pictures make a clip."""

    segment: SegmentFile
    begin: int
    frames: int
    photos: Sequence[tuple[SegmentFile, int]]
    """References: segments of the same person, and the index of a picture in each."""
    person: int


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
            read = list(pool.map(_read_clip, plans))
        pictures, photos, landmarks, photo_landmarks, speech = zip(*read, strict=True)
        clip = self._to_clip(
            torch.stack(pictures),
            torch.stack(photos),
            torch.stack(landmarks),
            torch.stack(photo_landmarks),
            AlignedSpeech(*map(torch.stack, zip(*speech, strict=True))),
            torch.tensor([plan.person for plan in plans]),
        )
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
        spots = [(one, int(self._random.integers(one.pictures))) for one in photos]
        return ClipPlan(segment, begin, frames, spots, self._numbers[segment.person])

    def _to_clip(
        self,
        pictures: Tensor,
        photos: Tensor,
        landmarks: Tensor,
        photo_landmarks: Tensor,
        speech: AlignedSpeech,
        person: Tensor,
    ) -> ClipTensors:
        device = torch.device(self.device)
        if device.type == "cuda":  # or copies to the device wait for each other
            pictures, photos = pictures.pin_memory(), photos.pin_memory()
        frames, references = (
            part.to(device, non_blocking=True).permute(0, 1, 4, 2, 3) / 127.5 - 1
            for part in (pictures, photos)
        )
        landmarks = landmarks.to(device, non_blocking=True)
        (n, t), r = frames.shape[:2], references.shape[1]
        invalid = frames.new_zeros(n, t, r, MASK_SIDE, MASK_SIDE)
        flow = invalid[:, :, :, None].expand(-1, -1, -1, 2, -1, -1)
        mouth = landmark_mask(landmarks, LIPS_OUTER, *MOUTH_MARGIN)
        eyes = torch.maximum(
            landmark_mask(landmarks, RIGHT_EYE, *EYE_MARGIN),
            landmark_mask(landmarks, LEFT_EYE, *EYE_MARGIN),
        )
        heard = to_device(speech, self.device)
        return ClipTensors(
            frames,
            references,
            flow,
            invalid,
            landmarks,
            photo_landmarks.to(device, non_blocking=True),
            mouth,
            eyes,
            heard,
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
            yield SegmentFile(film.path(folder, index), pictures, film.person)


def usual_length(lengths: NDArray[np.integer]) -> int:
    """Return the pictures of the longest clip for which there are segments enough."""
    falling = np.sort(lengths)[::-1]
    enough = falling.cumsum() >= LONG_SHARE * falling.sum()
    return int(falling[enough.argmax()])


def _read_clip(plan: ClipPlan) -> tuple[Tensor, Tensor, Tensor, Tensor, AlignedSpeech]:
    """Read a clip's pictures, references, landmarks of both, and aligned speech."""
    path, frames = plan.segment.path, plan.frames
    pictures = torch.from_numpy(read_segment_pictures(path, plan.begin, frames))
    references = np.concatenate(
        [read_segment_pictures(photo.path, index, 1) for photo, index in plan.photos]
    )
    landmarks, speech = read_segment_labels(path, plan.begin, frames)
    of_photos = torch.cat(
        [read_segment_labels(photo.path, index, 1)[0] for photo, index in plan.photos]
    )
    return pictures, torch.from_numpy(references), landmarks, of_photos, speech
