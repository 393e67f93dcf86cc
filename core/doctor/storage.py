"""Whether what we write has a place on the disk."""

import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import platformdirs

from core.doctor.finding import Finding, State
from core.doctor.system import System
from core.sentence import said, system_words

MIB = 2**20


class Place(NamedTuple):
    """A folder that the program writes into, and the room it needs there, in MiB."""

    name: str
    path: Path
    least: int
    """Under this it fails."""
    enough: int
    """Under this it soon will."""


def places(recordings: Path | None = None) -> tuple[Place, ...]:
    """Return the folders; `recordings` is the one that people chose, if they did."""
    own = Path(platformdirs.user_data_dir("understudy", False))
    videos = recordings or Path(platformdirs.user_videos_dir())
    return (
        Place(said("Folder of profiles"), own / "profiles", 50, 200),
        Place(said("Folder of recordings"), videos, 200, 2000),
        Place(said("Temporary files"), Path(tempfile.gettempdir()), 50, 200),
    )


def folder(system: System, place: Place, free: Callable[[Path], int] | None = None) -> Finding:
    """Write a little into the folder, or where it would be made, and look how much fits."""
    there = _existing(place.path)
    public = (system.home, Path(tempfile.gettempdir()))
    private = () if any(map(there.is_relative_to, public)) else (str(place.path), str(there))
    try:
        with tempfile.TemporaryFile(dir=there) as file:
            file.write(b"understudy")
    except OSError as error:
        sentence = said("{0} cannot be written ({1})", place.path, system_words(error))
        return Finding(place.name, State.FAILED, sentence, _right(system, there), private)
    room = (free or _free)(there) // MIB
    sentence = said("{0} can be written; {1} are free", place.path, _size(room))
    if room >= place.enough:
        return Finding(place.name, State.OK, sentence, private=private)
    state = State.FAILED if room < place.least else State.WARNING
    remedy = said("Free {0} on the disk that holds {1}.", _size(place.enough), place.path)
    return Finding(place.name, state, sentence, remedy, private)


def _free(path: Path) -> int:
    return shutil.disk_usage(path).free


def _existing(path: Path) -> Path:
    """Return the nearest folder that is there already."""
    return next((p for p in (path, *path.parents) if p.exists()), path)


def _right(system: System, path: Path) -> str:
    if system.windows:
        return said(
            "Open Windows Security, Ransomware protection, Allow an app through Controlled "
            "folder access, and allow Python; or choose another folder."
        )
    return said(
        'Run `sudo chown -R $USER "{0}"` if it should be yours, or choose another folder.', path
    )


def _size(mebibytes: int) -> str:
    gibibytes = mebibytes / 1024
    if gibibytes >= 10:
        return f"{gibibytes:.0f} GiB"
    return f"{gibibytes:.1f} GiB" if gibibytes >= 1 else f"{mebibytes} MiB"
