"""Profiles as folders: our own cast, and the user's."""

import logging
import os
import re
import shutil
import tempfile
import time
import unicodedata
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from json import JSONDecodeError
from pathlib import Path
from uuid import uuid4

import platformdirs

from core.atomic_file import atomic_write
from core.plugin import StorePlugin
from core.portrait.load import load_photo
from core.profile import NOTHING_FOUND, BadProfile, Framing, Profile, findings_beside
from core.record import from_json, to_json
from core.sentence import said

log = logging.getLogger(__name__)

FILE = "profile.json"

LARGEST = 4 * 1024 * 1024
"""Bytes of the largest profile.json that is read."""

LONGEST_NAME = 40
"""Letters of a folder's name."""

RESERVED = re.compile(r"^(con|prn|aux|nul|com\d|lpt\d)$")
"""Names that Windows keeps for itself."""

NEW, OLD, GONE = ".new-", ".old-", ".gone-"
"""Folders on their way in, replaced, and removed; a profile's own name never begins with a dot."""

STALE = 24 * 3600.0
"""Seconds after which nobody is still saving what lies in a folder on its way in."""


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
        self._root = root
        self.writable = writable

    def profiles(self) -> tuple[list[Profile], list[BadProfile]]:
        """See `ProfileStore.profiles`."""
        good, bad = list[Profile](), list[BadProfile]()
        for folder in self._folders():
            try:
                good.append(self._read(folder))
            except Exception as error:  # noqa: BLE001 - one person's folder is no other's trouble
                bad.append(BadProfile(folder.name, reason(folder, error)))
        return sorted(good, key=lambda profile: profile.title.casefold()), bad

    def save(self, profile: Profile, findings: Mapping[Path, bytes] = NOTHING_FOUND) -> Profile:
        """See `ProfileStore.save`. Without a name, it gets a free one after its title.

        Raises:
            BadPhoto: a reference in which nothing was found yet cannot be read as a picture.
        """
        self._check_writable()
        for reference in profile.references:
            if reference not in findings:  # otherwise somebody has read it
                load_photo(reference)
        name = self._free_name(profile)
        self._root.mkdir(parents=True, exist_ok=True)
        folder = Path(tempfile.mkdtemp(prefix=NEW, dir=self._root))
        try:
            write(folder, profile, findings)
            self._put_in_place(folder, self._root / name)
        except BaseException:
            shutil.rmtree(folder, ignore_errors=True)
            raise
        return self._read(self._root / name)

    def reframe(self, name: str, framing: Framing | None) -> None:
        """See `ProfileStore.reframe`."""
        self._check_writable()
        if name != safe(name):
            raise ValueError(said("{0!r} is no profile's name", name))
        file = self._root / name / FILE
        stored = from_json(Stored, file.read_text("utf-8"))
        with atomic_write(file) as part:
            part.write_text(to_json(replace(stored, framing=framing)), "utf-8")

    def remove(self, name: str) -> None:
        """See `ProfileStore.remove`."""
        self._check_writable()
        if name != safe(name):
            raise ValueError(said("{0!r} is no profile's name", name))
        gone = self._root / f"{GONE}{uuid4().hex}"
        (self._root / name).rename(gone)
        _erase(gone)

    def recover(self) -> None:
        """Bring an interrupted change to its end: what was replaced without a successor comes back,
        what was removed or given up goes. To be called once, before the store is used.
        """
        if not (self.writable and self._root.is_dir()):
            return
        for old in self._root.glob(f"{OLD}*"):
            home = self._root / old.name.removeprefix(OLD)
            if home.exists() or not (old / FILE).exists():
                _erase(old)
                continue
            with suppress(OSError):
                old.rename(home)
        for gone in self._root.glob(f"{GONE}*"):
            _erase(gone)
        for new in self._root.glob(f"{NEW}*"):
            if time.time() - new.stat().st_mtime > STALE:
                _erase(new)

    def _read(self, folder: Path) -> Profile:
        return replace(read(folder), home=folder if self.writable else None)

    def _folders(self) -> list[Path]:
        if not self._root.is_dir():
            return []
        found = (f for f in self._root.iterdir() if f.is_dir())
        return sorted(f for f in found if not f.name.startswith((".", "_")))

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

    def _put_in_place(self, folder: Path, home: Path) -> None:
        old = home.with_name(f"{OLD}{home.name}")
        if not home.exists():
            folder.rename(home)
            return
        shutil.rmtree(old, ignore_errors=True)
        home.rename(old)
        try:
            folder.rename(home)
        except BaseException:
            old.rename(home)
            raise
        shutil.rmtree(old, ignore_errors=True)


def read(folder: Path) -> Profile:
    """Return the profile in `folder`.

    Raises:
        OSError, ValueError: it cannot be read, or is not as it should be.
    """
    if (folder / FILE).stat().st_size > LARGEST:
        raise ValueError(said("profile.json is larger than {0} bytes", LARGEST))
    stored = from_json(Stored, (folder / FILE).read_text("utf-8"))
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
        f"reference-{i}{path.suffix.lower()}" for i, path in enumerate(profile.references, start=1)
    )
    for name, path in zip(names, profile.references, strict=True):
        shutil.copyfile(path, folder / name)
        with suppress(OSError):
            if path in findings:
                findings_beside(folder / name).write_bytes(findings[path])
            else:
                shutil.copyfile(findings_beside(path), findings_beside(folder / name))
    stored = Stored(profile.title, names, profile.consent, profile.framing)
    with (folder / FILE).open("w", encoding="utf-8") as file:
        file.write(to_json(stored))
        file.flush()
        os.fsync(file.fileno())


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
    if isinstance(error, JSONDecodeError):
        return said("profile.json is damaged in line {0}", error.lineno)
    if isinstance(error, UnicodeDecodeError):
        return said("profile.json is damaged: it holds more than letters")
    return str(error)


def open_user() -> Folders:
    """The user's own profiles."""
    folders = Folders(Path(platformdirs.user_data_dir("understudy", False)) / "profiles")
    folders.recover()
    return folders


def open_built_in() -> Folders:
    """The cast that comes with the program."""
    return Folders(Path(__file__).parent / "cast", writable=False)


def _erase(folder: Path) -> None:
    """Erase a folder that nobody sees any more; what cannot be erased now is tried again."""
    try:
        shutil.rmtree(folder)
    except OSError as error:
        log.warning("a removed profile's files stay until the next start: %s", error.strerror)


def _readable(folder: Path) -> bool:
    try:
        read(folder)
    except (OSError, ValueError):
        return False
    return True


user = StorePlugin("user", said("My profiles"), open_user)
built_in = StorePlugin("built_in", "Cast", open_built_in)
