"""Profiles as folders: our own cast, and the user's."""

import re
import shutil
import unicodedata
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path

import platformdirs

from core.atomic_file import atomic_write
from core.plugin import StorePlugin
from core.portrait.load import load_photo
from core.profile import NOTHING_FOUND, BadProfile, Framing, Profile, findings_beside
from core.record import NoJson, from_json, to_json
from core.sentence import said, system_words
from core.small_file import read_small_file
from plugins.whole_folders import WholeFolders, sync

FILE = "profile.json"

LARGEST = 4 * 1024 * 1024
"""Bytes of the largest profile.json that is read."""

LONGEST_NAME = 40
"""Letters of a folder's name."""

RESERVED = re.compile(r"^(con|prn|aux|nul|com\d|lpt\d)$")
"""Names that Windows keeps for itself."""

SUFFIX = re.compile(r"\.[a-z0-9]{1,8}")
"""Of a picture, as every file system takes it; others say nothing, and are left out."""

LOOKS = 3
"""Times that the profiles are listed anew where one is replaced meanwhile."""


@dataclass(frozen=True)
class Stored:
    """What `profile.json` says. The pictures lie beside it."""

    title: str
    references: tuple[str, ...]
    consent: str
    framing: Framing | None = None


class Folders:
    """Satisfies `ProfileStore`: one folder for each profile, in `root`."""

    def __init__(self, root: Path, writable: bool = True) -> None:
        self._root, self._all = root, WholeFolders(root, FILE)
        self.writable = writable

    def profiles(self) -> tuple[list[Profile], list[BadProfile]]:
        """See `ProfileStore.profiles`."""
        for _ in range(LOOKS):
            good, bad, whole = self._listed()
            if whole:
                break
        return sorted(good, key=lambda profile: profile.title.casefold()), bad

    def save(self, profile: Profile, findings: Mapping[Path, bytes] = NOTHING_FOUND) -> Profile:
        """See `ProfileStore.save`. Without a name, it gets a free one after its title.

        Raises:
            BadPhoto: a reference in which nothing was found yet cannot be read as a picture.
        """
        self._check_writable()
        for reference in profile.references:
            stored = profile.home is not None and reference.parent == profile.home
            if not stored and reference not in findings:  # otherwise somebody has read it
                load_photo(reference)
        with self._all.alone():
            name = self._free_name(profile)
            with self._all.replacing(name) as folder:
                write(folder, profile, findings)
            return self._read(self._root / name, name)

    def reframe(self, name: str, framing: Framing | None) -> None:
        """See `ProfileStore.reframe`."""
        self._check_writable()
        if name != safe(name):
            raise ValueError(said("{0!r} is no profile's name", name))
        file = self._root / name / FILE
        with self._all.alone():
            stored = from_json(Stored, read_small_file(file, LARGEST))
            with atomic_write(file) as part:
                part.write_text(to_json(replace(stored, framing=framing)), "utf-8")
                sync(part)

    def remove(self, name: str) -> None:
        """See `ProfileStore.remove`."""
        self._check_writable()
        if name != safe(name):
            raise ValueError(said("{0!r} is no profile's name", name))
        with self._all.alone():
            self._all.dismiss(name)

    def recover(self) -> None:
        """Bring interrupted changes to their end; when a program begins."""
        if self.writable:
            self._all.recover()

    def _listed(self) -> tuple[list[Profile], list[BadProfile], bool]:
        """Return the profiles, those that are broken, and whether none was replaced meanwhile."""
        good, bad, whole = list[Profile](), list[BadProfile](), True
        for name, folder in self._all.found().items():
            try:
                good.append(self._read(folder, name))
            except Exception as error:  # noqa: BLE001 - one person's folder is no other's trouble
                whole = whole and folder.exists()
                bad.append(BadProfile(name, reason(folder, error)))
        return good, bad, whole

    def _read(self, folder: Path, name: str) -> Profile:
        return replace(read(folder), name=name, home=folder if self.writable else None)

    def _check_writable(self) -> None:
        if not self.writable:
            raise PermissionError(
                said("built-in profiles cannot be changed", remedy="make one of your own")
            )

    def _free_name(self, profile: Profile) -> str:
        """The profile's own, unless it has none yet or what bears it cannot be read."""
        name, count = safe(profile.name or profile.title), 1
        wanted = name
        while (folder := self._root / name).exists():
            if profile.name and _readable(folder):
                break
            count += 1
            name = f"{wanted}-{count}"
        return name


def read(folder: Path) -> Profile:
    """Return the profile in `folder`.

    Raises:
        OSError, ValueError: it cannot be read, or is not as it should be.
    """
    stored = from_json(Stored, read_small_file(folder / FILE, LARGEST))
    for reference in stored.references:
        if Path(reference).name != reference:
            raise ValueError(said("picture {0!r} is not beside {1}", reference, FILE))
        if not (folder / reference).is_file():
            raise ValueError(said("picture {0!r} is missing", reference))
    references = tuple(folder / reference for reference in stored.references)
    return Profile(folder.name, stored.title, references, stored.consent, stored.framing)


def write(folder: Path, profile: Profile, findings: Mapping[Path, bytes] = NOTHING_FOUND) -> None:
    """Fill an empty folder with `profile`, so that it is on the disk when this returns.

    What was found in its pictures comes along if it is given or there; it can be found again.
    """
    names = tuple(
        f"reference-{i}{_suffix(path)}" for i, path in enumerate(profile.references, start=1)
    )
    for name, path in zip(names, profile.references, strict=True):
        shutil.copyfile(path, folder / name)
        sync(folder / name)
        with suppress(OSError):
            if (found := findings.get(path)) is None:
                shutil.copyfile(findings_beside(path), findings_beside(folder / name))
            elif found:
                findings_beside(folder / name).write_bytes(found)
    stored = Stored(profile.title, names, profile.consent, profile.framing)
    (folder / FILE).write_text(to_json(stored), "utf-8")
    sync(folder / FILE)


def _suffix(picture: Path) -> str:
    suffix = picture.suffix.lower()
    return suffix if SUFFIX.fullmatch(suffix) else ""


def safe(title: str) -> str:
    """Return a folder's name for `title` that every file system takes."""
    plain = unicodedata.normalize("NFKC", title).casefold()
    name = re.sub(r"[\W_]+", "-", plain)[:LONGEST_NAME].strip("-") or "profile"
    return f"profile-{name}" if RESERVED.match(name) else name


def reason(folder: Path, error: Exception) -> str:
    """Say why a profile cannot be read, and what can be done."""
    return said("{0}", _what(error), remedy=said("mend or remove the folder {0}", folder))


def _what(error: Exception) -> str:
    if isinstance(error, FileNotFoundError):
        return said("profile.json is missing")
    if isinstance(error, NoJson):
        return said("profile.json is damaged in line {0}", error.line)
    if isinstance(error, OSError):
        return said("profile.json cannot be read ({0})", system_words(error))
    return str(error)


def open_user() -> Folders:
    """The user's own profiles."""
    folders = Folders(Path(platformdirs.user_data_dir("understudy", False)) / "profiles")
    folders.recover()
    return folders


def open_built_in() -> Folders:
    """The cast that comes with the program."""
    return Folders(Path(__file__).parent / "cast", writable=False)


def _readable(folder: Path) -> bool:
    try:
        read(folder)
    except (OSError, ValueError):
        return False
    return True


user = StorePlugin("user", said("My profiles"), open_user)
built_in = StorePlugin("built_in", said("Built-in people"), open_built_in)
