"""A profile as one file: a zip with profile.json and the pictures beside it."""

import errno
import io
import logging
import re
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import IO, NamedTuple

from core.portrait.load import LARGEST_FILE, format_suffix, load_photo
from core.portrait.metadata import without_metadata
from core.profile import MAX_REFERENCES, Framing, Profile, ProfileStore
from core.record import from_json, to_json
from core.sentence import said, system_words
from core.temporary import TemporaryFolder

log = logging.getLogger(__name__)

SUFFIX = ".understudy"

FILE = "profile.json"

LARGEST_TEXT, LARGEST_PICTURE = 4 * 1024 * 1024, LARGEST_FILE
"""Bytes that profile.json and a picture may have, unpacked."""

LONGEST_TITLE = 80
"""Letters of a title that are kept of a stranger's."""

BLOCK = 1024 * 1024
"""Bytes that are unpacked at a time."""

ENTRIES = 64 * 1024
"""Bytes of a file that are no pictures; only one of the largest pictures needs to mind."""


class BadProfileFile(ValueError):
    """The file gives no profile; says why."""


@dataclass(frozen=True)
class Packed:
    """What `profile.json` in the file says."""

    title: str
    references: tuple[str, ...]
    consent: str
    framing: Framing | None = None


class Unpacked(NamedTuple):
    """What was in a file; whoever made it is a stranger, but its pictures can be read."""

    about: Packed
    pictures: tuple[Path, ...]

    def save(self, store: ProfileStore, name: str = "") -> Profile:
        """Save it into `store`, as a new one unless it is given its old `name`.

        Raises:
            OSError: the store cannot be written; nothing has changed.
        """
        about, read = self.about, dict.fromkeys(self.pictures, b"")
        title = readable_title(about.title)
        return store.save(Profile(name, title, self.pictures, about.consent, about.framing), read)


def readable_title(title: str) -> str:
    """Return a stranger's title as one short line that can be read; never an empty one."""
    shown = "".join(letter if letter.isprintable() else " " for letter in title)
    line = " ".join(shown.split())
    short = line if len(line) <= LONGEST_TITLE else f"{line[: LONGEST_TITLE - 1]}…"
    return short or said("Without a name")


def packed(profile: Profile, read: Callable[[Path], bytes] = without_metadata) -> bytes:
    """Return the profile with its pictures as one file.

    It goes to others, so a picture's file holds the picture alone, and nothing says when it was
    packed; who keeps it for themselves may `read` pictures as they are.

    Raises:
        OSError: a picture cannot be read.
        BadPhoto: a picture is damaged.
        BadProfileFile: a picture is larger than `unpack` would take.
    """
    for path in profile.references:
        if path.stat().st_size > LARGEST_PICTURE:
            raise BadProfileFile(said("{0} is larger than {1} bytes", path.name, LARGEST_PICTURE))
    pictures = [read(path) for path in profile.references]
    names = tuple(
        f"reference-{i}{format_suffix(io.BytesIO(picture))}"
        for i, picture in enumerate(pictures, start=1)
    )
    about = Packed(profile.title, names, profile.consent, profile.framing)
    whole = io.BytesIO()
    with zipfile.ZipFile(whole, "w") as archive:  # pictures are compressed already
        archive.writestr(zipfile.ZipInfo(FILE), to_json(about))
        for name, picture in zip(names, pictures, strict=True):
            archive.writestr(zipfile.ZipInfo(name), picture)
    return whole.getvalue()


def bring_back(data: bytes, store: ProfileStore, name: str = "") -> Profile:
    """Save what `packed` has just made of a profile of one's own; its pictures are not read again.

    Raises:
        OSError: the store cannot be written; nothing has changed.
    """
    with TemporaryFolder() as folder:
        return _unpack(io.BytesIO(data), folder.path).save(store, name)


def load(path: Path, store: ProfileStore) -> Profile:
    """Save the profile in the file at `path` into `store`, for whoever has no window to keep alive.

    Raises:
        BadProfileFile, BadPhoto: see `unpack`; nothing has changed.
        OSError: the store cannot be written; nothing has changed.
    """
    with TemporaryFolder() as folder:
        return unpack(path, folder.path).save(store)


def unpack(path: Path, folder: Path) -> Unpacked:
    """Write the pictures in a stranger's file into `folder`, and see that each can be read.

    Raises:
        BadProfileFile: the file is damaged, or not what `packed` makes.
        BadPhoto: a picture in it cannot be read.
    """
    if path.exists() and not path.is_file():
        raise BadProfileFile(said("{0} is no file", path.name, remedy="choose a person's file"))
    largest = MAX_REFERENCES * LARGEST_PICTURE + ENTRIES
    try:
        if path.stat().st_size > largest:
            raise BadProfileFile(
                said("{0} is larger than any profile can be ({1} bytes)", path.name, largest)
            )
        with path.open("rb") as file:
            found = _unpack(file, folder)
    except FileNotFoundError as error:
        raise BadProfileFile(
            said("{0} is not there any more", path.name, remedy="choose another file")
        ) from error
    except OSError as error:
        if error.errno == errno.ENOSPC:
            raise
        words = system_words(error)
        raise BadProfileFile(
            said("{0} cannot be read ({1})", path.name, words, remedy="choose another file")
        ) from error
    for picture in found.pictures:
        load_photo(picture)
    return found


def _unpack(source: IO[bytes], folder: Path) -> Unpacked:
    try:
        with zipfile.ZipFile(source) as archive:
            about = _about(archive)
            pictures = (
                _picture(archive, name, folder / str(number))
                for number, name in enumerate(about.references, start=1)
            )
            return Unpacked(about, tuple(pictures))
    except (BadProfileFile, FileNotFoundError):
        raise
    except OSError as error:
        if error.errno == errno.ENOSPC:
            raise
        raise _damaged() from error
    except Exception as error:  # unpacking strangers' archives fails in more ways than are listed
        log.info("a profile's file cannot be read", exc_info=True)
        raise _damaged() from error


def _damaged() -> BadProfileFile:
    return BadProfileFile(said("this file is damaged", remedy="ask for a new copy"))


def _about(archive: zipfile.ZipFile) -> Packed:
    if FILE not in archive.namelist():
        raise BadProfileFile(said("this is no profile: there is no {0} in it", FILE))
    text = io.BytesIO()
    _copy(archive, FILE, text, LARGEST_TEXT)
    try:
        about = from_json(Packed, text.getvalue())
    except ValueError as error:
        raise BadProfileFile(said("{0} cannot be read: {1}", FILE, error)) from error
    _check(about, archive.namelist())
    return about


def _picture(archive: zipfile.ZipFile, name: str, plain: Path) -> Path:
    """Unpack a picture, and return its path: `plain` with the suffix of what is in it."""
    with plain.open("wb") as file:
        _copy(archive, name, file, LARGEST_PICTURE)
    with plain.open("rb") as file:
        suffix = format_suffix(file)
    return plain.rename(plain.with_suffix(suffix))


def _check(about: Packed, names: list[str]) -> None:
    """See that the file holds what it says, once, and nothing that leads out of its folder."""
    if not 1 <= len(about.references) <= MAX_REFERENCES:
        raise BadProfileFile(
            said("{0} pictures; expected 1 to {1}", len(about.references), MAX_REFERENCES)
        )
    if not about.consent.strip():
        raise BadProfileFile(said("this profile names no consent"))
    for name in about.references:
        if re.search(r"[/\\:\x00]", name) or name.startswith("."):
            raise BadProfileFile(said("{0!r} is no picture's name", name))
    if sorted(names) != sorted((FILE, *about.references)):
        raise BadProfileFile(said("this file holds other things than one profile and its pictures"))


def _copy(archive: zipfile.ZipFile, name: str, into: IO[bytes], largest: int) -> None:
    """Unpack what is packed as `name`; what the file says of its size is not trusted."""
    room = largest
    with archive.open(name) as member:
        while block := member.read(min(BLOCK, room + 1)):
            room -= len(block)
            if room < 0:
                raise BadProfileFile(said("{0} is larger than {1} bytes", name, largest))
            into.write(block)
