"""One picture to a file, which says that it is AI-generated."""

import errno
import io
import logging
from collections.abc import Callable
from pathlib import Path

from PIL import Image
from PIL.PngImagePlugin import PngInfo

from core.atomic_file import atomic_write
from core.film.credentials import PNG, CredentialsError, Sign, sign, unsigned
from core.free_name import free_name
from core.sentence import said, system_words
from core.video import Picture

log = logging.getLogger(__name__)

ABOUT = {
    "Title": "AI-generated picture",
    "Comment": "The person in this picture is AI-generated: a portrait animated by Understudy.",
    "Software": "Understudy",
}


class SnapshotError(RuntimeError):
    """The picture could not be written; says why and what helps."""


def save(
    picture: Picture,
    path: Path,
    on_remark: Callable[[str], None] = log.warning,
    sign: Sign = sign,
) -> Path:
    """Write `picture` as PNG, whole or not at all, and return its path: never another file's.

    `on_remark` hears why it has no Content Credentials, where that is so.

    Raises:
        SnapshotError: it cannot be written there.
    """
    about = PngInfo()
    for key, text in ABOUT.items():
        about.add_text(key, text)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path = free_name(path)
        plain = io.BytesIO()
        Image.fromarray(picture).save(plain, "PNG", pnginfo=about)
        with atomic_write(path) as part:
            part.write_bytes(_signed(plain, path, on_remark, sign))
    except OSError as error:
        raise SnapshotError(sentence(path, error)) from error
    return path


def _signed(plain: io.BytesIO, path: Path, on_remark: Callable[[str], None], sign: Sign) -> bytes:
    """Return the file with a signed statement of what it is, or as it is."""
    plain.seek(0)
    signed = io.BytesIO()
    try:
        sign(plain, signed, PNG, ABOUT["Title"])
    except CredentialsError as error:
        on_remark(unsigned(path, error))
        return plain.getvalue()
    return signed.getvalue()


def sentence(path: Path, error: OSError) -> str:
    """Say why nothing was saved, and what helps."""
    full = error.errno in (errno.ENOSPC, errno.EDQUOT)
    why = said("the disk is full") if full else system_words(error)
    remedy = said("free some space") if full else said("choose another folder")
    return said("{0} was not saved in {1}: {2}", path.name, path.parent, why, remedy=remedy)
