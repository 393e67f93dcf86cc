"""Preprocess a folder of films for training: python -m core.training prepare FOLDER --out DIR.

A film shows one person who talks, with sound. Films in one folder below FOLDER show the same
person; a film that lies in FOLDER itself shows somebody of its own. What is done stays done.
"""

import re
from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path

import numpy as np
import torch

from core.audio import Samples
from core.model.avatar import AvatarConfig
from core.perception.speech.config import FRAME_SAMPLES, LATENCY_FRAMES
from core.perception.speech.encoder_torch import SpeechEncoder
from core.training.films.face_tracking import FaceSegment, FaceTracker, face_segments, track_face
from core.training.films.local_features import LocalFeatures, encode_features
from core.training.films.segment_files import Film, save_film, save_segment
from core.training.films.video_reader import UnusableFilm, detect_cuts, read_frames, read_sound
from core.training.studio.speech_stock import AlignedSpeech
from core.video import Picture

FILM_SUFFIXES = (".mp4", ".mov", ".mkv", ".webm", ".avi", ".m4v")
CHUNK_FRAMES = 1000
"""Frames of sound encoded at a time."""


def prepare(
    folder: Path, out: Path, shape: AvatarConfig, finder: FaceTracker, encoder: SpeechEncoder,
    local: LocalFeatures | None = None,
) -> list[Film]:  # fmt: skip
    """Preprocess all films below a folder that are not yet; an unusable one is named.

    local: the encoder of the generator's features, if it is none of ours.

    Raises:
        ValueError: there is no film.
    """
    paths = sorted(p for p in folder.rglob("*") if p.suffix.lower() in FILM_SUFFIXES)
    if not paths:
        raise ValueError(f"no film in {folder}; expected {', '.join(FILM_SUFFIXES)}")
    out.mkdir(parents=True, exist_ok=True)
    done = []
    for path in paths:
        name = _film_name(path.relative_to(folder))
        if (out / f"{name}.json").exists():
            continue
        try:
            done.append(_prepare_film(path, name, folder, out, shape, finder, encoder, local))
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


def _prepare_film(
    path: Path, name: str, folder: Path, out: Path, shape: AvatarConfig,
    finder: FaceTracker, encoder: SpeechEncoder, local: LocalFeatures | None,
) -> Film:  # fmt: skip
    samples = read_sound(path)  # first: a film without sound is of no use
    track = track_face(detect_cuts(read_frames(path)), finder)
    speech = encode_speech(encoder, samples, len(track))
    if local:
        speech = speech._replace(features=encode_features(local.encoder, samples, len(track)))
    segments = face_segments(track, shape.crop_half_size, shape.crop_offset)
    below = path.relative_to(folder).parent
    person = str(below) if below.parts else name
    lengths = tuple(len(segment.landmarks) for segment in segments)
    film = Film(
        name, person, lengths, shape.vae.size, shape.crop_half_size, shape.crop_offset,
        local.fingerprint if local else "", speech.features.shape[1],
    )  # fmt: skip
    for index, (segment, pictures) in enumerate(
        zip(segments, _segment_pictures(path, segments), strict=True)
    ):
        _write_segment(film.path(out, index), segment, pictures, speech, shape.vae.size)
    save_film(out, film)
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
    out: Path, segment: FaceSegment, pictures: Sequence[Picture], speech: AlignedSpeech, side: int
) -> None:
    crops = [segment.window.extract(picture, side) for picture in pictures]
    span = slice(segment.first, segment.first + len(pictures))
    landmarks = torch.from_numpy(segment.window.to_units(segment.landmarks[..., :2]))
    save_segment(out, crops, landmarks, AlignedSpeech(*(part[span] for part in speech)))


def _film_name(path: Path) -> str:
    """Name a film's segments after its path in the folder."""
    return re.sub(r"[^\w-]+", "_", str(path))
