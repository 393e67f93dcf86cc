"""Under which licence films may be learned from: a file beside them says, or who prepares them."""

from pathlib import Path

from core.training.films.video_reader import UnusableFilm

LICENCE_STEMS = ("licence", "license")
LICENCE_SUFFIXES = ("", ".txt", ".md")
MAX_WORDS = 200
"""Letters of a licence that are noted, at most."""


def film_licence(film: Path, folder: Path, given: str | None) -> str:
    """Return the licence of a film below `folder`: the nearest file's first line, or what is given.

    Raises:
        UnusableFilm: neither says.
    """
    for below in (film.parent, *film.parent.parents):
        if words := _licence_in(below) or (given if below == folder else None):
            return words[:MAX_WORDS]
        if below == folder:
            break
    raise UnusableFilm(
        f"{film.relative_to(folder)} has no licence; write in {folder.name}/LICENCE.txt, or give "
        "with --licence, whose it is and that who is seen agreed"
    )


def _licence_in(folder: Path) -> str | None:
    """Return the first line that says something in a folder's licence file, if it has one."""
    for path in sorted(folder.iterdir()):
        if path.stem.lower() in LICENCE_STEMS and path.suffix.lower() in LICENCE_SUFFIXES:
            lines = path.read_text(errors="replace").splitlines()
            return next((line.strip() for line in lines if line.strip()), None)
    return None
