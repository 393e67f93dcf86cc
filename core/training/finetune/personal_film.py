"""A film of one person, prepared: its last half minute judges, the rest is learned from."""

from collections.abc import Sequence
from typing import NamedTuple

from core.sentence import said
from core.training.films.film_clips import VALIDATION_SEED, FilmClips, SegmentFile, segment_files
from core.training.films.preprocess import Preparation, Tools, prepare_film
from core.training.films.segment_files import read_films
from core.video import FPS


class Division(NamedTuple):
    """How a film is divided, in seconds of a face in sight."""

    held_out: float = 30.0
    """At its end, at least."""
    shortest: float = 60.0
    """To learn from, at least: less teaches no more than the photos do."""


USUAL = Division()


class PersonalFilm(NamedTuple):
    """What a film gives to learn from, and to judge by."""

    clips: FilmClips
    """Their validation clips are those held out, with references from the first part."""
    seconds: float
    """To learn from."""
    licence: str
    """Whose it is, and who agreed."""


def open_personal_film(
    preparation: Preparation,
    tools: Tools,
    device: str = "cpu",
    seed: int = 0,
    division: Division = USUAL,
) -> PersonalFilm:
    """Prepare a film, unless that was done before, and divide it.

    Raises:
        ValueError: it is no film, or shows no face, or for too short a time.
    """
    preparation.out.mkdir(parents=True, exist_ok=True)
    for path in preparation.unfinished():
        if not prepare_film(preparation, path, tools).segments:
            raise ValueError(
                said("{0} shows no face", path.name, remedy="film somebody who faces the camera")
            )
    films = read_films(preparation.out)
    first, last = hold_out(list(segment_files(preparation.out, films)), division.held_out)
    seconds = sum(segment.pictures for segment in first) / FPS
    if not last or seconds < division.shortest:
        raise ValueError(
            said(
                "{0} shows a face for {1:.0f} s beside the last {2:.0f} s, which are for judging; "
                "expected {3:.0f} s or more, better three minutes",
                preparation.folder.name,
                seconds,
                division.held_out,
                division.shortest,
            )
        )
    span = preparation.shape.vae.frames_per_latent
    judged = FilmClips(last, span, device, VALIDATION_SEED, photos=first)
    clips = FilmClips(first, span, device, seed, judged)
    return PersonalFilm(clips, seconds, films[0].licence)


def hold_out(
    segments: Sequence[SegmentFile], seconds: float
) -> tuple[Sequence[SegmentFile], Sequence[SegmentFile]]:
    """Divide segments into those to learn from and the last ones, which make so many seconds."""
    held, index = 0, len(segments)
    while index > 1 and held < seconds * FPS:
        index -= 1
        held += segments[index].pictures
    return segments[:index], segments[index:]
