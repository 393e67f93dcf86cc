"""One picture to a file, which says that it is AI-generated."""

import errno
from pathlib import Path

from PIL import Image
from PIL.PngImagePlugin import PngInfo

from core.atomic_file import atomic_write
from core.free_name import free_name
from core.sentence import said, system_words
from core.video import Picture

ABOUT = {
    "Title": "AI-generated picture",
    "Comment": "The person in this picture is AI-generated: a portrait animated by Understudy.",
    "Software": "Understudy",
}


class SnapshotError(RuntimeError):
    """The picture could not be written; says why and what helps."""


def save(picture: Picture, path: Path) -> Path:
    """Write `picture` as PNG, whole or not at all, and return its path: never another file's.

    Raises:
        SnapshotError: it cannot be written there.
    """
    about = PngInfo()
    for key, text in ABOUT.items():
        about.add_text(key, text)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path = free_name(path)
        with atomic_write(path) as part:
            Image.fromarray(picture).save(part, "PNG", pnginfo=about)
    except OSError as error:
        raise SnapshotError(sentence(path, error)) from error
    return path


def sentence(path: Path, error: OSError) -> str:
    """Say why nothing was saved, and what helps."""
    full = error.errno in (errno.ENOSPC, errno.EDQUOT)
    why = said("the disk is full") if full else system_words(error)
    remedy = said("free some space") if full else said("choose another folder")
    return said("{0} was not saved in {1}: {2}", path.name, path.parent, why, remedy=remedy)
