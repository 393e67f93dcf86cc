"""Preprocess a folder of films for training: python -m core.training prepare FOLDER --out DIR.

A film, long or short, shows one person who talks, with sound. Films in one folder below FOLDER show
the same person; a film that lies in FOLDER itself shows somebody of its own; other corpora name
the person in the path. Each film has a licence. What is done stays done, unless an older version
did it without mattes.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import NamedTuple

import numpy as np
import torch

from core.audio import Samples
from core.model.avatar import AvatarConfig
from core.perception.speech.config import FRAME_SAMPLES, LATENCY_FRAMES
from core.perception.speech.encoder_torch import SpeechEncoder
from core.sentence import said
from core.training.films.face_tracking import FaceSegment, FaceTracker, face_segments, track_face
from core.training.films.licence import film_licence
from core.training.films.local_features import LocalFeatures, encode_features
from core.training.films.matting import MATTE_EVERY, matte_segment
from core.training.films.segment_files import (
    Film,
    SegmentMatting,
    is_prepared,
    save_film,
    save_segment,
)
from core.training.films.video_reader import UnusableFilm, detect_cuts, read_frames, read_sound
from core.training.studio.speech_stock import AlignedSpeech
from core.video import Picture

FILM_SUFFIXES = (
    ".mp4", ".mov", ".mkv", ".webm", ".avi", ".m4v", ".flv", ".mpg", ".mpeg", ".wmv",
)  # fmt: skip
CHUNK_FRAMES = 1000
"""Frames of sound encoded at a time."""


class Tools(NamedTuple):
    """What films are prepared with."""

    finder: FaceTracker
    encoder: SpeechEncoder
    local: LocalFeatures | None = None
    """The encoder of the generator's features, if it is none of ours."""


@dataclass(frozen=True)
class Preparation:
    """Which films are prepared, for what, and where to; travels to other processes."""

    folder: Path
    """Of films, or a single film."""
    out: Path
    shape: AvatarConfig
    licence: str | None = None
    """Of films beside which none is written."""
    person: str | None = None
    """Expression whose first group names the person in a film's path below the folder; None: those
    in one folder show the same one."""

    def unfinished(self, part: int = 1, parts: int = 1) -> list[Path]:
        """Return the films that are still to be prepared, of one of so many parts.

        Raises:
            ValueError: there is no film at all, or no such folder.
        """
        if not self.folder.exists():
            raise ValueError(said("there is no file and no folder {0}", self.folder))
        every = [self.folder] if self.folder.is_file() else self.folder.rglob("*")
        paths = sorted(path for path in every if path.suffix.lower() in FILM_SUFFIXES)
        if not paths:
            raise ValueError(f"no film in {self.folder}; expected {', '.join(FILM_SUFFIXES)}")
        mine = paths[part - 1 :: parts]
        return [path for path in mine if not is_prepared(self.out, self.film_name(path))]

    def film_name(self, path: Path) -> str:
        """Name a film's segments after its path in the folder."""
        return re.sub(r"[^\w-]+", "_", str(path.relative_to(self.root)))

    @property
    def root(self) -> Path:
        """The folder of films, or that in which the single one lies."""
        return self.folder.parent if self.folder.is_file() else self.folder

    def person_in(self, path: Path) -> str:
        """Name who is seen in a film."""
        below = path.relative_to(self.root)
        if self.person and (found := re.search(self.person, below.as_posix())):
            return found.group(1)
        return str(below.parent) if below.parent.parts else self.film_name(path)


def prepare(preparation: Preparation, tools: Tools, part: int = 1, parts: int = 1) -> list[Film]:
    """Preprocess all films below a folder that are not yet; an unusable one is named.

    Raises:
        ValueError: there is no film.
    """
    paths = preparation.unfinished(part, parts)
    preparation.out.mkdir(parents=True, exist_ok=True)
    done = []
    for path in paths:
        try:
            done.append(prepare_film(preparation, path, tools))
        except UnusableFilm as error:
            print(f"left out: {error}", flush=True)
    return done


def encode_speech(encoder: SpeechEncoder, samples: Samples, count: int) -> AlignedSpeech:
    """Encode the speech of `count` frames, without lag; predicted visemes stand for the truth."""
    wanted = (count + LATENCY_FRAMES) * FRAME_SAMPLES
    whole = np.zeros(wanted, np.float32)
    whole[: min(wanted, len(samples))] = samples[:wanted]
    state, parts = encoder.initial_state(1), []
    with torch.inference_mode():
        for piece in torch.split(torch.from_numpy(whole)[None], CHUNK_FRAMES * FRAME_SAMPLES, 1):
            speech, state = encoder(piece, state)
            parts.append((speech.visemes, speech.opening, speech.voicing, speech.features))
    heard = (
        torch.cat(column, 1)[0, LATENCY_FRAMES:].clone() for column in zip(*parts, strict=True)
    )
    return AlignedSpeech(*heard)


def prepare_film(preparation: Preparation, path: Path, tools: Tools) -> Film:
    """Preprocess one film.

    Raises:
        UnusableFilm: it cannot be read, has no sound or no licence.
    """
    licence = film_licence(path, preparation.root, preparation.licence)
    samples = read_sound(path)  # first: a film without sound is of no use
    track = track_face(detect_cuts(read_frames(path)), tools.finder)
    speech = encode_speech(tools.encoder, samples, len(track))
    if local := tools.local:
        speech = speech._replace(features=encode_features(local.encoder, samples, len(track)))
    shape, name = preparation.shape, preparation.film_name(path)
    segments = face_segments(track, shape.crop_half_size, shape.crop_offset)
    lengths = tuple(len(segment.landmarks) for segment in segments)
    film = Film(
        name, preparation.person_in(path), lengths,
        shape.vae.size, shape.crop_half_size, shape.crop_offset,
        local.fingerprint if local else "", speech.features.shape[1], licence, MATTE_EVERY,
    )  # fmt: skip
    for index, (segment, pictures) in enumerate(
        zip(segments, _segment_pictures(path, segments), strict=True)
    ):
        crops = [segment.window.extract(picture, film.side) for picture in pictures]
        matting = matte_segment(segment, pictures, crops, tools.finder)
        _write_segment(film.path(preparation.out, index), segment, crops, matting, speech)
    save_film(preparation.out, film)
    print(f"{name}: {len(segments)} segments, {sum(lengths)} of {len(track)} pictures", flush=True)
    return film


def _segment_pictures(path: Path, segments: Sequence[FaceSegment]) -> Iterator[list[Picture]]:
    """Give the pictures of each segment; the film is decoded once more."""
    frames, at = read_frames(path), 0
    for segment in segments:
        end = segment.first + len(segment.landmarks)
        yield list(islice(frames, segment.first - at, end - at))
        at = end


def _write_segment(
    out: Path,
    segment: FaceSegment,
    crops: list[Picture],
    matting: SegmentMatting,
    speech: AlignedSpeech,
) -> None:
    """speech: of the whole film"""
    span = slice(segment.first, segment.first + len(crops))
    landmarks = torch.from_numpy(segment.window.to_units(segment.landmarks[..., :2]))
    save_segment(out, crops, matting, landmarks, AlignedSpeech(*(part[span] for part in speech)))
