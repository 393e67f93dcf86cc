"""A profile as one file: a zip with profile.json and the pictures beside it."""

import io
import logging
import re
import zipfile
from dataclasses import dataclass, replace
from pathlib import Path

from app.parts.sentences import told
from core.portrait.load import LARGEST_FILE, format_suffix
from core.profile import MAX_REFERENCES, Framing, Profile, ProfileStore
from core.record import from_json, to_json
from core.sentence import said
from core.temporary import TemporaryFolder

log = logging.getLogger(__name__)

SUFFIX = ".understudy"

FILE = "profile.json"

LARGEST_TEXT, LARGEST_PICTURE = 4 * 1024 * 1024, LARGEST_FILE
"""Bytes that profile.json and a picture may have, unpacked."""

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


def packed(profile: Profile) -> bytes:
    """Return the profile with its pictures as one file.

    Raises:
        OSError: a picture cannot be read.
        BadProfileFile: a picture is larger than `unpacked` would take.
    """
    pictures = [path.read_bytes() for path in profile.references]
    for path, picture in zip(profile.references, pictures, strict=True):
        if len(picture) > LARGEST_PICTURE:
            raise BadProfileFile(said("{0} is larger than {1} bytes", path.name, LARGEST_PICTURE))
    names = tuple(
        f"reference-{i}{format_suffix(picture)}" for i, picture in enumerate(pictures, start=1)
    )
    about = Packed(profile.title, names, profile.consent, profile.framing)
    whole = io.BytesIO()
    with zipfile.ZipFile(whole, "w") as archive:  # pictures are compressed already
        archive.writestr(FILE, to_json(about))
        for name, picture in zip(names, pictures, strict=True):
            archive.writestr(name, picture)
    return whole.getvalue()


def unpacked(data: bytes, store: ProfileStore, name: str = "") -> Profile:
    """Save the profile in `data` into `store`, as a new one unless it is given its old `name`.

    Raises:
        BadProfileFile: the file is damaged, or not what `packed` makes; nothing has changed.
        BadPhoto: a picture in it cannot be read; nothing has changed.
        OSError: the store cannot be written; nothing has changed.
    """
    try:
        about, pictures = _read(data)
    except BadProfileFile:
        raise
    except Exception as error:  # unpacking strangers' archives fails in more ways than are listed
        log.info("a profile's file cannot be read", exc_info=True)
        raise BadProfileFile(said("this file is damaged", remedy="ask for a new copy")) from error
    with TemporaryFolder() as folder:
        paths = []
        for number, reference in enumerate(about.references, start=1):
            paths.append(Path(folder.path, f"{number}{format_suffix(pictures[reference])}"))
            paths[-1].write_bytes(pictures[reference])
        return store.save(Profile(name, about.title, tuple(paths), about.consent, about.framing))


def load(path: Path, store: ProfileStore) -> Profile:
    """Save the profile in the file at `path` into `store`; see `unpacked`."""
    if path.exists() and not path.is_file():
        raise BadProfileFile(said("{0} is no file", path.name, remedy="choose a person's file"))
    largest = MAX_REFERENCES * LARGEST_PICTURE + ENTRIES
    if path.stat().st_size > largest:
        raise BadProfileFile(
            said("{0} is larger than any profile can be ({1} bytes)", path.name, largest)
        )
    return unpacked(path.read_bytes(), store)


def copied(profile: Profile, store: ProfileStore) -> Profile:
    """Save a copy of `profile`, from whatever store, into `store`."""
    return store.save(replace(profile, name="", title=told(said("{0} (copy)", profile.title))))


def _read(data: bytes) -> tuple[Packed, dict[str, bytes]]:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        if FILE not in archive.namelist():
            raise BadProfileFile(said("this is no profile: there is no {0} in it", FILE))
        try:
            about = from_json(Packed, _member(archive, FILE, LARGEST_TEXT).decode("utf-8"))
        except ValueError as error:
            raise BadProfileFile(said("{0} cannot be read: {1}", FILE, error)) from error
        _check(about, archive.namelist())
        pictures = {n: _member(archive, n, LARGEST_PICTURE) for n in about.references}
    return about, pictures


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


def _member(archive: zipfile.ZipFile, name: str, largest: int) -> bytes:
    """Return what is packed as `name`; what the file says of its size is not trusted."""
    with archive.open(name) as member:
        content = member.read(largest + 1)
    if len(content) > largest:
        raise BadProfileFile(said("{0} is larger than {1} bytes", name, largest))
    return content
