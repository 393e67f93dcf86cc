"""Films that are being written: held by whoever writes them, kept and named if that was killed."""

import logging
import sys
import time
from contextlib import suppress
from pathlib import Path
from typing import IO

from core.atomic_file import sweep
from core.film.about import TITLE
from core.free_name import free_name

log = logging.getLogger(__name__)

SUFFIX = ".part"
"""Of a film that is not whole yet, behind its name."""

HEAD = 1 << 16
"""Bytes in which a film of ours says what it is."""

STALE = 3600.0
"""Seconds without a change after which nobody writes a film, where files cannot be held, and after
which an empty file is nobody's."""


def hold(file: IO[bytes]) -> None:
    """Let others know for as long as `file` is open that somebody writes it."""
    if sys.platform != "win32":  # there nobody can rename what is open
        import fcntl

        with suppress(OSError):  # some file systems have no locks
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)


def rescue(folder: Path) -> list[Path]:
    """Name the films in `folder` that a killed program of ours left; return where they are now.

    What bears such a name and is no film of ours, or is still being written, is left alone. Copies
    that were only half signed go.
    """
    found = []
    sweep(folder, f"*.mp4{SUFFIX}.*")
    with suppress(OSError):
        for part in sorted(folder.glob(f"*.mp4{SUFFIX}")):
            with suppress(OSError):
                if _held(part):
                    continue
                if part.stat().st_size == 0 and _stale(part):
                    part.unlink()
                elif _ours(part):
                    found.append(part.rename(free_name(part.with_suffix(""), " (incomplete)")))
                    log.info("a film that was cut off has been kept")
    return found


def _ours(part: Path) -> bool:
    with part.open("rb") as file:
        return TITLE.encode() in file.read(HEAD)


def _held(part: Path) -> bool:
    """Whether somebody writes it."""
    if sys.platform == "win32":
        return False  # if so, renaming fails
    import fcntl

    with part.open("rb") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
        except OSError:
            return not _stale(part)
    return False


def _stale(part: Path) -> bool:
    return time.time() - part.stat().st_mtime > STALE
