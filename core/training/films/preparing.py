"""Make training data of a folder of films: python -m core.training prepare FOLDER --out DIR.

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
from core.perception.hearing import FRAME, LAG
from core.perception.speech import SpeechEncoder
from core.training.films.reading import UnfitFilm, cuts, pictures, sound
from core.training.films.takes import Film, save_film, save_take
from core.training.films.tracks import Finder, Take, takes, track
from core.training.studio.speech import Said
from core.video import Picture

KINDS = (".mp4", ".mov", ".mkv", ".webm", ".avi", ".m4v")
PIECE = 1000
"""Frames of sound heard at a time."""


def prepare(
    folder: Path, out: Path, shape: AvatarConfig, finder: Finder, encoder: SpeechEncoder
) -> list[Film]:
    """Prepare all films below a folder that are not yet; one that cannot be used is named.

    Raises:
        ValueError: there is no film.
    """
    paths = sorted(p for p in folder.rglob("*") if p.suffix.lower() in KINDS)
    if not paths:
        raise ValueError(f"no film in {folder}; expected {', '.join(KINDS)}")
    out.mkdir(parents=True, exist_ok=True)
    done = []
    for path in paths:
        name = _name(path.relative_to(folder))
        if (out / f"{name}.json").exists():
            continue
        try:
            done.append(_prepared(path, name, folder, out, shape, finder, encoder))
        except UnfitFilm as error:
            print(f"left out: {error}", flush=True)
    return done


def hear(encoder: SpeechEncoder, samples: Samples, count: int) -> Said:
    """Return what is said in `count` frames: what the encoder hears and reads, without its lag."""
    wanted = (count + LAG) * FRAME
    whole = np.zeros(wanted, np.float32)
    whole[: min(wanted, len(samples))] = samples[:wanted]
    state, parts = encoder.initial_state(1), []
    with torch.inference_mode():
        for piece in torch.split(torch.from_numpy(whole)[None], PIECE * FRAME, 1):
            speech, state = encoder(piece, state)
            parts.append((speech.visemes, speech.opening, speech.voicing, speech.features))
    heard = (torch.cat(column, 1)[0, LAG:].clone() for column in zip(*parts, strict=True))
    return Said(*heard)


def _prepared(
    path: Path, name: str, folder: Path, out: Path, shape: AvatarConfig,
    finder: Finder, encoder: SpeechEncoder,
) -> Film:  # fmt: skip
    samples = sound(path)  # first, for a film without it is of no use
    found = track(cuts(pictures(path)), finder)
    said = hear(encoder, samples, len(found))
    kept = takes(found, shape.reach, shape.drop)
    below = path.relative_to(folder).parent
    person = str(below) if below.parts else name
    lengths = tuple(len(take.landmarks) for take in kept)
    film = Film(name, person, lengths, shape.vae.size, shape.reach, shape.drop)
    for index, (take, shown) in enumerate(zip(kept, _shown(path, kept), strict=True)):
        _write(film.path(out, index), take, shown, said, shape.vae.size)
    save_film(out, film)
    print(f"{name}: {len(kept)} takes, {sum(lengths)} of {len(found)} pictures", flush=True)
    return film


def _shown(path: Path, kept: Sequence[Take]) -> Iterator[list[Picture]]:
    """Give the pictures of each take; the film is read once more."""
    shown, at = pictures(path), 0
    for take in kept:
        end = take.first + len(take.landmarks)
        yield list(islice(shown, take.first - at, end - at))
        at = end


def _write(out: Path, take: Take, shown: Sequence[Picture], said: Said, side: int) -> None:
    cut = [take.window.cut(picture, side) for picture in shown]
    span = slice(take.first, take.first + len(shown))
    landmarks = torch.from_numpy(take.window.to_units(take.landmarks[..., :2]))
    save_take(out, cut, landmarks, Said(*(part[span] for part in said)))


def _name(path: Path) -> str:
    """Return what a film's takes are called, from its path in the folder."""
    return re.sub(r"[^\w-]+", "_", str(path))
